"""Where the objects of auth's worker meet."""

from __future__ import annotations

import functools
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from atelierkit import periodic, sql
from atelierkit.health import Dependency
from atelierkit.jobs import Rail
from atelierkit.jobs.worker import Workplace
from services.auth import bookkeeping, telling
from services.auth.bootstrap import SCHEMA, seals_of, units_of
from services.auth.domain.jobs import SEND_RESET
from services.auth.settings import AuthSettings
from services.auth.use_cases.credits import CheckLedger
from services.auth.use_cases.deliveries import Deliver
from services.auth.use_cases.letters import SendLetter
from services.auth.use_cases.passwords import SendReset

BACKLOG_EVERY_S = 10.0


async def build_worker(settings: AuthSettings, stack: AsyncExitStack) -> Workplace:
    """The rail with auth's tasks."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema=SCHEMA))
    units = units_of(settings, engine, seals_of(settings))
    clock = functools.partial(datetime.now, UTC)
    courier = await stack.enter_async_context(telling.courier(settings, settings.webhooks_timeout_s))
    rail = Rail(settings.database_url, schema=SCHEMA)
    telling.add_tasks(
        rail,
        send_letter=SendLetter(units, telling.mailer(settings), clock, settings.letters_schedule_scale),
        deliver=Deliver(units, courier, clock, settings.webhooks_schedule_scale),
    )
    _add_reset(rail, SendReset(units, clock))
    telling.add_sweeps(rail, units, clock)
    look = functools.partial(telling.look_at_backlog, units, clock)
    await stack.enter_async_context(periodic.every(BACKLOG_EVERY_S, look, name="backlog"))
    bookkeeping.add_check(rail, CheckLedger(units))
    look_at_holds = functools.partial(bookkeeping.look_at_holds, units)
    await stack.enter_async_context(periodic.every(BACKLOG_EVERY_S, look_at_holds, name="holds"))
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    return Workplace(rail, {"database": Dependency(ping)})


def _add_reset(rail: Rail, send_reset: SendReset) -> None:
    @rail.task(SEND_RESET, retry=telling.PATIENT)
    async def send(email_key: str) -> None:
        await send_reset(bytes.fromhex(email_key))

"""Where the objects of auth's worker meet."""

from __future__ import annotations

from contextlib import AsyncExitStack

from atelierkit import sql
from atelierkit.health import Dependency
from atelierkit.jobs import Rail
from atelierkit.jobs.worker import Workplace
from services.auth.bootstrap import SCHEMA
from services.auth.settings import AuthSettings


async def build_worker(settings: AuthSettings, stack: AsyncExitStack) -> Workplace:
    """The rail with auth's tasks."""
    rail = Rail(settings.database_url, schema=SCHEMA)
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    return Workplace(rail, {"database": Dependency(ping)})

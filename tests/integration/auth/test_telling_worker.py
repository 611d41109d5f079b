"""The worker that tells people, on the real rail, with servers that fail and heal: FAULTS F34."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.jobs import Pace, Rail
from atelierkit.jobs.model import Function
from services.auth import telling
from services.auth.adapters import outbound
from services.auth.adapters.sealing import AesGcmSeals, new_key, ring_of
from services.auth.adapters.smtp import SmtpMailer
from services.auth.adapters.stationery import Stationery
from services.auth.bootstrap import units_of
from services.auth.domain.deliveries import DeliveryState
from services.auth.domain.events import EventKind
from services.auth.domain.model import Account
from services.auth.domain.ports import UnitsOfWork
from services.auth.domain.targets import TargetRules
from services.auth.domain.webhooks import Endpoint
from services.auth.settings import AuthSettings
from services.auth.use_cases.announce import Announce
from services.auth.use_cases.deliveries import Deliver
from services.auth.use_cases.letters import SendLetter
from services.auth.use_cases.webhooks import Webhooks
from tests.integration.auth.receivers import Receiver, receiver
from tests.integration.auth.test_smtp import Mailbox, bodies, serving
from tests.patience import PATIENCE_S
from tests.unit.auth.couriers import CourierDouble
from tests.unit.auth.world import EMAIL

pytestmark = pytest.mark.postgres

PACE = Pace(heartbeat_s=0.1, stalled_after_s=5.0, poll_s=0.05, grace_s=2.0)


def now() -> datetime:
    return datetime.now(UTC)


def long_ago() -> datetime:
    """For the verbs' clock: whatever is put off until then is due at once."""
    return now() - timedelta(days=2)


class Told:
    """An account with a webhook on this machine, and what there is to tell it."""

    def __init__(self, units: UnitsOfWork, account: Account, endpoint: Endpoint) -> None:
        self.units, self.account, self.endpoint = units, account, endpoint

    async def happens(self, kind: EventKind = EventKind.JOB_COMPLETED) -> str:
        """Gives the id that its messages have."""
        id = uuid4()
        await Announce(self.units, now)(id, self.account.id, kind, {"jobId": str(id)})
        return f"msg_{id.hex}"

    async def is_told(self) -> bool:
        """Whether nothing waits."""
        async with self.units() as unit:
            letters, deliveries = await unit.letters.backlog(), await unit.deliveries.backlog(now())
        return letters.waiting == deliveries.waiting == 0

    async def states(self) -> list[DeliveryState]:
        async with self.units() as unit:
            found = await unit.deliveries.page(self.endpoint.id, limit=100, after=None)
        return [delivery.state for delivery in found]


async def told_by(units: UnitsOfWork, url: str) -> Told:
    account = Account.new(EMAIL, "a hash", now())
    endpoint = Endpoint.new(account.id, url, frozenset(), now())
    async with units() as unit:
        await unit.accounts.add(account)
        await unit.endpoints.add(endpoint)
    return Told(units, account, endpoint)


class HeardRail(Rail):
    """A rail that tells of each run that has ended."""

    def __init__(self, url: str) -> None:
        super().__init__(url, schema="auth")
        self.news = asyncio.Event()

    def task(self, name: str, **options: Any) -> Callable[[Function], Function]:
        register = super().task(name, **options)

        def heard(function: Function) -> Function:
            async def run(**arguments: Any) -> None:
                try:
                    await function(**arguments)
                finally:
                    self.news.set()

            return register(run)

        return heard


async def until(news: asyncio.Event, done: Callable[[], Awaitable[bool]]) -> None:
    """Until it is done, looked at after each piece of news."""
    async with asyncio.timeout(PATIENCE_S):
        while not await done():
            await news.wait()
            news.clear()


@asynccontextmanager
async def working(units: UnitsOfWork, url: str, mail_port: int) -> AsyncIterator[HeardRail]:
    """A worker without waits between tries, in this process."""
    courier = outbound.courier(TargetRules(loopback=True), timeout_s=2.0)
    mailer = SmtpMailer(
        Stationery("Atelier <no-reply@atelier.example>", "https://atelier.example"),
        "127.0.0.1",
        mail_port,
        "none",
    )
    rail = HeardRail(url)
    async with courier as made:
        telling.add_tasks(
            rail,
            send_letter=SendLetter(units, mailer, long_ago),
            deliver=Deliver(units, made, now, scale=0),
        )
        async with rail.working(4, PACE):
            yield rail


class Flaky:
    """Fails some times in every way, then answers 204."""

    def __init__(self, server: Receiver, *failures: str) -> None:
        self._failures = list(failures)
        server.script = self

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        answer = self._failures.pop(0) if self._failures else "204"
        if answer != "nothing":
            location = "Location: http://169.254.169.254/\r\n" if answer == "302" else ""
            writer.write(f"HTTP/1.1 {answer} X\r\n{location}Content-Length: 0\r\n\r\n".encode())


async def test_whatever_the_receiver_does_each_event_arrives_with_its_id(
    postgres_units: UnitsOfWork, url: str
) -> None:
    mailbox = Mailbox()
    async with receiver() as server, serving(mailbox) as mail_port:
        Flaky(server, "500", "302", "nothing", "404", "503")
        told = await told_by(postgres_units, server.url())
        ids = [await told.happens(EventKind.JOB_CANCELLED) for _ in range(3)]
        async with working(postgres_units, url, mail_port) as rail:
            await until(rail.news, told.is_told)
    arrived = [message.headers["webhook-id"] for message in server.messages]
    assert set(arrived) == set(ids)
    assert len(arrived) == 3 + 5
    assert len({(message.headers["webhook-id"], message.body) for message in server.messages}) == 3
    assert await told.states() == [DeliveryState.DELIVERED] * 3
    assert mailbox.letters == []


async def test_a_receiver_that_never_answers_is_given_up_and_its_owner_told(
    postgres_units: UnitsOfWork, url: str
) -> None:
    mailbox = Mailbox()
    async with receiver() as server, serving(mailbox) as mail_port:
        server.answers(500)
        told = await told_by(postgres_units, server.url())
        await told.happens(EventKind.JOB_CANCELLED)
        before = counted("atelier_auth_deliveries_total", "refused")
        webhooks = Webhooks(postgres_units, CourierDouble(), now)
        async with working(postgres_units, url, mail_port) as rail:
            await until(rail.news, told.is_told)
            assert await told.states() == [DeliveryState.EXHAUSTED]
            server.answers(204)
            [delivery] = await webhooks.deliveries(told.account.id, told.endpoint.id, 10, None)
            await webhooks.replay(told.account.id, told.endpoint.id, delivery.id)
            await until(rail.news, told.is_told)
    assert counted("atelier_auth_deliveries_total", "refused") == before + 10
    assert len(server.messages) == 11
    assert len({message.headers["webhook-id"] for message in server.messages}) == 1
    assert await told.states() == [DeliveryState.DELIVERED]
    [letter] = mailbox.letters
    [text, _] = bodies(message_from_bytes(content(letter.content)))
    assert server.url() in text


async def test_while_the_mail_server_is_away_letters_wait_and_none_is_lost_or_doubled(
    postgres_units: UnitsOfWork, url: str, unused_tcp_port: int
) -> None:
    async with receiver() as server:
        told = await told_by(postgres_units, server.url())
        for _ in range(5):
            await told.happens()
        put_off = counted("atelier_auth_letters_total", "put_off")
        async with working(postgres_units, url, unused_tcp_port) as rail:

            async def webhooks_are_told_and_letters_tried() -> bool:
                tried = counted("atelier_auth_letters_total", "put_off") - put_off
                return len(server.messages) == 5 and tried >= 10

            await until(rail.news, webhooks_are_told_and_letters_tried)
    mailbox = Mailbox()
    async with serving(mailbox) as mail_port, working(postgres_units, url, mail_port) as rail:
        await until(rail.news, told.is_told)
    ids = [message_from_bytes(content(letter.content))["Message-ID"] for letter in mailbox.letters]
    assert len(ids) == len(set(ids)) == 5


def counted(name: str, outcome: str) -> float:
    return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0.0


def content(found: str | bytes | None) -> bytes:
    assert isinstance(found, bytes)
    return found


async def start(url: str, folder: Path, sealing_keys: str, mail_port: int) -> asyncio.subprocess.Process:
    """The worker as it is deployed; returns once it works."""
    settings = {
        "DATABASE_URL": url,
        "SEALING_KEYS": sealing_keys,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail_port),
        "SMTP_SECURITY": "none",
        "WEBHOOKS_ALLOW_PRIVATE": "true",
        "WEBHOOKS_SCHEDULE_SCALE": "0",
        "JOB_HEARTBEAT_S": "0.1",
        "JOB_STALLED_AFTER_S": "1",
        "JOB_POLL_S": "0.1",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.auth.worker"),
        env={"ATELIER_DATA_DIR": str(folder), "PATH": os.defpath}
        | {f"ATELIER_AUTH_{name}": value for name, value in settings.items()},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async for line in process.stderr:
        if json.loads(line)["event"] == "serving":
            return process
    raise AssertionError("the worker ended")


async def test_a_killed_worker_loses_nothing_and_a_repeat_is_known_by_its_id(
    engine: AsyncEngine, url: str, tmp_path: Path
) -> None:
    keys = new_key("test")
    settings = AuthSettings(database_url=url, smtp_host="127.0.0.1", sealing_keys=keys)
    units = units_of(settings, engine, AesGcmSeals(ring_of(keys)))
    mailbox, begun = Mailbox(), asyncio.Event()

    async def hangs(writer: asyncio.StreamWriter) -> None:
        begun.set()
        await asyncio.get_running_loop().create_future()

    async with receiver(news=mailbox.news) as server, serving(mailbox) as mail_port:
        server.script = hangs
        told = await told_by(units, server.url())
        id = await told.happens()
        first = await start(url, tmp_path, keys, mail_port)
        async with asyncio.timeout(PATIENCE_S):
            await begun.wait()
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        server.answers(204)
        second = await start(url, tmp_path, keys, mail_port)

        async def both_have_arrived() -> bool:
            return len(server.messages) == 2 and len(mailbox.letters) > 0

        await until(server.news, both_have_arrived)
        # What it is at, it ends and writes down before it leaves.
        second.send_signal(signal.SIGTERM)
        await second.communicate()
        assert second.returncode == 0
    assert [message.headers["webhook-id"] for message in server.messages] == [id, id]
    assert await told.states() == [DeliveryState.DELIVERED]
    letters = {message_from_bytes(content(letter.content))["Message-ID"] for letter in mailbox.letters}
    assert len(letters) == 1

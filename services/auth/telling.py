"""Where the objects meet that tell people: letters and webhooks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import grpc
from google.protobuf.descriptor import ServiceDescriptor

from atelier.auth.v1 import events_pb2, webhooks_pb2
from atelier.auth.v1.events_pb2_grpc import add_EventServiceServicer_to_server
from atelier.auth.v1.webhooks_pb2_grpc import add_WebhookServiceServicer_to_server
from atelierkit.jobs import Cause, Retry
from atelierkit.jobs.model import Tasks
from services.auth import metrics
from services.auth.adapters import outbound
from services.auth.adapters.smtp import NoMailServer, SmtpMailer
from services.auth.adapters.stationery import Stationery
from services.auth.domain.deliveries import Answer, Courier
from services.auth.domain.jobs import DELIVER, SEND_LETTER
from services.auth.domain.letters import Mailer
from services.auth.domain.ports import Clock, UnitsOfWork
from services.auth.domain.targets import TargetRules
from services.auth.servicer.events import EventServicer
from services.auth.servicer.webhooks import WebhookServicer
from services.auth.settings import AuthSettings
from services.auth.use_cases.announce import Announce
from services.auth.use_cases.deliveries import Deliver, SweepEvents
from services.auth.use_cases.letters import SendLetter, SweepLetters
from services.auth.use_cases.webhooks import Webhooks

# What can fail in an attempt is its outcome, with waits of its own: these are for the database being away.
PATIENT = Retry(most=300, first_s=1.0, longest_s=300.0)
"""A day of tries, for jobs that must not be lost."""
LOOK_UP_S = 3.0
"""Longest wait of a person who adds a webhook, for its name to be looked up."""
_SWEEP_EVERY_S = 3600.0


def courier(settings: AuthSettings, timeout_s: float = LOOK_UP_S) -> AbstractAsyncContextManager[Courier]:
    """Messages to people's servers, while the block runs. A server only looks names up; a worker has more time."""
    rules = TargetRules(settings.webhooks_ports, loopback=settings.webhooks_allow_private)
    return outbound.courier(rules, timeout_s=timeout_s)


def mailer(settings: AuthSettings) -> Mailer:
    """The mail server of the settings."""
    if not settings.sends_mail:
        return NoMailServer()
    password = settings.smtp_password
    return SmtpMailer(
        Stationery(settings.smtp_from, settings.public_url),
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        None if password is None else password.get_secret_value(),
    )


def services(
    units: UnitsOfWork, courier: Courier, clock: Clock
) -> Mapping[ServiceDescriptor, Callable[[grpc.aio.Server], None]]:
    """The proto services of webhooks and events, and what registers each."""
    webhooks = WebhookServicer(Webhooks(units, courier, clock))
    events = EventServicer(Announce(units, clock))
    return {
        webhooks_pb2.DESCRIPTOR.services_by_name["WebhookService"]: functools.partial(
            add_WebhookServiceServicer_to_server, webhooks
        ),
        events_pb2.DESCRIPTOR.services_by_name["EventService"]: functools.partial(
            add_EventServiceServicer_to_server, events
        ),
    }


def add_tasks(rail: Tasks, *, send_letter: SendLetter, deliver: Deliver) -> None:
    """What a worker does for letters and webhooks."""

    async def letter_is_poison(_: Cause, letter_id: str) -> None:
        metrics.letter(await send_letter.give_up(UUID(letter_id)))

    @rail.task(SEND_LETTER, retry=PATIENT, on_poisoned=letter_is_poison)
    async def send(letter_id: str) -> None:
        metrics.letter(await send_letter(UUID(letter_id)))

    async def attempt_is_poison(_: Cause, delivery_id: str, run: int, attempt: int) -> None:
        await deliver.note(UUID(delivery_id), run, attempt, Answer(error="broken_off"))

    @rail.task(DELIVER, retry=PATIENT, on_poisoned=attempt_is_poison)
    async def make_attempt(delivery_id: str, run: int, attempt: int) -> None:
        metrics.delivery(await deliver(UUID(delivery_id), run, attempt))


def add_sweeps(rail: Tasks, units: UnitsOfWork, clock: Clock) -> None:
    """What a worker forgets, once an hour."""
    rail.task("sweep_letters", every_s=_SWEEP_EVERY_S)(SweepLetters(units, clock))
    rail.task("sweep_events", every_s=_SWEEP_EVERY_S)(SweepEvents(units, clock))


async def look_at_backlog(units: UnitsOfWork, clock: Clock) -> None:
    """Tell in the metrics what waits."""
    now = clock()
    async with units() as unit:
        metrics.backlog("letters", await unit.letters.backlog(), now)
        metrics.backlog("deliveries", await unit.deliveries.backlog(now), now)

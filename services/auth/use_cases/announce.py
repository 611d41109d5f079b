"""Announcing: what a service has to tell a person becomes deliveries and a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.auth.domain.deliveries import Delivery
from services.auth.domain.events import Event, EventKind
from services.auth.domain.letters import Letter, LetterKind
from services.auth.domain.ports import Clock, UnitsOfWork

_LETTERS: Mapping[EventKind, LetterKind] = {
    EventKind.JOB_COMPLETED: LetterKind.JOB_COMPLETED,
    EventKind.JOB_FAILED: LetterKind.JOB_FAILED,
}
"""Events that a letter is written about."""


@dataclass(frozen=True)
class Announce:
    """Tells a person's servers, and the person, in one transaction. The same id twice is once."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, id: UUID, account_id: UUID, kind: EventKind, data: Mapping[str, Any]) -> None:
        """Where the account is gone there is nobody to tell."""
        async with self.units() as unit:
            account = await unit.accounts.locked(account_id)
            event = Event(id, account_id, kind, data, self.clock())
            if account is None or not await unit.events.add(event):
                return
            for endpoint in await unit.endpoints.of(account_id):
                if endpoint.wants(kind):
                    await unit.deliveries.add(Delivery.new(event, endpoint, self.clock()))
            if account.job_letters and kind in _LETTERS:
                values = {"job": str(data.get("jobId", id))}
                letter = Letter(_LETTERS[kind], account.email, account.language, values, account_id)
                await unit.letters.post(letter)

"""Idempotency keys: who runs a request, and what the others are answered."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.auth.domain.errors import IdempotencyMismatch
from services.auth.domain.ports import Clock, UnitsOfWork
from services.auth.domain.requests import (
    Answer,
    KeptRequest,
    RequestKey,
    Run,
    Running,
    answer_place,
    fingerprint_place,
)
from services.auth.domain.sealing import Seals


@dataclass(frozen=True)
class BeginRequest:
    """Says what to do with a request that carries a key."""

    units: UnitsOfWork
    seals: Seals
    clock: Clock

    async def __call__(
        self, key: RequestKey, fingerprint: bytes, attempt: UUID, lease: timedelta
    ) -> Run | Answer | Running:
        """Raise IdempotencyMismatch, or Unauthenticated where the caller's account is gone."""
        now = self.clock()
        sealed = self.seals.seal(fingerprint, fingerprint_place(key.id))
        fresh = KeptRequest.new(key, sealed, attempt, now, lease)
        async with self.units() as unit:
            kept = await unit.kept_requests.locked_or_added(fresh)
            if kept.expires_at <= now:
                await unit.kept_requests.save(fresh)
                kept = fresh
            found = self._found(kept, fingerprint)
            if found is not None:
                return found
            if kept.attempt != attempt:
                if kept.lease_until > now:
                    return Running()
                await unit.kept_requests.save(kept.taken_over(attempt, now + lease))
            await unit.kept_requests.drop_expired(now)
        return Run(kept.run_id)

    def _found(self, kept: KeptRequest, fingerprint: bytes) -> Answer | None:
        first = self.seals.open(kept.fingerprint, fingerprint_place(kept.id))
        if not hmac.compare_digest(first, fingerprint):
            raise IdempotencyMismatch("this Idempotency-Key came before, with another body")
        if kept.answer is None:
            return None
        return Answer.unpacked(self.seals.open(kept.answer, answer_place(kept.id)))


@dataclass(frozen=True)
class FinishRequest:
    """Keeps the answer of a run, or leaves the request to be run again."""

    units: UnitsOfWork
    seals: Seals
    clock: Clock

    async def __call__(self, key: RequestKey, attempt: UUID, answer: Answer | None) -> None:
        """An attempt that another one took over changes nothing: that one's answer counts."""
        sealed = None if answer is None else self.seals.seal(answer.packed(), answer_place(key.id))
        async with self.units() as unit:
            kept = await unit.kept_requests.locked(key.id)
            if kept is not None and kept.attempt == attempt and kept.answer is None:
                await unit.kept_requests.save(kept.ended(sealed, self.clock()))

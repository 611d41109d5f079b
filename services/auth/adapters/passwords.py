"""Argon2id, off the event loop."""

from __future__ import annotations

import functools

import argon2
from argon2.exceptions import VerifyMismatchError

from atelierkit.workshop import Workshop
from services.auth.domain.model import new_secret


class Argon2Passwords:
    """Hashes passwords in the workshop, whose places bound the memory and CPU that log-ins take.

    ``memory_kib`` and ``time_cost`` are Argon2's m and t; one lane, as OWASP's profiles have it.
    """

    def __init__(self, workshop: Workshop, *, memory_kib: int, time_cost: int) -> None:
        self._workshop = workshop
        self._hasher = argon2.PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._nobodys_hash = self._hasher.hash(new_secret())

    async def hash(self, password: str) -> str:
        return await self._workshop.run(functools.partial(self._hasher.hash, password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        return await self._workshop.run(
            functools.partial(self._matches, password_hash or self._nobodys_hash, password)
        )

    def is_outdated(self, password_hash: str) -> bool:
        old = argon2.extract_parameters(password_hash)
        return old.memory_cost < self._hasher.memory_cost or old.time_cost < self._hasher.time_cost

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False

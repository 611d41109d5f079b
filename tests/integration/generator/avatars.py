"""Avatars that are copied from one pattern, and stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.generator.domain.model import Avatar
from services.generator.domain.ports import UnitsOfWork
from tests.unit.generator.world import ANN

NOON = datetime(2031, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


def like(pattern: Avatar, *, owner: str = ANN, minute: int = 0, **over) -> Avatar:
    moment = NOON + timedelta(minutes=minute)
    return replace(pattern, id=uuid4(), owner=owner, created_at=moment, updated_at=moment, **over)


async def store(units: UnitsOfWork, *avatars: Avatar) -> None:
    for avatar in avatars:
        async with units() as unit:
            await unit.avatars.add(avatar)
            await unit.files.note(needed=avatar.files.all())

"""Locks for what no row can be locked for yet."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def lock_owner(session: AsyncSession, what: str, owner: str) -> None:
    """Let nobody else add the same kind of thing for this person until the transaction ends."""
    number = func.hashtextextended(f"{what}/{owner}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(number)))

"""Jobs on the rail of auth's own schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from atelierkit.jobs import Lane, Rail
from services.auth.domain.jobs import URGENT


class RailJobs:
    """Puts jobs on the rail in the transaction at hand."""

    def __init__(self, session: AsyncSession, rail: Rail) -> None:
        self._session = session
        self._rail = rail

    async def put(self, name: str, arguments: Mapping[str, str | int], at: datetime | None = None) -> None:
        lane = Lane.PRIORITY if name in URGENT else Lane.NORMAL
        await self._rail.put(self._session, name, arguments, lane=lane, at=at)

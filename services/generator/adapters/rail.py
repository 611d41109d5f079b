"""The rail of atelierkit, as the verbs put work on it."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from atelierkit import jobs
from services.generator.domain.jobs import Lane
from services.generator.domain.ports_jobs import Task

_LANES = {Lane.NORMAL: jobs.Lane.NORMAL, Lane.PRIORITY: jobs.Lane.PRIORITY}


class JobRail(Protocol):
    """atelierkit's Rail, or its twin."""

    async def put(
        self, session: Any, name: str, arguments: jobs.Arguments, *, lane: jobs.Lane = jobs.Lane.NORMAL
    ) -> int:
        """Put a job on the rail in the session's transaction."""
        ...


class SessionRail:
    """Puts work in one unit of work."""

    def __init__(self, rail: JobRail, session: Any) -> None:
        self._rail = rail
        self._session = session

    async def put(self, task: Task, job_id: UUID, lane: Lane) -> None:
        await self._rail.put(self._session, task.value, {"job": str(job_id)}, lane=_LANES[lane])

"""The life of a worker process: settings, build, work, drain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from atelierkit import health, service
from atelierkit.jobs.model import Pace
from atelierkit.jobs.rail import Rail
from atelierkit.server import Running
from atelierkit.settings import JobSettings

_Settings = TypeVar("_Settings", bound=JobSettings)


@dataclass(frozen=True)
class Workplace:
    """What a service's ``bootstrap.build_worker`` hands to the runtime."""

    rail: Rail
    """With the service's tasks."""
    dependencies: Mapping[str, health.Dependency] = field(default_factory=dict)
    """What the tasks stand on, by name; told in the metrics, and by the health port under the name ``worker``."""


def run_worker(
    settings_cls: type[_Settings], build: Callable[[_Settings, AsyncExitStack], Awaitable[Workplace]]
) -> None:
    """Run a service's worker until SIGTERM or SIGINT, as ``atelierkit.service.run`` runs its server.

    It reads the service's own settings. In its logs and traces it is ``<service>-worker``.
    """
    name = f"{settings_cls.service()}-worker"
    service.run_serving(settings_cls, build, working, name=name)


@asynccontextmanager
async def working(place: Workplace, settings: JobSettings) -> AsyncIterator[Running]:
    """Work while the block runs, then drain. OSError where the health port is taken.

    A database that is away is waited for, and until then the worker is alive and not ready.
    """
    async with AsyncExitStack() as stack:
        checks = health.Health("worker")
        port = None
        if settings.health_port is not None:
            answering = health.answering(checks, settings.metrics_host, settings.health_port)
            port = await stack.enter_async_context(answering)
        signed_on = asyncio.Event()
        watching = health.watching(
            place.dependencies, lambda ready: checks.tell(ready=ready and signed_on.is_set())
        )
        readiness = await stack.enter_async_context(watching)
        pace = Pace(
            settings.job_heartbeat_s,
            settings.job_stalled_after_s,
            settings.job_poll_s,
            settings.drain_grace_s,
        )
        async with place.rail.working(settings.job_concurrency, pace):
            signed_on.set()
            checks.tell(ready=readiness.ready)
            try:
                yield Running(port or 0, port)
            finally:
                checks.drain()

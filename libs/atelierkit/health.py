"""Whether a process lives and whether it can work, told to probes and balancers by ``grpc.health.v1``.

The empty name says that the process lives; it does so until it drains. The service's own name says
that it can work as well: its hard dependencies answer. A lost database takes a service out of
balancing and restarts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from prometheus_client import Gauge

from atelierkit.interceptors.around import Context
from atelierkit.logs import get_logger

DEPENDENCY_UP = Gauge(
    "atelier_dependency_up",
    "1 while the dependency answers this process, 0 while it does not.",
    ["dependency"],
)

# A dependency that goes is told within two seconds: one period, and two checks that wait in vain.
PERIOD_S = 0.4
TIMEOUT_S = 0.6
_RETRY_S = 0.2
_FAILURES = 2
"""Checks in vain before a dependency counts as gone: one slow answer must not empty a balancer."""

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN

_log = get_logger(__name__)


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Tells both names, to those who ask once and to those who watch.

    grpcio-health-checking's own servicer forgets every watcher of a name when one of them leaves:
    clients that watch would never hear of a drain.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._status = {"": _SERVING, name: _NOT_SERVING}
        self._changed = asyncio.Event()
        self._draining = False
        self._ended = False

    def tell(self, *, ready: bool) -> None:
        """Say whether the service can work; while it drains it cannot."""
        if not self._draining:
            self._status[self._name] = _SERVING if ready else _NOT_SERVING
            self._wake()

    def drain(self) -> None:
        """Say that no new call should come."""
        self._draining = True
        self._status = dict.fromkeys(self._status, _NOT_SERVING)
        self._wake()

    def end(self) -> None:
        """Let the watchers go: a server that stops waits for its calls."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def Check(self, request: health_pb2.HealthCheckRequest, context: Context) -> object:
        status = self._status.get(request.service)
        if status is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return health_pb2.HealthCheckResponse(status=status)

    async def Watch(self, request: health_pb2.HealthCheckRequest, context: Context) -> AsyncIterator[object]:
        told = None
        while not self._ended:
            changed = self._changed
            status = self._status.get(request.service, _UNKNOWN)
            if status != told:
                told = status
                yield health_pb2.HealthCheckResponse(status=status)
            await changed.wait()


@asynccontextmanager
async def answering(checks: Health, host: str, port: int) -> AsyncIterator[int]:
    """Serve the health service alone, in plain text, while the block runs; gives the port (0: a free one).

    For probes that have no certificate, as kubelet's. OSError where the port is taken.
    """
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)], maximum_concurrent_rpcs=64)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    try:
        taken = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise OSError(f"cannot serve health on {host}:{port}: the port is taken") from error
    await server.start()
    try:
        yield taken
    finally:
        await server.stop(None)


@dataclass(frozen=True)
class Dependency:
    """Something that a process stands on."""

    check: Callable[[], Coroutine[Any, Any, None]]
    """Returns when it answers; any exception says that it does not."""
    hard: bool = True
    """Whether the process can do nothing without it; the others are told in the metric alone."""
    period_s: float = PERIOD_S
    """Wait between two checks."""
    timeout_s: float = TIMEOUT_S
    """Longest wait for one answer."""


class Readiness:
    """Which dependencies answer. None does until its first check has succeeded."""

    def __init__(self, dependencies: Mapping[str, Dependency], tell: Callable[[bool], None]) -> None:
        self._dependencies = dependencies
        self._up: dict[str, bool] = {}
        self._tell = tell
        self._drained = asyncio.Event()
        self._leaving: set[asyncio.Future[None]] = set()

    @property
    def ready(self) -> bool:
        """Every hard dependency answers, and the process is not on its way out."""
        hard = (name for name, each in self._dependencies.items() if each.hard)
        return not self.draining and all(self.up(name) for name in hard)

    @property
    def draining(self) -> bool:
        """The process is on its way out."""
        return self._drained.is_set()

    async def until_draining(self) -> None:
        """Wait for the process to be on its way out."""
        await self._drained.wait()

    def up(self, name: str) -> bool:
        """Whether that dependency answers; False before it was asked."""
        return self._up.get(name, False)

    def drain(self) -> None:
        """Not ready from now on."""
        self._drained.set()

    async def look(self) -> None:
        """Check the hard dependencies once."""
        hard = {name: each for name, each in self._dependencies.items() if each.hard}
        for name, fault in zip(hard, await asyncio.gather(*map(self._fault, hard.values())), strict=True):
            self._note(name, fault)
        self._tell(self.ready)

    async def watch(self) -> None:
        """Check every dependency, each at its own pace, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, dependency in self._dependencies.items():
                group.create_task(self._watch(name, dependency))

    async def _watch(self, name: str, dependency: Dependency) -> None:
        failures = 0
        while True:
            fault = await self._fault(dependency)
            failures = 0 if fault is None else failures + 1
            if failures in (0, _FAILURES):
                self._note(name, fault)
            await asyncio.sleep(_RETRY_S if 0 < failures < _FAILURES else dependency.period_s)

    async def _fault(self, dependency: Dependency) -> BaseException | None:
        """What the dependency's check raises; None where it answers in time."""
        check = asyncio.ensure_future(dependency.check())
        await asyncio.wait([check], timeout=dependency.timeout_s)
        if check.done():
            return check.exception()
        # It is told to go, and not waited for: psycopg asks a server that hangs for ten seconds to stop.
        check.cancel()
        self._leaving.add(check)
        check.add_done_callback(self._left)
        return TimeoutError(f"no answer within {dependency.timeout_s:g} s")

    def _left(self, check: asyncio.Future[None]) -> None:
        self._leaving.discard(check)
        if not check.cancelled():
            # Fetched, so that nobody reports it as forgotten: that there was no answer in time has been told.
            check.exception()

    def _note(self, name: str, fault: BaseException | None) -> None:
        if self._up.get(name) is (fault is None):
            return
        self._up[name] = fault is None
        DEPENDENCY_UP.labels(name).set(fault is None)
        if fault is None:
            _log.info("dependency answers", dependency=name)
        else:
            _log.warning("dependency does not answer", dependency=name, cause=repr(fault))
        self._tell(self.ready)


@asynccontextmanager
async def watching(
    dependencies: Mapping[str, Dependency], tell: Callable[[bool], None] = lambda _: None
) -> AsyncIterator[Readiness]:
    """Watch the dependencies while the block runs; ``tell`` hears at once, and whenever one comes or goes.

    The block begins when the hard ones were asked once, whatever they answered.
    """
    readiness = Readiness(dependencies, tell)
    await readiness.look()
    watcher = asyncio.create_task(readiness.watch())
    try:
        yield readiness
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])

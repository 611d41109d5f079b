"""The process itself: which version it is, and whether its event loop is free."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import Gauge, Histogram

BUILD_INFO = Gauge(
    "atelier_build_info",
    "1, with the version that runs.",
    ["service", "version"],
)
LOOP_LAG = Histogram(
    "atelier_runtime_loop_lag_seconds",
    "How much too late the event loop wakes a sleeper: what any request may wait before its next step.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)

_DISTRIBUTION = "atelier-platform"
_EVERY_S = 0.25


def announce(service: str) -> None:
    """Publish the version of the running service."""
    BUILD_INFO.labels(service, _version()).set(1)


def _version() -> str:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        # The code runs from a folder that nobody installed.
        return "unknown"


@asynccontextmanager
async def loop_watched(every_s: float = _EVERY_S) -> AsyncIterator[None]:
    """Measure the running loop's lag while the block runs."""
    sleeper = asyncio.create_task(_sleep_and_measure(every_s))
    try:
        yield
    finally:
        sleeper.cancel()
        with suppress(asyncio.CancelledError):
            await sleeper


async def _sleep_and_measure(every_s: float) -> None:
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(every_s)
        LOOP_LAG.observe(max(0.0, time.perf_counter() - asked - every_s))

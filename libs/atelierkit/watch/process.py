"""The process itself: which version it is, and whether its event loop is free."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from prometheus_client import Gauge, Histogram

from atelierkit.lag import LoopLag

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


def loop_watched(every_s: float = _EVERY_S) -> LoopLag:
    """Publishes the running loop's lag; used by ``async with``."""
    return LoopLag(every_s, LOOP_LAG.observe)

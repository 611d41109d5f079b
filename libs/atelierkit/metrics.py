"""Prometheus metrics: how they are observed with exemplars, and the port they are served on.

Each service declares its metrics once, in its own ``metrics.py``, as module constants on the default
registry; this module declares those of every gRPC server and client, and `watch` those of resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from atelier.common.v1 import error_reason_pb2
from atelierkit import tracing
from atelierkit.errors import AppError, Code

GRPC_SERVER_REQUESTS = Counter(
    "atelier_grpc_server_requests_total",
    "Calls answered, by status code.",
    ["service", "method", "code"],
)
GRPC_SERVER_DURATION = Histogram(
    "atelier_grpc_server_duration_seconds",
    "Time from a call's arrival to its last byte.",
    ["service", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100),
)
GRPC_SERVER_IN_FLIGHT = Gauge(
    "atelier_grpc_server_in_flight",
    "Calls at work now.",
    ["service", "method"],
)
GRPC_SERVER_REFUSALS = Counter(
    "atelier_grpc_server_refusals_total",
    "Calls answered with an error of the contract, by its reason.",
    ["service", "method", "reason"],  # those of error_reason.proto, in lower case
)
GRPC_SERVER_REPEATED = Counter(
    "atelier_grpc_server_repeated_attempts_total",
    "Calls that are not their caller's first attempt.",
    ["service", "method"],
)
GRPC_CLIENT_REQUESTS = Counter(
    "atelier_grpc_client_requests_total",
    "Calls made, their repeated attempts counted once, by status code.",
    ["service", "method", "code"],
)
GRPC_CLIENT_DURATION = Histogram(
    "atelier_grpc_client_duration_seconds",
    "Time from making a call to its last byte, repeated attempts included.",
    ["service", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100),
)
ADMISSION_REFUSALS = Counter(
    "atelier_admission_refusals_total",
    "Pieces of work refused before they began, by queue and reason.",
    ["queue", "reason"],  # full | slow | late
)
ADMISSION_BUSY = Gauge(
    "atelier_admission_busy",
    "Pieces of work that have a place now.",
    ["queue"],
)
ADMISSION_PLACES = Gauge(
    "atelier_admission_places",
    "Places that there are now.",
    ["queue"],
)
ADMISSION_WAITING = Gauge(
    "atelier_admission_waiting",
    "Pieces of work that wait for a place now.",
    ["queue"],
)
ADMISSION_WAIT = Histogram(
    "atelier_admission_wait_duration_seconds",
    "Time that admitted work waited for its place.",
    ["queue"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)

_CATALOGUE = error_reason_pb2.ErrorReason.keys()
_REASONS = frozenset(
    {*(name.removeprefix("ERROR_REASON_") for name in _CATALOGUE), *(code.name for code in Code)}
)


def observe(histogram: Histogram, seconds: float, **labels: str) -> None:
    """Record a duration, with the trace at hand as its exemplar."""
    child = histogram.labels(**labels) if labels else histogram
    child.observe(seconds, exemplar=_exemplar())


def reason_label(error: AppError) -> str:
    """The error's reason as a label, in lower case: one of the catalogue or a code's name, else ``other``."""
    return error.reason.lower() if error.reason in _REASONS else "other"


def _exemplar() -> dict[str, str] | None:
    exemplar = tracing.exemplar()
    return None if exemplar is None else dict(exemplar)


@contextmanager
def served(host: str, port: int, registry: CollectorRegistry = REGISTRY) -> Iterator[int]:
    """Serve the registry over HTTP on its own port (0: a free one) while the block runs; gives the port.

    Scrapers that ask for OpenMetrics get exemplars; the classic text format has none. OSError where
    the port is taken.
    """
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise OSError(f"cannot serve metrics on {host}:{port}: {error.strerror}") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Inference as whoever asks for it sees it: how long it takes, how much is under way, how it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from numpy.typing import NDArray
from opentelemetry import trace
from prometheus_client import Counter, Gauge, Histogram

from atelierkit.errors import AppError, Overloaded, TimedOut, Unavailable
from atelierkit.inference.port import Arrays, Inference, ModelMissing, ModelOutputInvalid
from atelierkit.metrics import observe

REQUESTS = Counter(
    "atelier_inference_requests_total",
    "Inferences asked for, by model and outcome.",
    # local | triton; ok | refused | timed_out | unavailable | missing | invalid_output | failed
    ["model", "backend", "outcome"],
)
SECONDS = Histogram(
    "atelier_inference_duration_seconds",
    "Time from asking for an inference to its answer, waiting included.",
    ["model", "backend"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
IN_FLIGHT = Gauge(
    "atelier_inference_in_flight",
    "Inferences asked for and not answered yet: those at work, and the queue before them.",
    ["model", "backend"],
)
BATCH_ROWS = Histogram(
    "atelier_inference_batch_rows",
    "Rows of one run of a model in this process, where requests that wait together are joined.",
    ["model"],
    buckets=(1, 2, 4, 8, 16, 32),
)

_OUTCOMES: tuple[tuple[type[AppError], str], ...] = (
    (Overloaded, "refused"),
    (TimedOut, "timed_out"),
    (Unavailable, "unavailable"),
    (ModelMissing, "missing"),
    (ModelOutputInvalid, "invalid_output"),
)
_tracer = trace.get_tracer(__name__)


class WatchedInference:
    """An Inference that is measured; passes everything on."""

    def __init__(self, inner: Inference, backend: Literal["local", "triton"]) -> None:
        self._inner = inner
        self._backend = backend

    async def infer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        with self._measured(model):
            return await self._inner.infer(model, inputs)

    async def ready(self, model: str) -> None:
        await self._inner.ready(model)

    @contextmanager
    def _measured(self, model: str) -> Iterator[None]:
        start, outcome = time.perf_counter(), "failed"
        kind = trace.SpanKind.CLIENT if self._backend == "triton" else trace.SpanKind.INTERNAL
        attributes = {"atelier.inference.model": model, "atelier.inference.backend": self._backend}
        try:
            with (
                IN_FLIGHT.labels(model, self._backend).track_inprogress(),
                _tracer.start_as_current_span(f"infer {model}", kind=kind, attributes=attributes),
            ):
                yield
            outcome = "ok"
        except AppError as error:
            outcome = next((name for kind, name in _OUTCOMES if isinstance(error, kind)), outcome)
            raise
        finally:
            REQUESTS.labels(model, self._backend, outcome).inc()
            observe(SECONDS, time.perf_counter() - start, model=model, backend=self._backend)

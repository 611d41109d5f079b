"""What the metrics say of the object store, of inference and of the process itself."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import REGISTRY

from atelierkit.blobs import BlobCorrupt, MemoryBlobs
from atelierkit.errors import NotFound, TimedOut, Unavailable
from atelierkit.inference import (
    Inference,
    ModelMissing,
    ModelOutputInvalid,
    TritonInference,
    WatchedInference,
)
from atelierkit.testing.triton import FakeModel, FakeTriton
from atelierkit.watch import process
from atelierkit.watch.blobs import WatchedBlobs

DATA = b"bytes" * 1000
ABSENT = "avatars/" + "0" * 64


def value(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0


def operations(operation: str, outcome: str) -> float:
    return value("atelier_blobs_operation_duration_seconds_count", operation=operation, outcome=outcome)


async def test_what_goes_through_the_store_is_counted() -> None:
    store = WatchedBlobs(MemoryBlobs())
    names = ("put", "get", "stream", "head", "delete")
    before = {name: operations(name, "ok") for name in names}
    written, read = (
        value("atelier_blobs_bytes_total", direction="written"),
        value("atelier_blobs_bytes_total", direction="read"),
    )
    ref = await store.put(DATA, prefix="avatars", media_type="model/gltf-binary")
    assert await store.get(ref.key) == DATA
    assert b"".join([piece async for piece in store.stream(ref.key, 1024)]) == DATA
    assert await store.head(ref.key) == ref
    await store.delete(ref.key)
    assert {name: operations(name, "ok") - before[name] for name in names} == dict.fromkeys(names, 1)
    assert value("atelier_blobs_bytes_total", direction="written") - written == len(DATA)
    assert value("atelier_blobs_bytes_total", direction="read") - read == 2 * len(DATA)


async def test_an_empty_object_is_streamed() -> None:
    store = WatchedBlobs(MemoryBlobs())
    ref = await store.put(b"", prefix="avatars", media_type="model/gltf-binary")
    assert [piece async for piece in store.stream(ref.key)] == []


class Failing(MemoryBlobs):
    """A store that always raises."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def get(self, key: str) -> bytes:
        raise self._error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotFound("gone"), "missing"),
        (BlobCorrupt("damaged"), "corrupt"),
        (Unavailable("away"), "unavailable"),
        (RuntimeError("a bug"), "failed"),
    ],
)
async def test_how_the_store_fails_is_told_apart(error: Exception, outcome: str) -> None:
    before = operations("get", outcome)
    with pytest.raises(type(error)):
        await WatchedBlobs(Failing(error)).get(ABSENT)
    assert operations("get", outcome) == before + 1


class Model:
    """An inference that waits, then raises or answers."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.go = asyncio.Event()

    async def infer(self, model: str, inputs: Any) -> dict[str, Any]:
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return dict(inputs)

    async def ready(self, model: str) -> None:
        return


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "ok"),
        (TimedOut("late"), "timed_out"),
        (Unavailable("away"), "unavailable"),
        (ModelMissing("none"), "missing"),
        (ModelOutputInvalid("nan"), "invalid_output"),
        (ValueError("a bug"), "failed"),
    ],
)
async def test_inferences_are_counted_by_their_end_and_seen_while_they_last(
    error: Exception | None, outcome: str
) -> None:
    inner = Model(error)
    watched: Inference = WatchedInference(inner, "local")
    labels = {"model": "watched", "backend": "local"}
    before = value("atelier_inference_requests_total", **labels, outcome=outcome)
    seconds = value("atelier_inference_duration_seconds_count", **labels)
    running = asyncio.create_task(watched.infer("watched", {"x": np.zeros((1, 3))}))
    await asyncio.sleep(0)
    assert value("atelier_inference_in_flight", **labels) == 1
    inner.go.set()
    if error is None:
        assert (await running).keys() == {"x"}
    else:
        with pytest.raises(type(error)):
            await running
    assert value("atelier_inference_in_flight", **labels) == 0
    assert value("atelier_inference_requests_total", **labels, outcome=outcome) == before + 1
    assert value("atelier_inference_duration_seconds_count", **labels) == seconds + 1


async def test_triton_is_told_the_trace() -> None:
    fake = FakeTriton(
        {
            "double": FakeModel(
                {"x": (np.float32, (-1, 3))}, {"y": (np.float32, (-1, 3))}, lambda got: {"y": got["x"]}
            )
        }
    )
    async with fake.serving() as (_, addr), TritonInference(addr) as inference:
        with TracerProvider().get_tracer("test").start_as_current_span("request") as span:
            await inference.infer("double", {"x": np.ones((1, 3), np.float32)})
    trace_id = trace.format_trace_id(span.get_span_context().trace_id)
    assert str(fake.last_metadata["traceparent"]).split("-")[1] == trace_id


async def test_a_blocked_loop_shows() -> None:
    async with process.loop_watched(every_s=0):
        await asyncio.sleep(0)
        before = _wakings(), _wakings(le="0.05")
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            pass  # The fault itself: something computes where it should not.
        await asyncio.sleep(0)
        assert (_wakings() - before[0], _wakings(le="0.05") - before[1]) == (1, 0)


def _wakings(**bucket: str) -> float:
    return value(f"atelier_runtime_loop_lag_seconds_{'bucket' if bucket else 'count'}", **bucket)


def test_a_process_tells_its_version() -> None:
    process.announce("watched")
    [sample] = [
        sample
        for family in REGISTRY.collect()
        if family.name == "atelier_build_info"
        for sample in family.samples
        if sample.labels["service"] == "watched"
    ]
    assert (sample.labels["version"], sample.value) == ("0.1.0", 1)

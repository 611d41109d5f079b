"""The load's own numbers, against a server whose speed is known."""

from __future__ import annotations

from typing import Any

import grpc
import numpy as np
import pytest
from tritonclient.grpc import service_pb2

from atelierkit.testing.triton import Counts, FakeModel, FakeTriton
from benchmarks import inference_load

SAME = FakeModel(
    {"x": (np.float32, (-1, 1))}, {"y": (np.float32, (-1, 1))}, lambda inputs: {"y": inputs["x"]}
)


def _message() -> bytes:
    request = service_pb2.ModelInferRequest(model_name="same", raw_input_contents=[bytes(4)])
    request.inputs.add(name="x", datatype="FP32", shape=[1, 1])
    return bytes(request.SerializeToString())


@pytest.fixture
def fake() -> FakeTriton:
    return FakeTriton({"same": SAME}, instances=1)


async def test_an_open_load_counts_the_wait_that_a_slow_server_makes(fake: FakeTriton) -> None:
    async with fake.serving() as (_, addr):
        fake.service_s = 0.02
        seen = await inference_load.measure(addr, 200, 0.5, [_message()])
    # 100 requests of 20 ms end after 2 s; those who came last waited for 1.5 s, whatever one of them takes.
    assert 60 <= seen["answered"] <= 140
    assert seen["p95_ms"] > 600


async def test_failures_are_no_answers(fake: FakeTriton) -> None:
    async with fake.serving() as (_, addr):
        asked: list[bytes] = [_message()]
        seen = await inference_load.measure(addr, 100, 0.05, asked)
        assert seen["failed"] == 0
        fake.counts = Counts()
        fake.error_ratio = 0.5
        log = inference_load.Log()
        async with grpc.aio.insecure_channel(addr) as channel:
            ask: Any = channel.unary_unary(inference_load.METHOD)
            for _ in range(40):
                await log.note(ask, asked[0], 0.0)
    assert (len(log.latencies_s), log.failed) == (fake.counts.answered, fake.counts.failed)
    assert log.failed > 0

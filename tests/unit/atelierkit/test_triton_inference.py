"""Inference over Triton's protocol, from a server that misbehaves as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import numpy as np
import pytest

from atelierkit import context
from atelierkit.errors import TimedOut, Unavailable
from atelierkit.inference import ModelMissing, TritonInference
from atelierkit.testing.triton import FakeModel, FakeTriton

DOUBLE = FakeModel(
    {"x": (np.float32, (-1, 3))}, {"y": (np.float32, (-1, 3))}, lambda inputs: {"y": inputs["x"] * 2}
)


def _x(count: int = 1) -> dict[str, Any]:
    return {"x": np.arange(1, 3 * count + 1, dtype=np.float32).reshape(count, 3)}


@pytest.fixture
async def fake() -> AsyncIterator[FakeTriton]:
    yield FakeTriton({"double": DOUBLE})


@pytest.fixture
async def triton(fake: FakeTriton) -> AsyncIterator[TritonInference]:
    async with fake.serving() as (_, addr), TritonInference(addr) as inference:
        yield inference


async def test_the_numbers_come_back(triton: TritonInference) -> None:
    await triton.ready("double")
    for count in (1, 32, 67):
        answer = await triton.infer("double", _x(count))
        np.testing.assert_array_equal(answer["y"], _x(count)["x"] * 2)


async def test_a_slow_server_is_left_at_the_deadline(fake: FakeTriton, triton: TritonInference) -> None:
    fake.service_s = 30
    with context.request(timeout_s=0.1), pytest.raises(TimedOut):
        await triton.infer("double", _x())


async def test_a_server_that_fails_is_unavailable(fake: FakeTriton, triton: TritonInference) -> None:
    fake.error_ratio = 1
    for code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL):
        fake.error_codes = (code,)
        with pytest.raises(Unavailable):
            await triton.infer("double", _x())


async def test_a_server_without_its_models_is_not_ready(fake: FakeTriton, triton: TritonInference) -> None:
    with pytest.raises(ModelMissing):
        await triton.ready("nobody")
    fake.ready = False
    with pytest.raises(Unavailable):
        await triton.ready("double")
    fake.ready = True
    await triton.ready("double")

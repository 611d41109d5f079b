"""Requests that wait together run together, and fail alone."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from atelierkit.errors import Overloaded, Unavailable
from atelierkit.inference.batching import BatchLimits, MicroBatcher
from tests.patience import PATIENCE_S


class _Model:
    """Doubles its rows; keeps each batch that it saw, and waits at a gate before it answers."""

    def __init__(self) -> None:
        self.batches: list[list[float]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = asyncio.Event()

    async def __call__(self, inputs: Any) -> dict[str, Any]:
        self.batches.append([float(value) for value in inputs["x"][:, 0]])
        self.started.set()
        await self.gate.wait()
        if 13 in inputs["x"]:
            raise RuntimeError("thirteen")
        return {"y": inputs["x"] * 2}


def _rows(*values: float, width: int = 1) -> dict[str, Any]:
    return {"x": np.repeat(np.array(values, np.float32)[:, None], width, axis=1)}


async def _held(model: _Model, batcher: MicroBatcher) -> asyncio.Task[Any]:
    """Let a first request occupy the model, so that the next ones wait."""
    model.gate.clear()
    first = asyncio.create_task(batcher.submit(_rows(-1)))
    await model.started.wait()
    return first


async def _queued(batcher: MicroBatcher, *requests: Any) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(batcher.submit(request)) for request in requests]
    await asyncio.sleep(0)
    return tasks


async def test_requests_that_wait_are_joined_and_get_their_own_rows() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits()) as batcher:
        first = await _held(model, batcher)
        tasks = await _queued(batcher, _rows(1), _rows(2, 3), _rows(4))
        model.gate.set()
        answers = [(await task)["y"][:, 0].tolist() for task in tasks]
        await first
    assert answers == [[2], [4, 6], [8]]
    assert model.batches == [[-1], [1, 2, 3, 4]]


async def test_one_request_waits_for_nobody() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits()) as batcher:
        for value in (1, 2):
            assert (await batcher.submit(_rows(value)))["y"][0, 0] == 2 * value
    assert model.batches == [[1], [2]]


async def test_a_delay_collects_until_the_batch_is_full() -> None:
    model = _Model()
    async with (
        MicroBatcher(model, BatchLimits(max_batch=3, max_delay_s=30)) as batcher,
        asyncio.timeout(PATIENCE_S),
    ):
        tasks = await _queued(batcher, _rows(1))
        await asyncio.sleep(0.01)
        assert model.batches == []
        tasks += await _queued(batcher, _rows(2), _rows(3))
        await asyncio.gather(*tasks)
    assert model.batches == [[1, 2, 3]]


async def test_a_delay_ends() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits(max_delay_s=0.02)) as batcher, asyncio.timeout(PATIENCE_S):
        assert (await batcher.submit(_rows(1)))["y"].tolist() == [[2]]


async def test_a_batch_has_its_limit_and_a_larger_request_runs_alone() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits(max_batch=2)) as batcher:
        first = await _held(model, batcher)
        tasks = await _queued(batcher, _rows(1), _rows(2), _rows(3), _rows(4, 5, 6))
        model.gate.set()
        await asyncio.gather(first, *tasks)
    assert model.batches == [[-1], [1, 2], [3], [4, 5, 6]]


async def test_rows_of_different_size_are_never_joined() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits()) as batcher:
        first = await _held(model, batcher)
        tasks = await _queued(batcher, _rows(1), _rows(2, width=2), _rows(3, width=2))
        model.gate.set()
        shapes = [answer["y"].shape for answer in await asyncio.gather(*tasks)]
        await first
    assert shapes == [(1, 1), (1, 2), (1, 2)]
    assert model.batches == [[-1], [1], [2, 3]]


async def test_only_the_culprit_fails() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits()) as batcher:
        first = await _held(model, batcher)
        tasks = await _queued(batcher, _rows(1), _rows(13), _rows(2))
        model.gate.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        await first
        assert (await batcher.submit(_rows(5)))["y"][0, 0] == 10
    assert [type(answer) for answer in answers] == [dict, RuntimeError, dict]
    assert model.batches == [[-1], [1, 13, 2], [1], [13], [2], [5]]


async def test_a_caller_that_has_gone_costs_nothing() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits(max_rows=3)) as batcher:
        first = await _held(model, batcher)
        gone, waits = await _queued(batcher, _rows(1), _rows(2))
        gone.cancel()
        await asyncio.sleep(0)
        [late] = await _queued(batcher, _rows(3))
        model.gate.set()
        await asyncio.gather(first, waits, late)
    assert gone.cancelled()
    assert model.batches == [[-1], [2, 3]]


async def test_a_full_queue_refuses_at_once() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits(max_rows=3)) as batcher:
        first = await _held(model, batcher)
        tasks = await _queued(batcher, _rows(1), _rows(2))
        with pytest.raises(Overloaded) as caught:
            await batcher.submit(_rows(3))
        model.gate.set()
        await asyncio.gather(first, *tasks)
    assert caught.value.retry_after_s == 0.5


async def test_a_wait_ends_at_its_limit_and_later_ones_are_refused_at_once() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits()) as batcher:
        first = await _held(model, batcher)
        with pytest.raises(TimeoutError):
            await batcher.submit(_rows(1), 0.05)
        with pytest.raises(Overloaded):
            await batcher.submit(_rows(2), 0.001)
        model.gate.set()
        await first
    assert model.batches == [[-1]]


async def test_whoever_waits_when_it_closes_is_told() -> None:
    model = _Model()
    async with MicroBatcher(model, BatchLimits()) as batcher:
        first = await _held(model, batcher)
        tasks = await _queued(batcher, _rows(1), _rows(2))
    answers = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3


@pytest.mark.parametrize("inputs", [{}, {"x": np.zeros((0, 1))}, {"x": np.zeros(())}])
async def test_a_request_without_rows_is_a_bug(inputs: Any) -> None:
    async with MicroBatcher(_Model(), BatchLimits()) as batcher:
        with pytest.raises(ValueError, match="at least 1"):
            await batcher.submit(inputs)

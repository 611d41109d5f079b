"""Inference over Triton's protocol, from a server that misbehaves as it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import numpy as np
import pytest

from atelierkit import context
from atelierkit.errors import AppError, Overloaded, TimedOut, Unavailable
from atelierkit.identity import Caller, acting
from atelierkit.inference import ModelMissing, ModelOutputInvalid, TritonInference
from atelierkit.inference.retries import Retries
from atelierkit.testing.triton import DAMAGES, Counts, FakeModel, FakeTriton
from tests.patience import PATIENCE_S, ROUNDS

DOUBLE = FakeModel(
    {"x": (np.float32, (-1, 3))}, {"y": (np.float32, (-1, 3))}, lambda inputs: {"y": inputs["x"] * 2}
)
QUICK = Retries(first_pause_s=0.001)


def _x(count: int = 1) -> dict[str, Any]:
    return {"x": np.arange(1, 3 * count + 1, dtype=np.float32).reshape(count, 3)}


@pytest.fixture
def fake() -> FakeTriton:
    return FakeTriton({"double": DOUBLE}, instances=1)


@pytest.fixture
async def triton(fake: FakeTriton) -> AsyncIterator[TritonInference]:
    async with fake.serving() as (_, addr), TritonInference(addr, retries=QUICK) as inference:
        yield inference


async def test_the_numbers_come_back(triton: TritonInference) -> None:
    await triton.ready("double")
    for count in (1, 32, 67):
        answer = await triton.infer("double", _x(count))
        np.testing.assert_array_equal(answer["y"], _x(count)["x"] * 2)


async def test_a_slow_server_is_left_at_the_deadline(fake: FakeTriton, triton: TritonInference) -> None:
    await triton.ready("double")
    fake.service_s = 30
    with context.request(timeout_s=0.1), pytest.raises(TimedOut):
        await triton.infer("double", _x())


async def test_a_server_that_became_ten_times_slower_refuses_early_and_answers_whom_it_lets_in(
    fake: FakeTriton, triton: TritonInference
) -> None:
    """Each caller waits 0.5 s."""
    for _ in range(ROUNDS):
        took = await _crowd(fake, triton)
        if _prompt(**took):
            return
    pytest.fail(f"not once in {ROUNDS} rounds")


def _prompt(answered: list[float], refused: list[float], late: list[float]) -> bool:
    """Nobody waited in vain. Ten can be answered within each caller's time, and then one each 50 ms."""
    enough = len(answered) >= 15 and len(refused) >= 50
    return enough and max(refused) <= 0.1 and max([*answered, *late]) <= 0.5 + 0.25


async def _crowd(fake: FakeTriton, triton: TritonInference) -> dict[str, list[float]]:
    """Seconds that each of 100 callers waits who come within 1 s to a server that does 20 in that time, by outcome."""
    fake.service_s = 0.005
    for _ in range(20):
        await triton.infer("double", _x())
    fake.service_s = 0.05
    outcomes: list[tuple[str, float]] = []

    async def ask() -> None:
        start = time.monotonic()
        try:
            with context.request(timeout_s=0.5):
                await triton.infer("double", _x())
            outcome = "answered"
        except Overloaded as error:
            outcome = "refused" if error.retry_after_s else "refused without a word when to come back"
        except TimedOut:
            outcome = "late"
        outcomes.append((outcome, time.monotonic() - start))

    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(ask())
            await asyncio.sleep(0.01)
    return {
        kind: [s for outcome, s in outcomes if outcome == kind] for kind in ("answered", "refused", "late")
    }


async def test_three_failures_in_ten_are_hardly_felt(fake: FakeTriton) -> None:
    async with fake.serving() as (_, addr), TritonInference(addr, timeout_s=30, retries=QUICK) as triton:
        await triton.ready("double")
        fake.error_ratio, fake.counts = 0.3, Counts()
        good = [await _at_once(triton, 5) for _ in range(50)]
    assert sum(good) >= 0.97 * 250
    assert fake.counts.attempts <= 1.5 * 250


async def _at_once(triton: TritonInference, count: int) -> int:
    """How many of so many inferences at the same time were answered."""
    asked = (triton.infer("double", _x()) for _ in range(count))
    return sum(isinstance(answer, dict) for answer in await asyncio.gather(*asked, return_exceptions=True))


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL])
async def test_an_outage_is_told_and_not_made_worse(
    fake: FakeTriton, triton: TritonInference, code: grpc.StatusCode
) -> None:
    await triton.ready("double")
    fake.error_ratio, fake.error_codes, fake.counts = 1.0, (code,), Counts()
    answers = [await _failure(triton) for _ in range(40)]
    assert {(type(answer), answer.retry_after_s) for answer in answers} == {(Unavailable, 1.0)}
    assert fake.counts.attempts <= 1.5 * 40


async def _failure(triton: TritonInference) -> AppError:
    with pytest.raises(AppError) as caught:
        await triton.infer("double", _x())
    return caught.value


async def test_a_request_that_the_server_refuses_is_not_repeated(
    fake: FakeTriton, triton: TritonInference
) -> None:
    await triton.ready("double")
    fake.error_ratio, fake.error_codes, fake.counts = 1.0, (grpc.StatusCode.INVALID_ARGUMENT,), Counts()
    with pytest.raises(ValueError, match="double: told to fail"):
        await triton.infer("double", _x())
    assert fake.counts.attempts == 1


@pytest.mark.parametrize("damage", sorted(DAMAGES.keys() - {"zeros"}))
async def test_an_answer_that_no_caller_may_use_is_refused(
    fake: FakeTriton, triton: TritonInference, damage: str
) -> None:
    await triton.ready("double")
    fake.damage, fake.counts = DAMAGES[damage], Counts()
    with pytest.raises(ModelOutputInvalid):
        await triton.infer("double", _x())
    # The same numbers would come again: asking twice is no help.
    assert fake.counts.attempts == 1
    fake.damage = None
    np.testing.assert_array_equal((await triton.infer("double", _x()))["y"], _x()["x"] * 2)


async def test_another_version_of_the_model_is_learned(fake: FakeTriton, triton: TritonInference) -> None:
    await triton.ready("double")
    wider = FakeModel(
        DOUBLE.inputs, {"y": (np.float32, (-1, 6))}, lambda inputs: {"y": np.tile(inputs["x"], 2)}
    )
    fake.models = {"double": wider}
    with pytest.raises(ModelOutputInvalid):
        await triton.infer("double", _x())
    assert (await triton.infer("double", _x()))["y"].shape == (1, 6)


async def test_a_server_without_its_models_is_not_ready(fake: FakeTriton, triton: TritonInference) -> None:
    with pytest.raises(ModelMissing):
        await triton.ready("nobody")
    fake.ready = False
    with pytest.raises(Unavailable):
        await triton.ready("double")
    fake.ready = True
    await triton.ready("double")


async def test_a_server_that_comes_back_is_found_within_seconds(fake: FakeTriton) -> None:
    async with fake.serving() as (_, addr):
        pass
    async with TritonInference(addr, retries=QUICK) as inference:
        assert not await _answers(inference)
        async with fake.serving(int(addr.rpartition(":")[2])):
            async with asyncio.timeout(PATIENCE_S):
                while not await _answers(inference):  # noqa: ASYNC110 - told by answers alone
                    await asyncio.sleep(0.05)


async def _answers(inference: TritonInference) -> bool:
    try:
        await inference.ready("double")
    except Unavailable:
        return False
    return True


async def test_a_caller_that_leaves_stops_the_inference(fake: FakeTriton, triton: TritonInference) -> None:
    await triton.ready("double")
    fake.service_s = 30
    task = asyncio.create_task(triton.infer("double", _x()))
    async with asyncio.timeout(PATIENCE_S):
        await fake.counted(lambda seen: seen.in_flight == 1)
        task.cancel()
        await fake.counted(lambda seen: seen.in_flight == 0)
    assert fake.counts.cancelled == 1
    assert task.cancelled()


async def test_the_callers_token_stays_here(fake: FakeTriton, triton: TritonInference) -> None:
    with acting(Caller("alice", frozenset({"user"}), "secret")), context.request(id="abc"):
        await triton.infer("double", _x())
    assert fake.last_metadata["x-request-id"] == "abc"
    assert "secret" not in str(fake.last_metadata)

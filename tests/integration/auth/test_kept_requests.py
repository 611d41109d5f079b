"""Idempotency keys on every storage: one runs, the others are answered what it answered."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from atelierkit.errors import Unauthenticated
from services.auth.domain.errors import IdempotencyMismatch
from services.auth.domain.model import Account
from services.auth.domain.requests import Answer, RequestKey, Run, Running
from services.auth.use_cases.requests import BeginRequest, FinishRequest
from tests.unit.auth.world import SEALS, World

LEASE = timedelta(seconds=10)
KEY = RequestKey("192.0.2.1", "POST /v1/avatars", "a-key")
BODY, OTHER = hashlib.sha256(b"{}").digest(), hashlib.sha256(b"[]").digest()
ANSWER = Answer(201, {"content-type": "application/json", "location": "/é"}, b'{"id": 1}' * 9000)


class Requests:
    """Both verbs on one storage."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.begin_request = BeginRequest(world.units, SEALS, world.clock)
        self.finish = FinishRequest(world.units, SEALS, world.clock)

    async def begin(
        self, attempt: UUID | None = None, key: RequestKey = KEY, body: bytes = BODY
    ) -> Run | Answer | Running:
        return await self.begin_request(key, body, attempt or uuid4(), LEASE)


@pytest.fixture
def requests(world: World) -> Requests:
    return Requests(world)


async def test_the_first_runs_and_the_answer_is_kept_for_the_others(requests: Requests) -> None:
    attempt = uuid4()
    assert isinstance(await requests.begin(attempt), Run)
    assert await requests.begin() == Running()
    await requests.finish(KEY, attempt, ANSWER)
    assert await requests.begin() == ANSWER
    assert await requests.begin(attempt) == ANSWER


async def test_the_same_attempt_may_ask_twice(requests: Requests) -> None:
    attempt = uuid4()
    assert await requests.begin(attempt) == await requests.begin(attempt)


@pytest.mark.attack("A45")
async def test_another_body_is_refused_while_it_runs_and_afterwards(requests: Requests) -> None:
    attempt = uuid4()
    await requests.begin(attempt)
    with pytest.raises(IdempotencyMismatch):
        await requests.begin(body=OTHER)
    await requests.finish(KEY, attempt, ANSWER)
    with pytest.raises(IdempotencyMismatch):
        await requests.begin(body=OTHER)
    assert await requests.begin() == ANSWER


async def test_a_run_that_never_ended_is_taken_over_once_under_the_same_id(requests: Requests) -> None:
    killed, next_one = uuid4(), uuid4()
    first = await requests.begin(killed)
    requests.world.clock.advance(seconds=9.999)
    assert await requests.begin() == Running()
    requests.world.clock.advance(seconds=0.001)
    assert await requests.begin(next_one) == first
    assert await requests.begin() == Running()
    await requests.finish(KEY, killed, Answer(500, {}, b"too late"))
    assert await requests.begin() == Running()
    await requests.finish(KEY, next_one, ANSWER)
    assert await requests.begin() == ANSWER


async def test_a_run_without_an_answer_is_run_again_at_once_under_the_same_id(requests: Requests) -> None:
    attempt = uuid4()
    first = await requests.begin(attempt)
    await requests.finish(KEY, attempt, None)
    assert await requests.begin() == first


async def test_the_first_answer_stays(requests: Requests) -> None:
    attempt = uuid4()
    await requests.begin(attempt)
    await requests.finish(KEY, attempt, ANSWER)
    await requests.finish(KEY, attempt, Answer(200, {}, b"another"))
    await requests.finish(KEY, attempt, None)
    assert await requests.begin() == ANSWER


async def test_a_key_is_known_for_a_day_and_then_begins_anew(requests: Requests) -> None:
    attempt = uuid4()
    first = await requests.begin(attempt)
    await requests.finish(KEY, attempt, ANSWER)
    requests.world.clock.advance(hours=23, minutes=59, seconds=59)
    assert await requests.begin() == ANSWER
    requests.world.clock.advance(seconds=1)
    again = await requests.begin(body=OTHER)
    assert isinstance(again, Run)
    assert again != first


async def test_expired_keys_are_swept_out(requests: Requests) -> None:
    await requests.begin()
    requests.world.clock.advance(days=2)
    await requests.begin(key=RequestKey("192.0.2.1", "POST /v1/avatars", "another"))
    async with requests.world.units() as unit:
        assert await unit.kept_requests.locked(KEY.id) is None


@pytest.mark.attack("A45")
@pytest.mark.parametrize(
    "other",
    [
        RequestKey("192.0.2.2", KEY.route, KEY.key),
        RequestKey(KEY.caller, "POST /v1/clouds", KEY.key),
        RequestKey(KEY.caller, KEY.route, "A-key"),
        RequestKey(KEY.caller, f"{KEY.route}/a", "-key"),
    ],
)
async def test_a_key_is_its_caller_s_and_its_route_s_alone(requests: Requests, other: RequestKey) -> None:
    mine, theirs = await requests.begin(), await requests.begin(key=other, body=OTHER)
    assert isinstance(mine, Run)
    assert isinstance(theirs, Run)
    assert mine != theirs


async def test_keys_go_with_their_account(requests: Requests) -> None:
    account = Account.new("ada@example.org", "a hash", requests.world.clock.now)
    async with requests.world.units() as unit:
        await unit.accounts.add(account)
    key = RequestKey(account.id, KEY.route, KEY.key)
    await requests.begin(key=key)
    async with requests.world.units() as unit:
        await unit.accounts.remove(account.id)
    async with requests.world.units() as unit:
        assert await unit.kept_requests.locked(key.id) is None
    with pytest.raises(Unauthenticated):
        await requests.begin(key=key)


@pytest.mark.attack("A45")
async def test_of_fifty_at_the_same_moment_one_runs(requests: Requests) -> None:
    outcomes = await asyncio.gather(*(requests.begin() for _ in range(50)))
    assert sum(isinstance(outcome, Run) for outcome in outcomes) == 1
    assert outcomes.count(Running()) == 49


async def test_neither_body_nor_answer_can_be_read_in_the_table(requests: Requests) -> None:
    attempt = uuid4()
    await requests.begin(attempt)
    await requests.finish(KEY, attempt, ANSWER)
    async with requests.world.units() as unit:
        kept = await unit.kept_requests.locked(KEY.id)
    assert kept is not None
    assert kept.answer is not None
    assert BODY not in kept.fingerprint
    assert b'"id": 1' not in kept.answer
    # Compressed before it was sealed, else nothing would be gained.
    assert len(kept.answer) < len(ANSWER.body) / 10

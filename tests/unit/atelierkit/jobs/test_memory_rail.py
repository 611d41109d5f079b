"""The twin, on its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from atelierkit.errors import Unavailable
from atelierkit.jobs import Again, Cause, Lane, MemoryRail, Retry, this_run


class SetClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def rail() -> MemoryRail:
    return MemoryRail()


async def test_jobs_run_in_their_lanes_order(rail: MemoryRail, clock: SetClock) -> None:
    done: list[str] = []

    @rail.task("note")
    async def note(*, name: str) -> None:
        done.append(name)

    await rail.put(None, "note", {"name": "first"})
    await rail.put(None, "note", {"name": "later"}, at=clock() + timedelta(seconds=60))
    await rail.put(None, "note", {"name": "urgent"}, lane=Lane.PRIORITY)
    assert await rail.run_due(clock) == 2
    assert done == ["urgent", "first"]
    clock.pass_by(60)
    assert await rail.run_due(clock) == 1
    assert done[-1] == "later"


async def test_a_transaction_that_raises_puts_nothing(rail: MemoryRail, clock: SetClock) -> None:
    async def failing() -> None:
        async with rail.transaction() as session:
            await rail.put(session, "note", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()
    assert rail.waiting == []
    async with rail.transaction() as session:
        await rail.put(session, "note", {})
        assert rail.waiting == []
    assert len(rail.waiting) == 1


async def test_failures_wait_longer_each_time_and_then_end(rail: MemoryRail, clock: SetClock) -> None:
    seen: list[tuple[int, int]] = []
    told: list[tuple[Cause, str]] = []

    async def tell(cause: Cause, *, name: str) -> None:
        told.append((cause, name))

    @rail.task("fail", retry=Retry(most=3, first_s=10.0), on_failed=tell)
    async def fail(*, name: str) -> None:
        seen.append((this_run().attempts, this_run().failures))
        raise Unavailable("not now")

    await rail.put(None, "fail", {"name": "a"})
    for wait_s in (0.0, 4.9, 5.1, 9.9, 10.1):
        clock.pass_by(wait_s)
        await rail.run_due(clock)
    assert len(seen) <= 3
    clock.pass_by(20)
    await rail.run_due(clock)
    assert seen == [(0, 0), (1, 1), (2, 2)]
    assert told == [(Cause("UNAVAILABLE", "not now"), "a")]
    assert [job.run.name for job in rail.failed] == ["fail"]
    assert rail.waiting == []


async def test_an_end_that_nobody_could_be_told_of_is_no_end(rail: MemoryRail, clock: SetClock) -> None:
    async def deaf(_: Cause) -> None:
        raise Unavailable("not now")

    @rail.task("fail", retry=Retry(most=1, longest_s=60.0), on_failed=deaf)
    async def fail() -> None:
        raise RuntimeError

    await rail.put(None, "fail", {})
    await rail.run_due(clock)
    assert (len(rail.failed), len(rail.waiting)) == (0, 1)


async def test_slices_share_with_whoever_waits(rail: MemoryRail, clock: SetClock) -> None:
    done: list[str] = []

    @rail.task("slices")
    async def slices(*, name: str) -> None:
        done.append(name)
        if done.count(name) < 3:
            raise Again

    for name in ("a", "b"):
        await rail.put(None, "slices", {"name": name})
    assert await rail.run_due(clock) == 6
    assert done == ["a", "b"] * 3


async def test_a_wait_of_its_own_choice(rail: MemoryRail, clock: SetClock) -> None:
    @rail.task("poll")
    async def poll() -> None:
        if this_run().attempts == 0:
            raise Again(after_s=30.0)

    await rail.put(None, "poll", {})
    assert [await rail.run_due(clock) for _ in range(2)] == [1, 0]
    clock.pass_by(30)
    assert await rail.run_due(clock) == 1
    assert rail.waiting == []


def test_a_name_is_registered_once(rail: MemoryRail) -> None:
    async def nothing() -> None:
        return

    rail.task("a")(nothing)
    with pytest.raises(ValueError, match="there is a task a already"):
        rail.task("a")(nothing)


@pytest.mark.parametrize("failures", range(1, 30))
def test_waits_double_with_jitter_up_to_the_longest(failures: int) -> None:
    whole = min(300.0, 2.0 ** (failures - 1))
    waits = [Retry(most=30).wait_s(failures) or 0.0 for _ in range(20)]
    assert all(whole / 2 <= wait <= whole for wait in waits)
    assert len(set(waits)) > 1
    assert Retry(most=failures).wait_s(failures) is None


async def test_outside_of_a_run_there_is_none() -> None:
    with pytest.raises(LookupError):
        this_run()

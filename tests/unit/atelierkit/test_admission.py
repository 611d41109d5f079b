"""Work is let in up to a limit, waits for a short while, and is refused early."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from atelierkit import context
from atelierkit.admission import Admission, Limits
from atelierkit.errors import Overloaded


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Worker:
    """A piece of work that is done when it is told so."""

    def __init__(self, admission: Admission, kind: str = "", timeout_s: float | None = None) -> None:
        self.begun = False
        self.end = asyncio.Event()
        self._timeout_s = timeout_s
        self.task = asyncio.create_task(self._work(admission, kind))

    async def _work(self, admission: Admission, kind: str) -> None:
        with context.request(timeout_s=self._timeout_s):
            async with admission.place(kind):
                self.begun = True
                await self.end.wait()


async def settle() -> None:
    """Let every task run until it waits for something."""
    for _ in range(6):
        await asyncio.sleep(0)


async def started(
    admission: Admission, count: int, kind: str = "", timeout_s: float | None = None
) -> list[Worker]:
    workers = []
    for _ in range(count):
        workers.append(Worker(admission, kind, timeout_s))
        await settle()
    return workers


async def finish(*workers: Worker) -> None:
    for worker in workers:
        worker.end.set()
    await asyncio.gather(*(worker.task for worker in workers), return_exceptions=True)


async def test_work_waits_its_turn_first_come_first_served() -> None:
    admission = Admission("test", Limits(places=1))
    first, second, third = await started(admission, 3)
    assert (first.begun, second.begun, third.begun) == (True, False, False)
    assert (admission.busy, admission.waiting) == (1, 2)
    await finish(first)
    await settle()
    assert (second.begun, third.begun) == (True, False)
    await finish(second, third)
    assert (admission.busy, admission.waiting) == (0, 0)


async def test_what_is_seen_of_a_queue() -> None:
    admission = Admission("seen", Limits(places=2))
    workers = await started(admission, 3)
    names = [f"atelier_admission_{name}" for name in ("places", "busy", "waiting")]
    assert [REGISTRY.get_sample_value(name, {"queue": "seen"}) for name in names] == [2, 2, 1]
    await finish(*workers)
    assert [REGISTRY.get_sample_value(name, {"queue": "seen"}) for name in names] == [2, 0, 0]


async def test_a_full_queue_refuses_at_once() -> None:
    admission = Admission("test", Limits(places=1, most_waiting=1))
    workers = await started(admission, 3)
    with pytest.raises(Overloaded):
        await workers[2].task
    assert not workers[2].begun
    await finish(*workers[:2])


async def test_no_queue_at_all_is_a_bulkhead() -> None:
    admission = Admission("test", Limits(places=2, most_waiting=0))
    workers = await started(admission, 3)
    assert [worker.task.done() for worker in workers] == [False, False, True]
    with pytest.raises(Overloaded):
        await workers[2].task
    await finish(*workers[:2])


async def test_a_wait_that_would_be_too_long_is_refused_and_says_when_to_come_back() -> None:
    # Two at work and four before it, of 1 s each, for two places: (4 + 2 / 2) / 2.
    admission = Admission("test", Limits(places=2, longest_wait_s=2.4, usual_s=1.0))
    workers = await started(admission, 7)
    assert admission.waiting == 4
    with pytest.raises(Overloaded) as refusal:
        await workers[6].task
    assert refusal.value.retry_after_s == pytest.approx(2.5)
    await finish(*workers[:6])


async def test_a_wait_past_the_caller_s_deadline_is_refused() -> None:
    admission = Admission("test", Limits(places=1, longest_wait_s=60.0, usual_s=10.0))
    (patient,) = await started(admission, 1, timeout_s=30.0)
    (hasty,) = await started(admission, 1, timeout_s=14.0)  # 5 s of waiting and 10 s of work
    (next_one,) = await started(admission, 1, timeout_s=16.0)
    assert (hasty.task.done(), next_one.task.done()) == (True, False)
    with pytest.raises(Overloaded):
        await hasty.task
    await finish(patient, next_one)
    assert next_one.begun


async def test_with_a_place_free_nobody_is_refused_so_that_a_slow_start_is_forgotten() -> None:
    clock = Clock()
    admission = Admission("test", Limits(places=1, usual_s=10.0), clock)
    for _ in range(20):
        (hasty,) = await started(admission, 1, timeout_s=5.0)
        assert hasty.begun
        clock.now += 0.1
        await finish(hasty)
    assert admission.usual_s() == pytest.approx(0.1, abs=0.15)


async def test_a_turn_that_comes_too_late_goes_to_the_next() -> None:
    clock = Clock()
    admission = Admission("test", Limits(places=1, longest_wait_s=60.0, usual_s=0.001), clock)
    (slow,) = await started(admission, 1)
    (hasty,) = await started(admission, 1, timeout_s=5.0)
    (patient,) = await started(admission, 1)
    clock.now = 100.0  # the first took far longer than anything before: now all are expected to
    await finish(slow)
    with pytest.raises(Overloaded):
        await hasty.task
    await settle()
    assert (hasty.begun, patient.begun) == (False, True)
    await finish(patient)
    assert admission.busy == 0


async def test_each_kind_of_work_has_its_own_mean() -> None:
    clock = Clock()
    admission = Admission("test", Limits(places=1, longest_wait_s=60.0, usual_s=1.0), clock)
    for kind, seconds in (("avatar", 4.0), ("preview", 0.5)):
        (worker,) = await started(admission, 1, kind)
        clock.now += seconds
        await finish(worker)
    assert admission.usual_s("avatar") == pytest.approx(1.6)
    assert admission.usual_s("preview") == pytest.approx(0.9)
    assert admission.usual_s("other") == 1.0
    workers = await started(admission, 1, "avatar") + await started(admission, 2, "preview")
    assert admission.expected_wait_s() == pytest.approx(1.6 / 2 + 2 * 0.9)
    await finish(*workers)


async def test_the_mean_follows_what_is_measured() -> None:
    clock = Clock()
    admission = Admission("test", Limits(places=1), clock)
    for _ in range(60):
        (worker,) = await started(admission, 1)
        clock.now += 2.0
        await finish(worker)
    assert admission.usual_s() == pytest.approx(2.0, rel=0.01)


async def test_under_strain_fewer_work_at_a_time_and_none_is_forgotten() -> None:
    strained = False
    admission = Admission("test", Limits(places=8, longest_wait_s=60.0), strained=lambda: strained)
    workers = await started(admission, 12)
    assert (admission.busy, admission.waiting) == (8, 4)
    strained = True
    await finish(*workers[:4])
    assert (admission.busy, admission.waiting) == (4, 4)
    await finish(workers[4])
    await settle()
    assert (admission.busy, admission.waiting) == (4, 3)
    strained = False
    await finish(workers[5])
    await settle()
    assert (admission.busy, admission.waiting) == (6, 0)
    await finish(*workers[6:])
    assert admission.busy == 0


async def test_an_error_inside_frees_the_place() -> None:
    admission = Admission("test", Limits(places=1))
    with pytest.raises(ValueError, match="broken"):
        async with admission.place():
            raise ValueError("broken")
    assert admission.busy == 0


STEPS = st.lists(
    st.tuples(st.sampled_from(["come", "end", "cancel", "end and cancel the next"]), st.integers(0, 30)),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(places=st.integers(1, 4), most_waiting=st.integers(0, 5), steps=STEPS)
def test_whatever_happens_no_place_is_lost_and_none_is_given_twice(
    places: int, most_waiting: int, steps: Sequence[tuple[str, int]]
) -> None:
    asyncio.run(_live(Limits(places, most_waiting, longest_wait_s=1e9), steps))


async def _live(limits: Limits, steps: Sequence[tuple[str, int]]) -> None:
    admission = Admission("test", limits)
    alive: list[Worker] = []
    for step, which in steps:
        if step == "come":
            room = len(alive) < limits.places + limits.most_waiting
            worker = Worker(admission)
            await settle()
            assert worker.task.done() is not room
            if room:
                alive.append(worker)
            else:
                assert isinstance(worker.task.exception(), Overloaded)
        elif alive:
            _step(step, alive[which % len(alive)], alive)
            await settle()
            alive = [worker for worker in alive if not worker.task.done()]
        at_work = [worker for worker in alive if worker.begun]
        assert alive[: len(at_work)] == at_work, "somebody overtook another"
        assert len(at_work) == admission.busy == min(limits.places, len(alive))
        assert admission.waiting == len(alive) - len(at_work)
    await finish(*alive)
    assert (admission.busy, admission.waiting) == (0, 0)


def _step(step: str, worker: Worker, alive: Sequence[Worker]) -> None:
    """`end and cancel the next` hands a place to someone who is cancelled in the same turn of the loop."""
    if step != "cancel":
        worker.end.set()
    if step == "cancel":
        worker.task.cancel()
    if step == "end and cancel the next":
        waiting = [other for other in alive if not other.begun]
        with suppress(IndexError):
            waiting[0].task.cancel()

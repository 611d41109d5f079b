"""Who could not be answered in time is told at once; whoever finds nobody waiting is let in."""

from __future__ import annotations

from contextlib import ExitStack, suppress

import pytest
from prometheus_client import REGISTRY

from atelierkit.errors import Overloaded, TimedOut
from atelierkit.inference.backlog import Backlog


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backlog(clock: Clock) -> Backlog:
    return Backlog(most_rows=100, clock=clock)


def _wait(backlog: Backlog, rows: int = 1, limit_s: float | None = 2.0) -> ExitStack:
    """Join; closing it means that the answer came."""
    stack = ExitStack()
    stack.enter_context(backlog.joined(rows, limit_s))
    return stack


def _timed_out(backlog: Backlog, clock: Clock, after_s: float) -> None:
    with suppress(TimedOut), backlog.joined(1, None):
        clock.now += after_s
        raise TimedOut("late")


def _answered(backlog: Backlog, clock: Clock, took_s: float) -> None:
    with backlog.joined(1, None):
        clock.now += took_s


def test_a_queue_of_known_pace_is_foreseen_exactly(backlog: Backlog, clock: Clock) -> None:
    """Rows that leave one by one, each 0.1 s after the last: ten more take a second."""
    waiting = [_wait(backlog, limit_s=None) for _ in range(30)]
    for one in waiting:
        clock.now += 0.1
        one.close()
    queue = [_wait(backlog, limit_s=None) for _ in range(9)]
    assert backlog.expected_s(1) == pytest.approx(1.0, rel=0.01)
    assert backlog.rows == 9
    with pytest.raises(Overloaded, match="waiting"), backlog.joined(1, 0.9):
        pass
    with backlog.joined(1, 1.1):
        pass
    for one in queue:
        one.close()
    assert backlog.rows == 0


def test_a_server_that_stalls_is_noticed_before_it_answers(backlog: Backlog, clock: Clock) -> None:
    for _ in range(50):
        _answered(backlog, clock, 0.01)
    held = [_wait(backlog) for _ in range(5)]
    clock.now += 1.9
    # The first has waited 1.9 s. Had it been one of two in a batch, six would take three times as long.
    with pytest.raises(Overloaded) as caught, backlog.joined(1, 2.0):
        pass
    assert caught.value.retry_after_s == pytest.approx(3 * 1.9 - 2.0)
    for one in held:
        one.close()


def test_a_slower_pace_is_learned_within_ten_answers(backlog: Backlog, clock: Clock) -> None:
    for _ in range(50):
        _answered(backlog, clock, 0.01)
    for _ in range(10):
        _answered(backlog, clock, 0.1)
    assert backlog.expected_s(1) == pytest.approx(0.1, rel=0.15)


def test_time_that_ran_out_tells_as_much_as_an_answer(backlog: Backlog, clock: Clock) -> None:
    _timed_out(backlog, clock, 2.0)
    assert backlog.expected_s(1) == pytest.approx(2.0)
    with backlog.joined(1, 2.0), pytest.raises(Overloaded), backlog.joined(2, 2.0):
        pass


def test_other_failures_tell_nothing_of_the_pace(backlog: Backlog, clock: Clock) -> None:
    with suppress(RuntimeError), backlog.joined(1, None):
        clock.now += 9.0
        raise RuntimeError
    assert backlog.expected_s(50) == 0
    assert backlog.rows == 0


def test_whoever_finds_nobody_is_let_in_and_brings_the_news_of_recovery(
    backlog: Backlog, clock: Clock
) -> None:
    _timed_out(backlog, clock, 60.0)
    for _ in range(40):
        with backlog.joined(1, 0.5):
            clock.now += 0.01
    assert backlog.expected_s(8) < 0.5


def test_after_a_rest_nothing_is_known(backlog: Backlog, clock: Clock) -> None:
    _timed_out(backlog, clock, 60.0)
    clock.now += 5.1
    with backlog.joined(1, 0.5), backlog.joined(20, 0.5):
        pass


def test_one_that_is_stuck_while_others_pass_shuts_nobody_out(backlog: Backlog, clock: Clock) -> None:
    stuck = _wait(backlog, limit_s=None)
    _answered(backlog, clock, 0.01)
    for _ in range(20):
        clock.now += 1.0
        with backlog.joined(1, 0.5):
            clock.now += 0.01
    assert backlog.expected_s(1) < 0.1
    stuck.close()


def test_rows_have_a_bound_and_one_request_alone_has_none(backlog: Backlog) -> None:
    with backlog.joined(1000, 2.0):
        pass
    with _wait(backlog, 60), _wait(backlog, 40):
        before = _refused("full")
        with pytest.raises(Overloaded) as caught, backlog.joined(1, None):
            pass
    assert caught.value.retry_after_s == 0.5
    assert _refused("full") == before + 1


def _refused(reason: str) -> float:
    labels = {"queue": "inference", "reason": reason}
    return REGISTRY.get_sample_value("atelier_admission_refusals_total", labels) or 0.0

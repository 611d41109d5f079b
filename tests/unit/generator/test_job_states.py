"""A job goes from state to state as the picture says, whatever is asked of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.generator.domain import jobs
from services.generator.domain.errors import JobEnded, JobNotFailed
from services.generator.domain.jobs import Count, Failure, Job, Kind, Lane, State

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
AWAY = Failure("UNAVAILABLE", "away")


def new(total: int = 5, price: int = 1) -> Job:
    return Job(uuid4(), "ann", Kind.AVATAR_BATCH, Lane.NORMAL, price=price, total=total, created_at=NOON)


def counts(total: int) -> st.SearchStrategy[Count]:
    return st.integers(0, total).flatmap(
        lambda made: st.integers(0, total - made).map(lambda failed: Count(made, failed))
    )


class JobLife(RuleBasedStateMachine):
    """Everything that can be done to a job, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.job = new()
        self.now = NOON
        self.history = [self.job]

    def take(self, job: Job) -> None:
        if job is not self.job:
            self.history.append(job)
        self.job = job
        self.now += timedelta(seconds=1)

    def more(self, data: st.DataObject) -> Count:
        """Rows are done, and none is undone."""
        left = self.job.total - self.job.count.done
        made = data.draw(st.integers(0, left))
        failed = data.draw(st.integers(0, left - made))
        return Count(self.job.count.made + made, self.job.count.failed + failed)

    @precondition(lambda self: not self.job.state.ended)
    @rule()
    def begin(self) -> None:
        self.take(jobs.begun(self.job, self.now))

    @precondition(lambda self: self.job.state is State.PROCESSING)
    @rule(data=st.data())
    def advance(self, data: st.DataObject) -> None:
        self.take(jobs.advanced(self.job, self.more(data)))

    @precondition(lambda self: self.job.state is State.PROCESSING and self.job.count.done == self.job.total)
    @rule()
    def complete(self) -> None:
        self.take(jobs.completed(self.job, self.job.count, {}, self.now))

    @precondition(lambda self: not self.job.state.ended)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        self.take(jobs.failed(self.job, self.more(data), AWAY, self.now))

    @precondition(lambda self: not self.job.state.ended)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.take(jobs.cancelled(self.job, self.more(data), self.now))

    @precondition(lambda self: self.job.state.ended)
    @rule()
    def nothing_moves_what_has_ended(self) -> None:
        for change in (
            lambda: jobs.begun(self.job, self.now),
            lambda: jobs.advanced(self.job, self.job.count),
            lambda: jobs.completed(self.job, self.job.count, {}, self.now),
            lambda: jobs.failed(self.job, self.job.count, AWAY, self.now),
            lambda: jobs.cancelled(self.job, self.job.count, self.now),
        ):
            with pytest.raises(JobEnded):
                change()

    @invariant()
    def every_change_is_a_new_revision(self) -> None:
        assert [job.revision for job in self.history] == list(range(1, len(self.history) + 1))

    @invariant()
    def at_most_one_state_is_final_and_it_is_the_last(self) -> None:
        assert not any(job.state.ended for job in self.history[:-1])

    @invariant()
    def it_never_goes_back(self) -> None:
        percents = [job.percent for job in self.history]
        assert percents == sorted(percents)
        order = [State.PENDING, State.PROCESSING, State.COMPLETED]
        seen = [order.index(job.state) for job in self.history if job.state in order]
        assert seen == sorted(seen)

    @invariant()
    def times_and_state_agree(self) -> None:
        assert (self.job.ended_at is not None) == self.job.state.ended
        assert (self.job.failure is not None) == (self.job.state is State.FAILED)
        assert self.job.percent < 100 or self.job.state is State.COMPLETED
        assert 0 <= self.job.cost <= self.job.credits


TestJobLife = JobLife.TestCase
TestJobLife.settings = settings(max_examples=60, stateful_step_count=20)


@given(counts(5).filter(lambda count: count.done < 5))
def test_a_job_with_something_left_to_do_does_not_complete(count: Count) -> None:
    with pytest.raises(ValueError, match="nothing left"):
        jobs.completed(jobs.begun(new(), NOON), count, {}, NOON)


def test_a_job_that_was_never_begun_does_not_complete() -> None:
    with pytest.raises(ValueError, match="nothing left"):
        jobs.completed(new(), Count(5), {}, NOON)


def test_beginning_again_and_advancing_to_where_it_is_change_nothing() -> None:
    begun = jobs.begun(new(), NOON)
    assert jobs.begun(begun, NOON + timedelta(hours=1)) is begun
    assert jobs.advanced(begun, begun.count) is begun


@pytest.mark.parametrize("state", [state for state in State if state is not State.FAILED])
def test_only_what_failed_is_done_again(state: State) -> None:
    with pytest.raises(JobNotFailed):
        jobs.retried(replace(new(), state=state), uuid4(), NOON)


def test_a_retry_is_free_and_does_what_was_not_made() -> None:
    failed = jobs.failed(new(total=9, price=3), Count(made=4, failed=2), AWAY, NOON)
    again = jobs.retried(failed, uuid4(), NOON)
    assert (again.total, again.credits, again.owner, again.state) == (5, 0, failed.owner, State.PENDING)


def test_what_is_not_made_is_not_paid() -> None:
    job = jobs.failed(new(total=9, price=3), Count(made=4, failed=2), AWAY, NOON)
    assert (job.credits, job.cost) == (27, 12)

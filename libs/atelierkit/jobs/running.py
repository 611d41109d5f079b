"""One run of one task, and how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import SpanKind

from atelierkit import context
from atelierkit.errors import AppError
from atelierkit.jobs import metrics
from atelierkit.jobs.model import Again, Cause, Job, Run, Task
from atelierkit.logs import get_logger
from atelierkit.repeat import until_kept

UNKNOWN_S = 5.0
"""Wait of a job whose task this worker does not know: a newer worker put it, or one that is still to come."""

_log = get_logger(__name__)
_run: ContextVar[Run] = ContextVar("atelier_job_run")


@dataclass(frozen=True)
class Done:
    """It has done its work."""


@dataclass(frozen=True)
class Failed:
    """It has failed for good."""


@dataclass(frozen=True)
class Back:
    """It comes again."""

    after_s: float
    failures: int
    """In a row, this run counted."""
    well: bool = False
    """Whether the run went well: what the job did to its workers before is forgiven."""


@dataclass(frozen=True)
class HandedBack:
    """It was cut off by a worker that leaves: the job waits where it waited before."""


Ending = Done | Failed | Back | HandedBack


def this_run() -> Run:
    """What a task may know about its own run. LookupError outside of one."""
    return _run.get()


async def run(task: Task | None, job: Job) -> Ending:
    """Run the job once, counted and logged. Never raises: a cancelled run is handed back."""
    started = time.perf_counter()
    with _at_hand(job.run):
        ending, outcome = await _attempt(task, job)
        metrics.ended(job.run.name, outcome, time.perf_counter() - started)
    return ending


@contextmanager
def _at_hand(run: Run) -> Iterator[None]:
    """A run is a request of its own: its calls, its lines and its trace belong together."""
    token = _run.set(run)
    tracer = trace.get_tracer(__name__)
    try:
        with (
            context.request(id=f"job-{run.job}"),
            # What goes wrong is told by the outcome; an exception's text may hold what a person wrote.
            tracer.start_as_current_span(
                run.name, kind=SpanKind.CONSUMER, record_exception=False, set_status_on_exception=False
            ),
        ):
            yield
    finally:
        _run.reset(token)


async def _attempt(task: Task | None, job: Job) -> tuple[Ending, str]:
    if task is None:
        _log.warning("job of an unknown task waits", task=job.run.name)
        return Back(UNKNOWN_S, job.run.failures), "unknown"
    try:
        # At least once is what tasks are made for.
        await until_kept(lambda: task.function(**job.arguments))
    except Again as again:
        return Back(again.after_s, 0, well=True), "again"
    except asyncio.CancelledError:
        return HandedBack(), "handed_back"
    except AppError as error:
        _log.warning("job failed", task=task.name, cause=error.message, failures=job.run.failures + 1)
        return await _failed(task, job, Cause.of(error))
    except Exception as error:  # noqa: BLE001  a bug in a task must not end the worker
        _log.exception("job failed", task=task.name, failures=job.run.failures + 1)
        return await _failed(task, job, Cause.of(error))
    return Done(), "done"


async def _failed(task: Task, job: Job, cause: Cause) -> tuple[Ending, str]:
    failures = job.run.failures + 1
    wait_s = task.retry.wait_s(failures)
    if wait_s is not None:
        return Back(wait_s, failures), "retried"
    if not await given_up(task, job, cause):
        # Nobody was told yet: the job stays, and its last try is made again.
        return Back(task.retry.longest_s, job.run.failures), "retried"
    return Failed(), "failed"


async def given_up(task: Task | None, job: Job, cause: Cause) -> bool:
    """Tell the record's keeper why the job ends; False where that failed, and has to be tried again."""
    if task is None:
        return False
    try:
        await task.give_up(job.arguments, cause)
    except asyncio.CancelledError:
        return False
    except Exception:  # noqa: BLE001  told again later
        _log.exception("the end of a job could not be told", task=task.name, reason=cause.reason)
        return False
    return True

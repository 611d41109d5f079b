"""Every metric of the rail. What waits is a fact of the database: each worker of a schema tells the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import Counter, Gauge, Histogram

from atelierkit.jobs.model import Lane
from atelierkit.metrics import observe

WAITING = Gauge(
    "atelier_jobs_waiting",
    "Jobs that are due and wait, by lane; each worker of the schema tells the same.",
    ["schema", "lane"],  # normal | priority
)
OLDEST = Gauge(
    "atelier_jobs_oldest_waiting_seconds",
    "How long the oldest job that is due has waited, by lane; each worker of the schema tells the same.",
    ["schema", "lane"],
)
RUNNING = Gauge(
    "atelier_jobs_running",
    "Jobs at work in this process now.",
    ["schema"],
)
RUNS = Counter(
    "atelier_jobs_runs_total",
    "Runs that ended, by task and outcome.",
    # done | again | retried | failed | poisoned | handed_back | unknown
    ["task", "outcome"],
)
RUN_SECONDS = Histogram(
    "atelier_jobs_run_duration_seconds",
    "Time of one run, by task.",
    ["task"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100),
)
RESCUED = Counter(
    "atelier_jobs_rescued_total",
    "Jobs taken over from workers that died.",
    ["schema"],
)


_OUTCOMES = ("done", "again", "retried", "failed", "poisoned", "handed_back", "unknown")


def born(schema: str, tasks: Iterable[str]) -> None:
    """Begin every count at zero: the first failure of a task is told from none only where there was a count before."""
    RESCUED.labels(schema)
    RUNNING.labels(schema)
    for task in tasks:
        for outcome in _OUTCOMES:
            RUNS.labels(task, outcome)


def ended(task: str, outcome: str, seconds: float) -> None:
    """Count a run."""
    RUNS.labels(task, outcome).inc()
    observe(RUN_SECONDS, seconds, task=task)


def waiting(schema: str, found: Mapping[str, tuple[int, float]]) -> None:
    """Publish how many jobs wait and for how many seconds the oldest has, by lane; a lane that is missing is empty."""
    for lane in Lane:
        count, age_s = found.get(lane, (0, 0.0))
        WAITING.labels(schema, lane).set(count)
        OLDEST.labels(schema, lane).set(age_s)

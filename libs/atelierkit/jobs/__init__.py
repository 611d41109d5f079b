"""One rail for everything that takes longer than a request, in the PostgreSQL schema of the service that owns it.

A job is put on the rail in the transaction of the record that it belongs to, and run by worker processes at least once.
The tables and their notifications are procrastinate's; who runs when, and what happens to a job whose worker dies, is
decided here.

model.py     lanes, retries, tasks
running.py   one run of one task, and how it ended
rail.py      Rail: tasks by name, putting, working
crew.py      a worker process at its work
track.py     the jobs in PostgreSQL
schema.py    what a migration installs
memory.py    MemoryRail, the twin for tests
worker.py    the life of a worker process
"""

from __future__ import annotations

from atelierkit.jobs.memory import MemoryRail
from atelierkit.jobs.model import Again, Arguments, Cause, Json, Lane, Pace, Retry, Run
from atelierkit.jobs.rail import Rail
from atelierkit.jobs.running import this_run

__all__ = [
    "Again",
    "Arguments",
    "Cause",
    "Json",
    "Lane",
    "MemoryRail",
    "Pace",
    "Rail",
    "Retry",
    "Run",
    "this_run",
]

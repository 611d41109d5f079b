"""What the platform's own records say of jobs, credits, requests and who is to be told; read after a run."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.errors import RaiseException, RestrictViolation

from atelierkit.postgres import EmbeddedPostgres
from atelierkit.postgres.launcher import DATABASE
from services.auth.check_audit import check_audit
from services.auth.check_ledger import check_ledger
from services.auth.domain.recount import Recount
from services.auth.use_cases.audit import Verdict
from tests.faults.harness.stack import JOB_STALLED_AFTER_S, Stack

ENDS = frozenset({"completed", "failed", "cancelled"})
APPEND_ONLY = {
    "ledger_movements": "reason = reason",
    "ledger_entries": "credits = credits",
    "audit_entries": "outcome = outcome + 1",
}
"""Tables that auth itself cannot rewrite, each with a change to try."""
_TAKEN_OVER_S = JOB_STALLED_AFTER_S + 2.0
"""Silence of a worker after which another one has taken its jobs over, if there is one."""

_JOBS = """
SELECT job.id::text, job.owner, job.state, job.price, job.total, job.made, job.failed,
       split_part(item.asked ->> 'reference', '/', 1),
       array(SELECT name FROM generator.job_files WHERE job_id = job.id), job.kind
FROM generator.jobs job LEFT JOIN generator.batch_items item ON item.job_id = job.id AND item.place = 0
"""
_HOLDS = "SELECT job_id::text, state, credits FROM auth.holds"
_PAID = """
SELECT job_id::text, -sum(credits) FROM auth.ledger_movements JOIN auth.ledger_entries USING (wallet_id, number)
WHERE job_id IS NOT NULL AND book = 'available' GROUP BY job_id
"""
_STALLED = """
SELECT job.task_name || ' ' || job.id FROM {schema}.procrastinate_jobs job
LEFT JOIN {schema}.procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR extract(epoch FROM now() - worker.last_heartbeat) > %(silence_s)s)
"""
_AUDITED = "SELECT request_id, outcome FROM auth.audit_entries WHERE request_id = ANY(%(ids)s)"
_LOST = """
SELECT count(*) FROM auth.holds JOIN auth.wallets wallet ON wallet.id = wallet_id JOIN auth.accounts account
ON account.id = wallet.account_id
WHERE holds.state = 'open' AND email = %(email)s AND job_id NOT IN (SELECT id FROM generator.jobs)
"""
_LISTENERS = """
SELECT account.id::text, account.email, account.job_letters,
       array(SELECT url FROM auth.webhooks WHERE account_id = account.id AND disabled IS NULL)
FROM auth.accounts account
"""


@dataclass(frozen=True)
class JobRecord:
    """A job, as the generator has it."""

    id: str
    owner: str
    state: str
    price: int
    total: int
    made: int
    failed: int
    batch: str
    """The name that leads its references."""
    results: Sequence[str]
    kind: str = "avatar_batch"

    @property
    def ended(self) -> bool:
        """Whether it stays as it is."""
        return self.state in ENDS

    @property
    def event_id(self) -> str:
        """Id of the message that tells of its end."""
        return f"msg_{uuid.uuid5(uuid.UUID(self.id), 'ended').hex}"


@dataclass(frozen=True)
class HoldRecord:
    """Credits that were set aside for a job."""

    state: str
    credits: int


@dataclass(frozen=True)
class Listener:
    """An account, and how it wants to be told."""

    email: str
    letters: bool
    urls: Sequence[str]


@dataclass(frozen=True)
class Records:
    """One look at the database."""

    jobs: Sequence[JobRecord]
    holds: Mapping[str, HoldRecord]
    """By their job's id, as the next one."""
    paid: Mapping[str, int]
    """What each job has cost its owner until now, what is held for it included."""
    stalled: Sequence[str]
    """Jobs on a rail that are in the hands of a worker that is gone."""
    audited: Mapping[str, Sequence[int]]
    """Outcomes that the audit trail has, by the ids of the requests that were asked for."""
    listeners: Mapping[str, Listener]
    """Accounts by their subject."""
    recount: Recount
    """The ledger, counted anew by its own check."""
    trail: Verdict
    """The audit trail's chain, followed by its own check."""
    rewritable: Sequence[str]
    """Statements that the database lets auth change its books with."""


async def records(stack: Stack, request_ids: Iterable[str]) -> Records:
    """Look at the database. psycopg's errors where it is away."""
    with stack.database.admin(DATABASE) as connection:
        rows = _Rows(connection)
        audited: dict[str, list[int]] = defaultdict(list)
        for request_id, outcome in rows.of(_AUDITED, ids=list(request_ids)):
            audited[request_id].append(outcome)
        return Records(
            jobs=[JobRecord(*row) for row in rows.of(_JOBS)],
            holds={id: HoldRecord(*row) for id, *row in rows.of(_HOLDS)},
            paid={id: int(credits) for id, credits in rows.of(_PAID)},
            stalled=[
                name
                for schema in ("auth", "generator")
                for (name,) in rows.of(_STALLED.format(schema=schema), silence_s=_TAKEN_OVER_S)
            ],
            audited=audited,
            listeners={id: Listener(*row) for id, *row in rows.of(_LISTENERS)},
            recount=await check_ledger(stack.auth_settings),
            trail=await check_audit(stack.auth_settings),
            rewritable=rewritable(stack.database),
        )


def job_states(database: EmbeddedPostgres) -> dict[str, int]:
    """How many jobs are in which state."""
    with database.admin(DATABASE) as connection:
        return dict(_Rows(connection).of("SELECT state, count(*) FROM generator.jobs GROUP BY state"))


def left_of_photos(database: EmbeddedPostgres) -> int:
    """Orders and sittings, which hold photos while somebody works on them."""
    with database.admin(DATABASE) as connection:
        query = (
            "SELECT (SELECT count(*) FROM generator.photo_orders) + (SELECT count(*) FROM generator.sittings)"
        )
        [(count,)] = _Rows(connection).of(query)
    return int(count)


def lost_holds(database: EmbeddedPostgres, email: str) -> int:
    """Open holds of that account for which there is no job."""
    with database.admin(DATABASE) as connection:
        [(count,)] = _Rows(connection).of(_LOST, email=email)
    return int(count)


def rewritable(database: EmbeddedPostgres) -> list[str]:
    """Statements of auth's own role that change or empty an append-only table; whoever can, nothing is changed."""
    address = database.url("auth").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        return [
            statement
            for table, change in APPEND_ONLY.items()
            for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}")  # noqa: S608  ours
            if _passes(connection, statement)
        ]


def _passes(connection: psycopg.Connection[Any], statement: str) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except (RestrictViolation, RaiseException):
        return False
    return True


@dataclass(frozen=True)
class _Rows:
    connection: psycopg.Connection[Any]

    def of(self, query: str, **values: Any) -> Sequence[tuple[Any, ...]]:
        return self.connection.execute(query, values).fetchall()

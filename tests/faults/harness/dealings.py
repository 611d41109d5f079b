"""Invariants about jobs: what they cost, that they end, who is told, and what is written down of it (I2-I4, I9, I10)."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterator
from email.message import Message

from services.gateway.audit import MUTATING
from services.gateway.routes import OPERATIONS
from tests.faults.harness.evidence import Evidence
from tests.faults.harness.journal import Entry
from tests.faults.harness.records import JobRecord, Records
from tests.faults.harness.sinks import Told

RESULTS = {"avatar_batch": 3, "avatar_from_photos": 0, "pose_generation": 1, "video": 1}
"""Files that every job of a kind has once it completes: of a batch an archive and two tables."""
_TOLD_AS = {"completed": "job.completed", "failed": "job.failed", "cancelled": "job.cancelled"}
_WITH_LETTERS = {"completed", "failed"}


def one_charge(evidence: Evidence) -> Iterator[str]:
    """I2: what was asked once is one job; it costs what it has made, once, and its hold is open while it is."""
    yield from _asked_once(evidence)
    records = evidence.records
    known = {job.id for job in records.jobs}
    for job in records.jobs:
        yield from _charged(job, records)
    for id, hold in records.holds.items():
        if id not in known and (hold.state != "released" or records.paid.get(id)):
            yield f"{hold.credits} credits are {hold.state} for {id}, which is no job"


def ledger_is_sound(evidence: Evidence) -> Iterator[str]:
    """I3: all entries add up to nothing, balances are what the entries give and never negative; nothing is rewritten."""
    recount = evidence.records.recount
    for misfit in recount.misfits:
        yield f"wallet {misfit.wallet_id}: {misfit.what} is {misfit.written}, counted {misfit.counted}"
    if total := sum(recount.totals.values()):
        yield f"all entries add up to {total}"
    for statement in evidence.records.rewritable:
        yield f"the database lets auth {statement}"


def every_job_ends(evidence: Evidence) -> Iterator[str]:
    """I4: every job has ended, and no worker that is gone still has any."""
    for job in evidence.records.jobs:
        if not job.ended:
            yield f"job {job.id} is {job.state}, with {job.made + job.failed} of {job.total} rows done"
        elif job.state == "completed" and not _is_whole(job):
            yield f"job {job.id} completed with {job.made + job.failed} of {job.total} rows and {job.results}"
    for name in evidence.records.stalled:
        yield f"{name} is in the hands of a worker that is gone"


def _is_whole(job: JobRecord) -> bool:
    """Whether a completed job has all that it was asked for. A picture may have been deleted since."""
    files = len(job.results)
    deleted = job.kind == "pose_generation" and not files
    return job.made + job.failed == job.total and (deleted or files == RESULTS[job.kind])


def everybody_is_told(evidence: Evidence) -> Iterator[str]:
    """I9: the end of each job came to its owner's server, always under one id, and one letter was written about it."""
    sinks, records = evidence.sinks, evidence.records
    messages = _by_job(sinks.everybodys.messages())
    letters = _by_address(sinks.letters)
    for job in records.jobs:
        owner = records.listeners.get(job.owner)
        if owner is None or not job.ended:
            continue
        if sinks.everybodys.url in owner.urls:
            ids = {(each.webhook_id, json.loads(each.body)["type"]) for each in messages[job.id]}
            if ids != {(job.event_id, _TOLD_AS[job.state])}:
                yield f"the end of {job.id}, which is {job.state}, was told as {sorted(ids) or 'nothing'}"
        if owner.letters and job.state in _WITH_LETTERS:
            written = {letter["Message-ID"] for letter in letters[owner.email] if job.id in _text(letter)}
            if len(written) != 1:
                yield f"{len(written)} letters were written about the end of {job.id}"


def requests_leave_one_entry(evidence: Evidence) -> Iterator[str]:
    """I10: the trail has one entry of each request that was to change something, with its outcome; its chain holds.

    Of a request whose gateway was killed there is one at most: its answer may not have begun.
    """
    for entry in evidence.journal:
        if not is_mutating(entry):
            continue
        outcomes = list(evidence.records.audited.get(entry.request_id, ()))
        if len(outcomes) > 1:
            yield f"{entry} has {len(outcomes)} entries in the audit trail"
        elif entry.status is not None and outcomes != [entry.status]:
            yield f"{entry} is in the audit trail as {outcomes}"
    trail = evidence.records.trail
    if trail.fault is not None:
        yield f"the audit trail breaks at entry {trail.head.sequence + 1}: {trail.fault}"


def is_mutating(entry: Entry) -> bool:
    """Whether the request was to change something, by the gateway's own declarations."""
    method, path = entry.intent.get("method", "GET"), entry.intent.get("path", "")
    return method in MUTATING and path not in _only_read()


@functools.cache
def _only_read() -> frozenset[str]:
    return frozenset(operation.path for operation in OPERATIONS if operation.reads_only)


def _asked_once(evidence: Evidence) -> Iterator[str]:
    """Each batch against the jobs that it became, however often it was sent."""
    jobs: dict[str, set[str]] = defaultdict(set)
    told: dict[str, set[str]] = defaultdict(set)
    for job in evidence.records.jobs:
        # What an administrator has done again is a job of its own, and free.
        if job.price:
            jobs[job.batch].add(job.id)
    for entry in evidence.journal:
        if entry.operation == "batch":
            told[entry.intent["name"]] |= {entry.answer["id"]} if entry.acknowledged else set()
    for name, ids in told.items():
        if len(jobs[name]) > 1:
            yield f"{name} became {len(jobs[name])} jobs"
        if not ids <= jobs[name]:
            yield f"{name} was answered as {sorted(ids)} and is {sorted(jobs[name])}"


def _charged(job: JobRecord, records: Records) -> Iterator[str]:
    """A job against its hold and against what it has cost."""
    hold, paid = records.holds.get(job.id), records.paid.get(job.id, 0)
    if not job.price:
        if hold is not None:
            yield f"job {job.id} is free and has a hold"
        return
    if hold is None:
        yield f"job {job.id} has no hold"
        return
    due = job.price * (job.made if job.ended else job.total)
    if (hold.state == "open") is job.ended:
        yield f"job {job.id} is {job.state} and its hold {hold.state}"
    elif paid != due:
        yield f"job {job.id}, {job.state} with {job.made} made, has cost {paid} credits and not {due}"


def _by_job(messages: list[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for message in messages:
        found[json.loads(message.body)["data"].get("jobId", "")].append(message)
    return found


def _by_address(letters: list[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    for letter in letters:
        found[letter["To"]].append(letter)
    return found


def _text(letter: Message) -> str:
    """The letter's first form that is text."""
    for part in letter.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return content.decode()
    return ""

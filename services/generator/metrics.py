"""Every metric of the generator."""

from __future__ import annotations

from prometheus_client import Counter

from services.generator.domain.jobs import Job
from services.generator.domain.model import Receipt
from services.generator.domain.scan import Scan
from services.generator.use_cases.endings import Repairs

AVATARS_CREATED = Counter(
    "atelier_generator_avatars_created_total",
    "Avatars made and stored, by whether every error lies within ISO 20685's limits.",
    ["within_iso20685"],  # yes | no
)
SCANS_CREATED = Counter(
    "atelier_generator_scans_created_total",
    "Scans made and stored, by whether a body was fitted to them.",
    ["registered"],  # yes | no
)
JOBS_ENDED = Counter(
    "atelier_generator_jobs_ended_total",
    "Jobs that came to their end, by what they did and how they ended.",
    ["kind", "state"],  # avatar_batch; completed | failed | cancelled
)
BATCH_ROWS = Counter(
    "atelier_generator_batch_rows_total",
    "Rows of ended batches, by what came of them.",
    ["outcome"],  # made | failed | left
)
HOLDS_REPAIRED = Counter(
    "atelier_generator_holds_repaired_total",
    "Holds of credits that the reconciler found without a job under way, by what it did.",
    ["how"],  # released | settled
)


def created(receipt: Receipt) -> None:
    """Count an avatar that was made."""
    AVATARS_CREATED.labels("yes" if receipt.within_iso20685 else "no").inc()


def scanned(scan: Scan) -> None:
    """Count a scan that was made."""
    SCANS_CREATED.labels("yes" if scan.build.registration else "no").inc()


def job_ended(job: Job) -> None:
    """Count a job that has ended, and its rows."""
    JOBS_ENDED.labels(job.kind.value, job.state.value).inc()
    BATCH_ROWS.labels("made").inc(job.count.made)
    BATCH_ROWS.labels("failed").inc(job.count.failed)
    BATCH_ROWS.labels("left").inc(job.total - job.count.done)


def reconciled(repairs: Repairs) -> None:
    """Count what a reconciliation has put right."""
    HOLDS_REPAIRED.labels("released").inc(repairs.released)
    HOLDS_REPAIRED.labels("settled").inc(repairs.settled)

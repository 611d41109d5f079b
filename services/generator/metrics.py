"""Every metric of the generator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from atelierkit.errors import AppError
from services.generator.domain.custom_poses import Origin
from services.generator.domain.faces import Face, PhotoFault
from services.generator.domain.jobs import Job, Kind
from services.generator.domain.model import Receipt
from services.generator.domain.scan import Scan
from services.generator.use_cases.endings import Repairs
from services.generator.use_cases.face_rounds import Cleared

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
    ["kind", "state"],  # a Kind; completed | failed | cancelled
)
BATCH_ROWS = Counter(
    "atelier_generator_batch_rows_total",
    "Rows of ended batches, by what came of them.",
    ["outcome"],  # made | failed | left
)
FACE_SECONDS = Histogram(
    "atelier_generator_face_duration_seconds",
    "Time to make a face of photos, by what took it.",
    ["part"],  # networks | whole
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
PHOTOS_REFUSED = Counter(
    "atelier_generator_photos_refused_total",
    "Photos that no face could be made of, by the side they were to show.",
    ["slot"],  # front | left | right
)
FACES_CLEARED = Counter(
    "atelier_generator_faces_cleared_total",
    "What the worker's rounds have deleted because its time was over.",
    ["what"],  # faces | photos | uploads
)
POSES_READ = Counter(
    "atelier_generator_poses_read_total",
    "Uploads that were read for a pose, by what they were and what came of it.",
    ["origin", "outcome"],  # photo | motion; kept | refused | failed
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


def face_made(face: Face) -> None:
    """Measure a face that was made."""
    FACE_SECONDS.labels("networks").observe(face.inference_ms / 1000)
    FACE_SECONDS.labels("whole").observe(face.generation_ms / 1000)


def photos_refused(faults: Iterable[PhotoFault]) -> None:
    """Count photos that cannot be used, each once."""
    for slot in {fault.slot for fault in faults}:
        PHOTOS_REFUSED.labels(slot.value).inc()


@contextmanager
def pose_read(origin: Origin) -> Iterator[None]:
    """Count what comes of an upload that is read for a pose in the block."""
    outcome = "failed"
    try:
        yield
        outcome = "kept"
    except AppError:
        outcome = "refused"
        raise
    finally:
        POSES_READ.labels(origin.value, outcome).inc()


def cleared(cleared: Cleared) -> None:
    """Count what a round has deleted."""
    for what, count in cleared._asdict().items():
        FACES_CLEARED.labels(what).inc(count)


def job_ended(job: Job) -> None:
    """Count a job that has ended, and the rows of a batch."""
    JOBS_ENDED.labels(job.kind.value, job.state.value).inc()
    if job.failure is not None:
        photos_refused(job.failure.photos)
    if job.kind is not Kind.AVATAR_BATCH:
        return
    BATCH_ROWS.labels("made").inc(job.count.made)
    BATCH_ROWS.labels("failed").inc(job.count.failed)
    BATCH_ROWS.labels("left").inc(job.total - job.count.done)


def reconciled(repairs: Repairs) -> None:
    """Count what a reconciliation has put right."""
    HOLDS_REPAIRED.labels("released").inc(repairs.released)
    HOLDS_REPAIRED.labels("settled").inc(repairs.settled)

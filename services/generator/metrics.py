"""Every metric of the generator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from atelierkit.errors import AppError
from services.generator.domain.model import Receipt
from services.generator.domain.scan import Scan

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
REFUSALS = Counter(
    "atelier_generator_refusals_total",
    "Calls answered with an error of the contract, by its reason.",
    ["reason"],  # those of error_reason.proto, in lower case
)
INFERENCE_SECONDS = Histogram(
    "atelier_generator_inference_duration_seconds",
    "Time from measurements to points, waiting for the network included.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)


def created(receipt: Receipt) -> None:
    """Count an avatar that was made."""
    AVATARS_CREATED.labels("yes" if receipt.within_iso20685 else "no").inc()


def scanned(scan: Scan) -> None:
    """Count a scan that was made."""
    SCANS_CREATED.labels("yes" if scan.build.registration else "no").inc()


@contextmanager
def refusals_counted() -> Iterator[None]:
    """Count the error of the contract that the block raises."""
    try:
        yield
    except AppError as refusal:
        REFUSALS.labels(refusal.reason.lower()).inc()
        raise

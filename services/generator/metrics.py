"""Every metric of the generator."""

from __future__ import annotations

from prometheus_client import Counter

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


def created(receipt: Receipt) -> None:
    """Count an avatar that was made."""
    AVATARS_CREATED.labels("yes" if receipt.within_iso20685 else "no").inc()


def scanned(scan: Scan) -> None:
    """Count a scan that was made."""
    SCANS_CREATED.labels("yes" if scan.build.registration else "no").inc()

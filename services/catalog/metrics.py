"""Every metric of the catalog service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter

from atelierkit.errors import InvalidInput

LOOKS = Counter(
    "atelier_catalog_looks_total",
    "Looks asked for, by outcome.",
    ["outcome"],  # resolved | unknown_catalog_item | unavailable_variant | conflicting_garments
)


@contextmanager
def look_counted() -> Iterator[None]:
    """Count the look that the block resolves or refuses."""
    try:
        yield
    except InvalidInput as refusal:
        LOOKS.labels(refusal.reason.lower()).inc()
        raise
    LOOKS.labels("resolved").inc()

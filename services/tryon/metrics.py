"""Every metric of the try-on service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from services.tryon.domain.errors import NotComparable
from services.tryon.domain.model import Advice

SIZE_ADVICE = Counter(
    "atelier_tryon_size_advice_total",
    "Sizes asked for, by outcome.",
    ["outcome"],  # ok | not_comparable
)
SIZE_ADVICE_CONFIDENCE = Histogram(
    "atelier_tryon_size_advice_confidence_ratio",
    "Confidence of the size advised, 0 to 1.",
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
)


def advised(advice: Advice) -> None:
    """Count a size that was advised."""
    SIZE_ADVICE.labels("ok").inc()
    SIZE_ADVICE_CONFIDENCE.observe(advice.confidence)


@contextmanager
def refusals_counted() -> Iterator[None]:
    """Count the refusal that the block raises."""
    try:
        yield
    except NotComparable:
        SIZE_ADVICE.labels("not_comparable").inc()
        raise

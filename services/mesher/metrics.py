"""Every metric of the mesher."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

from atelierkit import metrics
from atelierkit.errors import AppError
from bodymodel.correct import Correction
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.stage import Style

BUILD_SECONDS = Histogram(
    "atelier_mesher_build_duration_seconds",
    "Time to build one body or face, waiting for a worker included, by kind and outcome.",
    ["kind", "outcome"],  # avatar | preview | face; ok | refused | failed
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
CORRECTION_ITERATIONS = Histogram(
    "atelier_mesher_correction_iterations",
    "Steps that closing the loop on the tape took for one body.",
    buckets=(0, 1, 2, 3, 4, 6, 8, 12),
)
SCAN_SECONDS = Histogram(
    "atelier_mesher_scan_duration_seconds",
    "Time to make one scan's mesh and, where asked, its body, waiting for the turn included, by outcome.",
    ["outcome"],  # mesh | body; refused | failed
    buckets=(0.5, 1, 2.5, 5, 10, 20, 40, 80),
)
CUT_LOOKUPS = Counter(
    "atelier_mesher_cut_lookups_total",
    "Times that the topology of a garment's cut was asked for.",
)
CUTS_MADE = Counter(
    "atelier_mesher_cuts_made_total",
    "Times that the topology of a cut was not kept and had to be made.",
)
INFEASIBLE_BODIES = Counter(
    "atelier_mesher_infeasible_bodies_total",
    "Bodies of which at least one measurement could not be delivered as asked.",
)
DRAW_SECONDS = Histogram(
    "atelier_mesher_draw_duration_seconds",
    "Time to draw one picture, by style and outcome.",
    ["style", "outcome"],  # realistic | cartoon | anime; ok | refused | failed
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
VIDEO_SECONDS = Histogram(
    "atelier_mesher_video_duration_seconds",
    "Time to draw and write one video, waiting for its turn included, by outcome.",
    ["outcome"],  # ok | refused | failed, where its caller went as well
    buckets=(5, 10, 20, 40, 60, 90, 120, 180, 300, 600),
)
DRAWING_AVAILABLE = Gauge(
    "atelier_mesher_drawing_available",
    "1 while this process can draw pictures, 0 while it has no driver of OpenGL that works.",
)
DRAWING_ON_CARD = Gauge(
    "atelier_mesher_drawing_on_card",
    "1 where a card draws this process' pictures, 0 where the processor does or nothing can.",
)


class Metrics:
    """The `Watch` that counts."""

    def corrected(self, correction: Correction) -> None:
        CORRECTION_ITERATIONS.observe(correction.iterations)
        if not correction.feasible.all():
            INFEASIBLE_BODIES.inc()

    def cut_wanted(self) -> None:
        CUT_LOOKUPS.inc()

    def cut_made(self) -> None:
        CUTS_MADE.inc()


@contextmanager
def build_timed(kind: str) -> Iterator[None]:
    """Record how long the block takes to build an avatar, a preview or a face, by how it ends."""
    with _timed(BUILD_SECONDS, "ok", kind=kind):
        yield


@contextmanager
def scan_timed(*, register: bool) -> Iterator[None]:
    """Record how long the block takes for a scan, by how it ends."""
    with _timed(SCAN_SECONDS, "body" if register else "mesh"):
        yield


@contextmanager
def draw_timed(style: Style) -> Iterator[None]:
    """Record how long the block takes to draw a picture, by how it ends."""
    with drawing_told(), _timed(DRAW_SECONDS, "ok", style=style.value):
        yield


@contextmanager
def video_timed() -> Iterator[None]:
    """Record how long the block takes to make a video, by how it ends."""
    with _timed(VIDEO_SECONDS, "ok"):
        yield


@contextmanager
def drawing_told() -> Iterator[None]:
    """Tell by how the block ends whether this process can draw."""
    try:
        yield
    except DrawingUnavailable:
        DRAWING_AVAILABLE.set(0)
        DRAWING_ON_CARD.set(0)
        raise
    DRAWING_AVAILABLE.set(1)


@contextmanager
def _timed(histogram: Histogram, success: str, **labels: str) -> Iterator[None]:
    start, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = success
    except AppError:
        outcome = "refused"
        raise
    finally:
        metrics.observe(histogram, time.perf_counter() - start, outcome=outcome, **labels)

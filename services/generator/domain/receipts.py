"""The receipt: what was asked beside what the tape reads on the finished mesh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from anthropometry.measurements import MEASUREMENTS
from services.generator.domain.model import Build, Reading, Receipt, ReceiptLine, Targets, Weight

POINT_COUNT = 10_000
"""Points of every body's cloud."""

_TAPE_DECIMALS = 5
"""A tape's path is kept to a hundredth of a millimetre: a tenth of what the eye and any printer can tell."""


def receipt(targets: Targets, build: Build, weight: Weight | None) -> Receipt:
    """Compare the 15 targets with the readings.

    ValueError when the readings do not begin with the 15 in their order: the mesher broke its contract.
    """
    readings = tuple(map(_rounded, build.readings))
    count = len(MEASUREMENTS)
    lines = _lines(targets, readings[:count])
    return Receipt(
        lines=lines,
        beside=readings[count:],
        within_iso20685=all(
            abs(line.error_mm) <= measurement.iso_20685_limit_mm
            for line, measurement in zip(lines, MEASUREMENTS, strict=True)
        ),
        point_count=POINT_COUNT,
        vertex_count=build.vertex_count,
        face_count=build.face_count,
        quantities=build.quantities,
        weight=weight,
    )


def delivered_mm(build: Build) -> tuple[float, ...]:
    """What the tape reads, the 15 in their order."""
    return tuple(reading.delivered_mm for reading in build.readings[: len(MEASUREMENTS)])


def _lines(targets: Targets, readings: Sequence[Reading]) -> tuple[ReceiptLine, ...]:
    expected = [measurement.name for measurement in MEASUREMENTS]
    if [reading.name for reading in readings] != expected or [target.name for target in targets] != expected:
        raise ValueError("targets and readings are the 15 measurements in their order")
    return tuple(
        ReceiptLine(reading, target.value_mm, target.source, target.interval_mm)
        for reading, target in zip(readings, targets, strict=True)
    )


def _rounded(reading: Reading) -> Reading:
    tape = tuple(
        (round(x, _TAPE_DECIMALS), round(y, _TAPE_DECIMALS), round(z, _TAPE_DECIMALS))
        for x, y, z in reading.tape
    )
    return replace(reading, tape=tape)

"""Curves, numbers and spreads as SVG."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from deploy.grafana.picture.answers import Series, Span
from deploy.grafana.picture.units import said, ticks

PALETTE = (
    *("#3274d9", "#e0752d", "#2f9e6e", "#a352cc", "#c4162a"),
    *("#b8860b", "#1f9aa8", "#d15fa5", "#6b7280", "#7a5230"),
)
COLOURS = {"green": "#2f9e6e", "orange": "#e0752d", "red": "#c4162a"}
_BOTTOM, _TOP, _RIGHT = 18, 6, 8
_LETTER = 6.2
"""Mean width of a letter in the axis' labels, in pixels."""
_TICKS = 4

Steps = Sequence[tuple[float, str]]
Labels = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Frame:
    """Where a chart lies: its size in pixels, the width left to labels, the time and the values that it spans."""

    width: int
    height: int
    left: float
    span: Span
    low: float
    high: float

    def x(self, moment: float) -> float:
        """Pixels from the left edge."""
        part = (moment - self.span.begin) / (self.span.end - self.span.begin)
        return self.left + part * (self.width - self.left - _RIGHT)

    def y(self, value: float) -> float:
        """Pixels from the upper edge."""
        part = (value - self.low) / (self.high - self.low)
        return self.height - _BOTTOM - part * (self.height - _BOTTOM - _TOP)


@dataclass(frozen=True)
class Axis:
    """What a chart's values are measured in, and where its axis ends; None leaves an end to the data."""

    unit: str
    least: float | None
    most: float | None
    stacked: bool


def lines(curves: Sequence[Series], axis: Axis, steps: Steps, span: Span, width: int, height: int) -> str:
    """Curves over each other, or stacked up; dashed lines where a colour begins."""
    low, high = _extent(curves, axis)
    labels = [(value, said(value, axis.unit)) for value in ticks(low, high, axis.unit, _TICKS)]
    frame = Frame(width, height, _room(labels), span, low, high)
    parts = [_grid(frame, labels)]
    for begin, colour in steps:
        if low <= begin <= high:
            parts.append(
                _line(frame, begin, f'stroke="{COLOURS[colour]}" stroke-width="1.5" stroke-dasharray="6 4"')
            )
    for index, (curve, floor) in enumerate(zip(curves, _floors(curves, axis.stacked), strict=True)):
        parts.append(_curve(curve, floor, frame, PALETTE[index % len(PALETTE)], filled=axis.stacked))
    return _svg(width, height, parts)


def heat(buckets: Sequence[Series], unit: str, span: Span, width: int, height: int) -> str:
    """Darker where more observations fall; `buckets` hold what is counted up to their `le`."""
    rising = sorted(buckets, key=lambda bucket: float(bucket.labels["le"]))
    labels = [
        (row + 1.0, "∞" if bucket.labels["le"] == "+Inf" else said(float(bucket.labels["le"]), unit))
        for row, bucket in enumerate(rising)
        if row % 2 == 1
    ]
    frame = Frame(width, height, _room(labels), span, 0, max(1, len(rising)))
    counts = [dict(zip(bucket.times, bucket.values, strict=True)) for bucket in rising]
    single = [
        (row, moment, value - (counts[row - 1].get(moment, 0) if row else 0))
        for row, counted in enumerate(counts)
        for moment, value in counted.items()
    ]
    most = max((value for *_, value in single), default=0) or 1
    cell_x, cell_y = frame.x(span.begin + span.step_s) - frame.x(span.begin), frame.y(0) - frame.y(1)
    cells = [
        f'<rect x="{frame.x(moment) - cell_x:.1f}" y="{frame.y(row + 1):.1f}" width="{cell_x + 0.5:.1f}" '
        f'height="{cell_y:.1f}" fill="{PALETTE[0]}" fill-opacity="{0.12 + 0.88 * value / most:.2f}"/>'
        for row, moment, value in single
        if math.isfinite(value) and value > 0
    ]
    return _svg(width, height, [_grid(frame, labels), *cells])


def spark(curve: Series, span: Span, width: int, height: int, colour: str) -> str:
    """A small curve without axes."""
    low, high = _extent([curve], Axis("short", None, None, stacked=False))
    frame = Frame(width + _RIGHT, height + _BOTTOM, 0, span, low, high)
    return _svg(width, height, [_curve(curve, [low] * len(curve.values), frame, colour, filled=True)])


def _extent(curves: Sequence[Series], axis: Axis) -> tuple[float, float]:
    """Lowest and highest value that the axis shows."""
    tops = [
        value + below
        for curve, floor in zip(curves, _floors(curves, axis.stacked), strict=True)
        for value, below in zip(curve.values, floor, strict=True)
        if math.isfinite(value)
    ]
    low = min(tops, default=0.0) if axis.least is None else axis.least
    if axis.most is not None:
        return low, max(axis.most, low + 1e-9)
    high = max(tops, default=1.0)
    # Room above the highest curve.
    return low, low + (high - low) * 1.08 if high > low else low + 1


def _floors(curves: Sequence[Series], stacked: bool) -> list[list[float]]:
    """What lies below each value: the curves before it where they are stacked."""
    below: dict[float, float] = {}
    floors = []
    for curve in curves:
        floors.append([below.get(moment, 0.0) if stacked else 0.0 for moment in curve.times])
        for moment, value in zip(curve.times, curve.values, strict=True):
            below[moment] = below.get(moment, 0.0) + (value if math.isfinite(value) else 0.0)
    return floors


def _curve(curve: Series, floor: Sequence[float], frame: Frame, colour: str, *, filled: bool) -> str:
    """The curve, broken where values are missing or are no numbers."""
    points = list(zip(curve.times, curve.values, floor, strict=True))
    breaks = 0
    pieces = []
    for index, (moment, value, _) in enumerate(points):
        if not math.isfinite(value) or (index and moment - points[index - 1][0] > 1.5 * frame.span.step_s):
            breaks += 1
        if math.isfinite(value):
            pieces.append((breaks, index))
    return "".join(
        _piece([points[index] for _, index in piece], frame, colour, filled=filled)
        for _, piece in groupby(pieces, key=lambda each: each[0])
    )


def _piece(points: Sequence[tuple[float, float, float]], frame: Frame, colour: str, *, filled: bool) -> str:
    path = " ".join(f"{frame.x(moment):.1f},{frame.y(value + below):.1f}" for moment, value, below in points)
    if len(points) == 1:
        x, y = path.split(",")
        return f'<circle cx="{x}" cy="{y}" r="2" fill="{colour}"/>'
    shade = ""
    if filled:
        back = " ".join(
            f"{frame.x(moment):.1f},{frame.y(below):.1f}" for moment, _, below in reversed(points)
        )
        shade = f'<polygon points="{path} {back}" fill="{colour}" fill-opacity="0.22"/>'
    return f'{shade}<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _room(labels: Labels) -> float:
    return 14 + _LETTER * max((len(text) for _, text in labels), default=0)


def _grid(frame: Frame, labels: Labels) -> str:
    parts = []
    for value, text in labels:
        parts.append(_line(frame, value, 'stroke="#e4e7eb"'))
        parts.append(
            f'<text x="{frame.left - 6:.1f}" y="{frame.y(value) + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        )
    span = frame.span
    edges = [span.begin + (span.end - span.begin) * part / _TICKS for part in range(_TICKS + 1)]
    for before, after in pairwise(edges):
        middle = (before + after) / 2
        clock = time.strftime("%H:%M:%S", time.gmtime(middle))
        parts.append(
            f'<text x="{frame.x(middle):.1f}" y="{frame.height - 4}" text-anchor="middle">{clock}</text>'
        )
    return "".join(parts)


def _line(frame: Frame, value: float, style: str) -> str:
    """A line across the chart at the value."""
    at = frame.y(value)
    return f'<line x1="{frame.left:.1f}" x2="{frame.width - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}" {style}/>'


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    return f'<svg width="{width}" height="{height}">{"".join(parts)}</svg>'

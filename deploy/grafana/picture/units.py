"""Numbers as people read them, by the names that Grafana gives to units."""

from __future__ import annotations

import math
from collections.abc import Sequence

_Scale = Sequence[tuple[float, str]]
"""Size of each unit and its name, smallest first."""

_COUNTS: _Scale = ((1, ""), (1e3, " k"), (1e6, " M"), (1e9, " G"))
_BYTES: _Scale = ((1, " B"), (2**10, " KiB"), (2**20, " MiB"), (2**30, " GiB"))
_SECONDS: _Scale = (
    (1e-6, " µs"),
    (1e-3, " ms"),
    (1, " s"),
    (60, " min"),
    (3600, " h"),
    (86_400, " d"),
)
_KNOWN: dict[str, tuple[float, _Scale, str]] = {
    "s": (1, _SECONDS, ""),
    "µs": (1e-6, _SECONDS, ""),
    "bytes": (1, _BYTES, ""),
    "binBps": (1, _BYTES, "/s"),
    "percentunit": (100, ((1, " %"),), ""),
    "percent": (1, ((1, " %"),), ""),
    "celsius": (1, ((1, " °C"),), ""),
    "short": (1, _COUNTS, ""),
    "reqps": (1, _COUNTS, " req/s"),
}
"""By Grafana's name: what a value is multiplied with, the units that it is then told in, and what follows."""


def said(value: float, unit: str) -> str:
    """The value with its unit, at three digits."""
    factor, scale, suffix = _of(unit)
    size, name = _fitting(value * factor, scale)
    number = value * factor / size
    return f"{number:.0f}{name}{suffix}" if abs(number) >= 100 else f"{number:.3g}{name}{suffix}"


def ticks(low: float, high: float, unit: str, count: int) -> list[float]:
    """About `count` values between the two that are round in the unit in which the higher one is told."""
    factor, scale, _ = _of(unit)
    size = _fitting(high * factor, scale)[0] / factor
    rough = (high - low) / size / count
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = size * next(magnitude * times for times in (1, 2, 2.5, 5, 10) if magnitude * times >= rough)
    first = math.ceil(low / step)
    return [step * number for number in range(first, first + count + 2) if step * number <= high]


def _of(unit: str) -> tuple[float, _Scale, str]:
    """A unit that Grafana does not know it writes behind the number."""
    return _KNOWN.get(unit, (1, _COUNTS, f" {unit}"))


def _fitting(value: float, scale: _Scale) -> tuple[float, str]:
    """The largest unit that is not larger than the value; the plain one for zero."""
    smaller = [each for each in scale if each[0] <= abs(value)]
    if smaller:
        return smaller[-1]
    return scale[0] if value else next(each for each in scale if each[0] == 1)

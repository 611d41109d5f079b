"""The renderer of the pictures: numbers as people read them, and curves that invent nothing."""

from __future__ import annotations

import math
import re

import pytest

from deploy.grafana.picture import charts
from deploy.grafana.picture.answers import Series, Span, filled, named
from deploy.grafana.picture.charts import Axis
from deploy.grafana.picture.units import said, ticks

SPAN = Span(0, 10, 1)
COUNTS = Axis("short", 0, None, stacked=False)


def curve(*values: float, first: int = 0) -> Series:
    return Series({}, tuple(float(first + index) for index in range(len(values))), values)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123, "s", "12.3 ms"),
        (90, "s", "1.5 min"),
        (0, "s", "0 s"),
        (1500, "µs", "1.5 ms"),
        (0.123, "percentunit", "12.3 %"),
        (999.9, "short", "1000"),
        (12_345, "short", "12.3 k"),
        (3 * 2**20, "bytes", "3 MiB"),
        (0.5, "reqps", "0.5 req/s"),
        (2, "bodies/s", "2 bodies/s"),
        (-0.319, "percentunit", "-31.9 %"),
    ],
)
def test_numbers_are_told_with_their_unit(value: float, unit: str, text: str) -> None:
    assert said(value, unit) == text


def test_ticks_are_round_in_the_unit_that_is_read() -> None:
    assert [said(value, "bytes") for value in ticks(0, 450 * 2**20, "bytes", 4)] == [
        "0 B",
        "200 MiB",
        "400 MiB",
    ]
    assert [said(value, "s") for value in ticks(0, 0.5, "s", 4)] == ["0 s", "200 ms", "400 ms"]
    assert [said(value, "s") for value in ticks(0, 30 * 86_400, "s", 4)] == ["0 s", "10 d", "20 d", "30 d"]


def test_a_curve_breaks_where_nothing_was_measured() -> None:
    def pieces(series: Series) -> int:
        return charts.lines([series], COUNTS, [], SPAN, 400, 200).count("<polyline")

    whole = curve(1, 2, 3, 4)
    missing = Series({}, (0.0, 1.0, 5.0, 6.0), (1, 2, 3, 4))
    no_number = curve(1, 2, math.nan, 3, 4)
    assert [pieces(each) for each in (whole, missing, no_number)] == [1, 2, 2]


def test_curves_are_stacked_on_each_other() -> None:
    def tops(*, stacked: bool) -> list[list[float]]:
        drawn = charts.lines([curve(1, 1), curve(1, 1)], Axis("short", 0, 4, stacked), [], SPAN, 400, 200)
        lines = re.findall(r'<polyline points="([^"]+)"', drawn)
        return [[float(point.split(",")[1]) for point in line.split()] for line in lines]

    first, second = tops(stacked=False)
    assert first == second
    lower, upper = tops(stacked=True)
    assert lower == first
    assert all(high < low for high, low in zip(upper, lower, strict=True))


def test_a_spread_takes_what_is_below_away() -> None:
    buckets = [
        Series({"le": le}, (1.0, 2.0), (count, count))
        for le, count in (("1", 5.0), ("2", 5.0), ("+Inf", 7.0))
    ]
    assert charts.heat(buckets, "s", SPAN, 400, 200).count("<rect") == 4


def test_a_threshold_is_drawn_where_the_axis_reaches_it() -> None:
    def dashes(value: float) -> int:
        return charts.lines([curve(1, 2)], COUNTS, [(value, "red")], SPAN, 400, 200).count("stroke-dasharray")

    assert (dashes(1.5), dashes(50)) == (1, 0)


def test_variables_and_labels_are_filled_in() -> None:
    assert filled('a{b=~"$namespace"}[$__range]', {"namespace": ".*", "__range": "60s"}) == 'a{b=~".*"}[60s]'
    assert named("{{job}} on {{ dependency }}", {"job": "auth", "dependency": "disk"}) == "auth on disk"

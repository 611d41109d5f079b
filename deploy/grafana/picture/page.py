"""A dashboard as a page: its panels on their grid, each with its curves and its legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from deploy.grafana.picture import charts
from deploy.grafana.picture.answers import Series, Span, named
from deploy.grafana.picture.units import said

WIDTH = 1500
ROW = 34
GAP = 8
NO_DATA = "No data"
_COLUMN = WIDTH / 24
_TITLE, _LEGEND_LINE, _MOST_LEGENDS = 30, 17, 5
_STYLE = """
body { margin: 0; background: #f4f5f7; font: 12px sans-serif; color: #24292f; }
h1 { font-size: 19px; margin: 14px 12px 2px; } p { margin: 0 12px 8px; color: #57606a; }
.grid { position: relative; } .grid > * { position: absolute; box-sizing: border-box; }
h2 { font-size: 14px; margin: 0; padding: 8px 12px 0; }
.panel { background: #fff; border: 1px solid #d8dee4; border-radius: 3px; overflow: hidden; }
.panel b { display: block; padding: 7px 10px 5px; font-size: 12.5px; }
.number { font-size: 30px; padding: 2px 10px; } .panel svg text { font: 10.5px sans-serif; fill: #57606a; }
.legend { display: grid; grid-template-columns: 1fr auto auto; gap: 0 14px; padding: 0 10px; line-height: 17px; }
.legend span { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; } .legend i { font-style: normal; }
"""

Answers = Callable[[str], list[Series]]
"""Gives the curves of a query as the dashboard has it, with Grafana's variables."""


def page(dashboard: Mapping[str, Any], answers: Answers, span: Span) -> tuple[str, int]:
    """The page's HTML, and its height in pixels."""
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    body = "".join(_placed(panel, answers, span) for panel in dashboard["panels"])
    html = (
        f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>'
        f"<h1>{escape(dashboard['title'])}</h1><p>{escape(dashboard['description'])} "
        "(Drawn by deploy/grafana/picture, not by Grafana.)</p>"
        f'<div class="grid" style="height: {bottom * ROW}px">{body}</div>'
    )
    return html, bottom * ROW + 80


def _placed(panel: Mapping[str, Any], answers: Answers, span: Span) -> str:
    place = panel["gridPos"]
    width, height = round(place["w"] * _COLUMN) - GAP, place["h"] * ROW - GAP
    style = (
        f"left: {round(place['x'] * _COLUMN) + GAP // 2}px; top: {place['y'] * ROW}px; "
        f"width: {width}px; height: {height}px"
    )
    if panel["type"] == "row":
        return f'<h2 style="{style}">{escape(panel["title"])}</h2>'
    curves = [
        (named(target["legendFormat"], series.labels), series)
        for target in panel["targets"]
        for series in answers(target["expr"])
    ]
    draw = {"timeseries": _graph, "stat": _number, "heatmap": _heatmap}[panel["type"]]
    inner = draw(panel, curves, span, width - 2, height - _TITLE) if curves else NO_DATA
    return f'<div class="panel" style="{style}"><b>{escape(panel["title"])}</b>{inner}</div>'


Curves = Sequence[tuple[str, Series]]


def _graph(panel: Mapping[str, Any], curves: Curves, span: Span, width: int, height: int) -> str:
    defaults = panel["fieldConfig"]["defaults"]
    axis = charts.Axis(
        defaults["unit"], defaults.get("min"), defaults.get("max"), stacked="stacking" in defaults["custom"]
    )
    rows = [
        (max(series.finite, default=0), _legend(index, name, series, axis.unit))
        for index, (name, series) in enumerate(curves)
    ]
    listed = [row for _, row in sorted(rows, key=lambda row: row[0], reverse=True)[:_MOST_LEGENDS]]
    picture = charts.lines(
        [series for _, series in curves],
        axis,
        _steps(defaults)[1:],
        span,
        width,
        height - _LEGEND_LINE * (len(listed) + 1),
    )
    more = f"and {len(rows) - len(listed)} more" if len(rows) > len(listed) else ""
    return f'{picture}<div class="legend"><span>{more}</span><i>last</i><i>max</i>{"".join(listed)}</div>'


def _legend(index: int, name: str, series: Series, unit: str) -> str:
    colour = charts.PALETTE[index % len(charts.PALETTE)]
    finite = series.finite or (0.0,)
    return (
        f'<span><i style="color: {colour}">■</i> {escape(name)}</span>'
        f"<i>{said(finite[-1], unit)}</i><i>{said(max(finite), unit)}</i>"
    )


def _number(panel: Mapping[str, Any], curves: Curves, span: Span, width: int, height: int) -> str:
    defaults = panel["fieldConfig"]["defaults"]
    _, series = curves[0]
    value = (series.finite or (0.0,))[-1]
    if defaults.get("decimals") == 0:
        value = round(value)
    colour = charts.COLOURS[[colour for begin, colour in _steps(defaults) if value >= begin][-1]]
    picture = charts.spark(series, span, width, height - 48, colour)
    return f'<div class="number" style="color: {colour}">{said(value, defaults["unit"])}</div>{picture}'


def _heatmap(panel: Mapping[str, Any], curves: Curves, span: Span, width: int, height: int) -> str:
    unit = panel["options"]["yAxis"]["unit"]
    return charts.heat([series for _, series in curves], unit, span, width, height - 6)


def _steps(defaults: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Where each colour begins, lowest first; the first one has no beginning."""
    steps = defaults.get("thresholds", {"steps": []})["steps"]
    return [(-math.inf if step["value"] is None else step["value"], step["color"]) for step in steps]

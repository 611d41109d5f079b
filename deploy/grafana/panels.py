"""The house style: every panel of every dashboard is made by one of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.builders import heatmap as heatmaps
from grafana_foundation_sdk.builders import prometheus, stat, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common, units
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deploy.grafana import runbooks

SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
"""The Prometheus that the first variable of each dashboard chooses."""

GREEN, YELLOW, RED = "green", "orange", "red"
GRAPH_HEIGHT = 8
NUMBER_HEIGHT = 4

Panel = Builder[models.Panel]
_Kind = TypeVar("_Kind", timeseries.Panel, stat.Panel, heatmaps.Panel)
Steps = Sequence[tuple[float, str]]
"""Colours from a value on, lowest first; below the first one all is well."""


@dataclass(frozen=True)
class Query:
    """One question to Prometheus, and the name of its answer in the legend."""

    expression: str
    legend: str
    exemplars: bool = False
    """Whether the picture shows single requests, each with the way to its trace."""


def graph(
    title: str,
    help: str,
    *queries: Query,
    unit: str = units.Short,
    width: int = 8,
    warn: Steps = (),
    stacked: bool = False,
    least: float | None = 0,
    most: float | None = None,
    alert: str = "",
) -> Panel:
    """Curves over time. `help` says what to do, `alert` names the runbook that is linked.

    The axis goes from `least` to `most`; None leaves an end to the data.
    """
    panel = (
        _framed(timeseries.Panel(), title, help, alert, width, GRAPH_HEIGHT)
        .unit(unit)
        .line_width(2)
        .fill_opacity(25 if stacked else 8)
        .show_points(common.VisibilityMode.NEVER)
        .tooltip(
            common_builders.VizTooltipOptions()
            .mode(common.TooltipDisplayMode.MULTI)
            .sort(common.SortOrder.DESCENDING)
        )
        .legend(
            common_builders.VizLegendOptions()
            .show_legend(True)
            .display_mode(common.LegendDisplayMode.TABLE)
            .placement(common.LegendPlacement.BOTTOM)
            .calcs(["lastNotNull", "max"])
            .sort_by("Max")
            .sort_desc(True)
        )
        .targets([_target(name, query) for name, query in zip("ABCDEFGH", queries, strict=False)])
    )
    if stacked:
        panel.stacking(common_builders.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    if least is not None:
        panel.min(least)
    if most is not None:
        panel.max(most)
    if warn:
        panel.thresholds(_thresholds(warn)).thresholds_style(
            common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        )
    return panel


def number(
    title: str,
    help: str,
    query: Query,
    *,
    unit: str = units.Short,
    width: int = 4,
    warn: Steps = (),
    floor: str = GREEN,
    decimals: int | None = None,
    alert: str = "",
) -> Panel:
    """The latest value, in the colour that it deserves, above its own curve; `floor` is the colour of the lowest."""
    panel = (
        _framed(stat.Panel(), title, help, alert, width, NUMBER_HEIGHT)
        .unit(unit)
        .thresholds(_thresholds(warn, floor))
        .graph_mode(common.BigValueGraphMode.AREA)
        .color_mode(common.BigValueColorMode.VALUE)
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(_target("A", query))
    )
    if decimals is not None:
        panel.decimals(decimals)
    return panel


def spread(
    title: str, help: str, buckets: str, *, unit: str = units.Seconds, width: int = 8, alert: str = ""
) -> Panel:
    """How a histogram's observations spread over its buckets, over time; `buckets` is summed by `le`."""
    query = Query(buckets, "{{le}}", exemplars=True)
    return (
        _framed(heatmaps.Panel(), title, help, alert, width, GRAPH_HEIGHT)
        .calculate(False)
        .y_axis(heatmaps.YAxisConfig().unit(unit))
        # Without it every empty cell is painted.
        .filter_values(heatmaps.FilterValueRange().le(1e-9))
        .color(heatmaps.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues").steps(32))
        .with_target(_target("A", query).format(PromQueryFormat.HEATMAP))
    )


def _framed(panel: _Kind, title: str, help: str, alert: str, width: int, height: int) -> _Kind:
    links = [dashboards.DashboardLink(f"Runbook: {alert}").url(runbooks.path(alert))] if alert else []
    return (
        panel.title(title)
        .description(help)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .links([link.type(models.DashboardLinkType.LINK).target_blank(True) for link in links])
    )


def _target(name: str, query: Query) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .ref_id(name)
        .datasource(SOURCE)
        .expr(query.expression)
        .legend_format(query.legend)
        .exemplar(query.exemplars)
        .range()
    )


def _thresholds(steps: Steps, floor: str = GREEN) -> dashboards.ThresholdsConfig:
    return (
        dashboards.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps(
            [
                models.Threshold(value=None, color=floor),
                *(models.Threshold(value=value, color=color) for value, color in steps),
            ]
        )
    )

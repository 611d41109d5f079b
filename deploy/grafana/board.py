"""One dashboard: the question that it answers, its rows, and what all dashboards share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.panels import SOURCE, Panel
from deploy.grafana.queries import Job

TAG = "atelier"
WIDTH = 24
_EVERYTHING = models.VariableOption(selected=True, text="All", value="$__all")


@dataclass(frozen=True)
class Row:
    """Panels under one heading. Their widths fill whole lines of 24."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Board:
    """A dashboard."""

    uid: str
    """Its address in Grafana, and the name of its file."""
    title: str
    question: str
    """What it answers, in one sentence."""
    jobs: Job
    """Whose instances the variables list."""
    rows: Sequence[Row]

    def build(self) -> models.Dashboard:
        """The dashboard as Grafana reads it."""
        made = (
            dashboards.Dashboard(self.title)
            .uid(self.uid)
            .description(self.question)
            .tags([TAG])
            .timezone("browser")
            .time("now-1h", "now")
            .refresh("30s")
            .readonly()
            .tooltip(models.DashboardCursorSync.CROSSHAIR)
            .variables([_source(), self._variable("namespace"), self._variable("instance")])
            .link(
                dashboards.DashboardLink("Dashboards")
                .type(models.DashboardLinkType.DASHBOARDS)
                .tags([TAG])
                .as_dropdown(True)
                .keep_time(True)
                .include_vars(False)
            )
        )
        for row in self.rows:
            made.with_row(dashboards.Row(row.title))
            for panel in row.panels:
                made.with_panel(panel)
        built = made.build()
        for number, panel_or_row in enumerate(built.panels or [], 1):
            panel_or_row.id_val = number
        return built

    def _variable(self, label: str) -> dashboards.QueryVariable:
        """A choice of the label's values; All is `.*`, which series without that label match as well."""
        narrower = ', namespace=~"$namespace"' if label == "instance" else ""
        return (
            dashboards.QueryVariable(label)
            .label(label.capitalize())
            .datasource(SOURCE)
            .query(f'label_values(up{{job=~"{self.jobs.name}"{narrower}}}, {label})')
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(models.VariableSort.ALPHABETICAL_ASC)
            .multi(True)
            .include_all(True)
            .all_value(".*")
            .current(_EVERYTHING)
        )


def _source() -> dashboards.DatasourceVariable:
    return dashboards.DatasourceVariable("datasource").label("Prometheus").type("prometheus")

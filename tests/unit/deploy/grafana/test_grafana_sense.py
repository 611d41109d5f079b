"""What dashboards show exists: metrics, alerts, recorded series, pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deploy.grafana import runbooks
from deploy.prometheus.model import Recording
from deploy.prometheus.rules import ALERTS, GROUPS
from tests.unit.deploy.grafana.reading import (
    DASHBOARDS,
    METRICS,
    PAGE,
    documented,
    expressions,
    foreign,
    histogram,
    metrics,
    panels,
)

RED = "red"
RECORDED = {rule.record for group in GROUPS for rule in group.rules if isinstance(rule, Recording)}
LINKED = [
    (panel, alert)
    for dashboard in DASHBOARDS.values()
    for panel in panels(dashboard)
    for alert in ALERTS
    if any(link["url"] == runbooks.path(alert.name) for link in panel["links"])
]


def test_every_metric_is_documented_or_recorded() -> None:
    asked = {histogram(metric) for expression in expressions() for metric in metrics(expression)}
    known = documented(METRICS) | foreign() | RECORDED
    assert asked - known == set()
    assert metrics('rate(atelier_nothing_total{a="b{"}[5m]) / a:b:c') == {"atelier_nothing_total", "a:b:c"}


def test_every_metric_of_ours_is_shown() -> None:
    shown = {histogram(metric) for expression in expressions() for metric in metrics(expression)}
    assert documented(METRICS) - shown == set()


def test_no_metric_of_others_is_listed_in_vain() -> None:
    shown = {metric for expression in expressions() for metric in metrics(expression)}
    assert foreign() - shown == set()


def test_every_runbook_that_is_linked_is_an_alerts() -> None:
    links = {
        link["url"]
        for dashboard in DASHBOARDS.values()
        for panel in panels(dashboard)
        for link in panel["links"]
    }
    assert links == {runbooks.path(alert.name) for _, alert in LINKED}


@pytest.mark.parametrize(("panel", "alert"), LINKED, ids=lambda each: getattr(each, "name", ""))
def test_red_begins_where_the_alert_does(panel: dict[str, Any], alert: Any) -> None:
    steps = panel["fieldConfig"]["defaults"].get("thresholds", {"steps": []})["steps"]
    values = [f"{step['value']:g}" for step in steps if step["color"] == RED and step["value"] is not None]
    assert all(re.search(rf"(?<![\d.]){re.escape(value)}(?![\d.])", alert.expr) for value in values), (
        alert.expr
    )


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_the_page_tells_of_it(uid: str) -> None:
    dashboard = DASHBOARDS[uid]
    heading = dashboard["title"].removeprefix("Atelier / ")
    section = re.search(rf"^## {heading}\n\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    told = " ".join(section[1].split())
    assert told.startswith(dashboard["description"])
    named = re.findall(r"\*\*(.+?)\*\*", told)
    assert named
    assert set(named) <= {panel["title"] for panel in panels(dashboard)}

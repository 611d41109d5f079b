"""No panel is empty: each query of each dashboard is answered by a real Prometheus that watches the real platform."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deploy.grafana.picture.answers import Series, Span
from deploy.grafana.picture.page import NO_DATA, page
from deploy.local.topology import PROCESSES
from tests.integration.observability.questions import Question, dashboards, filled, questions
from tests.integration.observability.stack import NAMESPACE, Observed

DASHBOARDS = dashboards()
ALL = list(questions())
FAILURES = [question for question in ALL if question.panel.startswith("Failed ")]
WITH_EXEMPLARS = [question for question in ALL if question.exemplars]


@pytest.mark.parametrize("question", ALL, ids=str)
def test_the_panel_shows_something(question: Question, seen: Observed) -> None:
    answer = seen.prometheus.range(question.expression, seen.begin, seen.end)
    assert any(series.finite for series in answer), f"nothing answers {question.expression}"
    for series in answer:
        assert question.labels <= series.labels.keys(), series.labels


@pytest.mark.parametrize("question", FAILURES, ids=str)
def test_no_failure_is_zero_and_not_nothing(question: Question, seen: Observed) -> None:
    answer = seen.prometheus.range(question.expression, seen.begin, seen.end)
    assert {value for series in answer for value in series.values} == {0.0}


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=list(DASHBOARDS))
def test_its_picture_is_whole(dashboard: dict[str, Any], seen: Observed) -> None:
    span = Span(seen.begin, seen.end, 1.0)

    def answered(template: str) -> list[Series]:
        return seen.prometheus.range(filled(template), seen.begin, seen.end)

    html, _ = page(dashboard, answered, span)
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    assert html.count("<svg") == len(panels)
    assert NO_DATA not in html
    assert page(dashboard, lambda _: [], span)[0].count(NO_DATA) == len(panels)


def test_points_on_durations_lead_to_traces(seen: Observed) -> None:
    boards = set()
    for question in WITH_EXEMPLARS:
        points = seen.prometheus.exemplars(question.expression, seen.begin, seen.end)
        if points:
            boards.add(question.board)
        assert {point["trace_id"] for point in points} <= seen.collector.traces, question
    assert boards == {question.board for question in WITH_EXEMPLARS}


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=list(DASHBOARDS))
def test_its_variables_list_what_there_is(dashboard: dict[str, Any], seen: Observed) -> None:
    found = {}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", filled(variable["query"])).groups()  # type: ignore[union-attr]
            found[variable["name"]] = seen.prometheus.label_values(selector, label)
    assert found["instance"]
    assert found["namespace"] == (
        {NAMESPACE} if dashboard["uid"] in {"atelier-overview", "atelier-gateway"} else set()
    )


def test_one_namespace_and_one_instance_can_be_chosen(seen: Observed) -> None:
    processes = next(question for question in ALL if question.panel == "Processes that answer Prometheus")

    def jobs(**chosen: str) -> set[str]:
        answer = seen.prometheus.range(filled(processes.template, **chosen), seen.begin, seen.end)
        return {series.labels["job"] for series in answer}

    assert len(jobs()) == len(PROCESSES)
    assert jobs(namespace=NAMESPACE) == {"atelier-gateway"}
    (mesher,) = seen.prometheus.label_values('up{job="atelier-mesher"}', "instance")
    assert jobs(instance=mesher) == {"atelier-mesher"}

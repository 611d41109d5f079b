"""No panel is empty: each query of each dashboard is answered by a real Prometheus that watches the real platform."""

from __future__ import annotations

import pytest

from tests.integration.observability.questions import Question, questions
from tests.integration.observability.stack import Observed


@pytest.mark.parametrize("question", list(questions()), ids=str)
def test_the_panel_shows_something(question: Question, seen: Observed) -> None:
    answer = seen.prometheus.range(question.expression, seen.begin, seen.end)
    assert any(series.finite for series in answer), f"nothing answers {question.expression}"
    for series in answer:
        assert question.labels <= series.labels.keys(), series.labels


def test_every_target_is_scraped(seen: Observed) -> None:
    assert set(seen.prometheus.targets().values()) == {"up"}

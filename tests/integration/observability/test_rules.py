"""The rules in a real Prometheus that watches the real platform: they can be evaluated, and keep quiet without a fault."""

from __future__ import annotations

from deploy.prometheus.rules import ALERTS
from tests.integration.observability.stack import Observed

SLOW = (
    "DatabaseSlow",
    "EventLoopBlocked",
    "InferenceSlow",
    "ObjectStoreSlow",
    "QueueStands",
    "TritonQueueSlow",
)
"""They tell of durations, which belong to whoever else works on this machine; and so do the objectives of speed."""


def test_every_rule_can_be_evaluated(seen: Observed) -> None:
    rules = seen.prometheus.rules()
    assert {alert.name for alert in ALERTS} <= rules.keys()
    assert {name: error for name, error in rules.items() if error} == {}


def test_nothing_fires_without_a_fault(seen: Observed) -> None:
    """A start, people who are refused, and a scan are no fault, not even for rules that are sixty times as fast."""
    assert {alert.name for alert in ALERTS} >= set(SLOW)
    firing = f'ALERTS{{alertstate="firing", alertname!~"{"|".join(SLOW)}", slo!~".+_fast"}}'
    fired = seen.prometheus.range(firing, seen.begin, seen.end)
    assert {series.labels["alertname"]: series.labels for series in fired} == {}

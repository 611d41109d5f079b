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
SILENT = ("DatabaseDown", "DependencyDown", "ReplicaDown", "ServiceDown", "TritonDown")
"""They tell of who does not answer for a minute. That is a second here, which a busy machine takes from anybody."""
SILENCE_S = 8
"""Longer than a busy machine keeps anybody from an answer."""


def test_every_rule_can_be_evaluated(seen: Observed) -> None:
    rules = seen.prometheus.rules()
    assert {alert.name for alert in ALERTS} <= rules.keys()
    assert {name: error for name, error in rules.items() if error} == {}


def test_nothing_fires_without_a_fault(seen: Observed) -> None:
    """A start, people who are refused, and a scan are no fault, not even for rules that are sixty times as fast."""
    assert {alert.name for alert in ALERTS} >= {*SLOW, *SILENT}
    firing = f'ALERTS{{alertstate="firing", alertname!~"{"|".join([*SLOW, *SILENT])}", slo!~".+_fast"}}'
    fired = seen.prometheus.range(firing, seen.begin, seen.end)
    assert {series.labels["alertname"]: series.labels for series in fired} == {}


def test_nobody_is_silent_without_a_fault(seen: Observed) -> None:
    for up in ("up", "pg_up", "atelier_dependency_up"):
        found = seen.prometheus.range(f"max_over_time({up}[{SILENCE_S}s])", seen.begin + SILENCE_S, seen.end)
        assert found
        assert [series.labels for series in found if 0 in series.values] == []

"""Every rule, in the order of evaluation."""

from __future__ import annotations

from typing import Any

from deploy.prometheus import objectives
from deploy.prometheus.model import Alert, Group
from deploy.prometheus.subjects import backups, cluster, credits, inference, jobs, services, storage, telling

GROUPS: tuple[Group, ...] = (
    *services.GROUPS,
    *objectives.GROUPS,
    *jobs.GROUPS,
    *credits.GROUPS,
    *telling.GROUPS,
    *storage.GROUPS,
    *backups.GROUPS,
    *inference.GROUPS,
    *cluster.GROUPS,
)
ALERTS: tuple[Alert, ...] = tuple(alert for group in GROUPS for alert in group.alerts())


def scaled(factor: float = 1) -> dict[str, Any]:
    """The rules as Prometheus reads them, with every window, wait and interval divided by ``factor``.

    With 60, what takes an hour in earnest takes a minute: experiments see the same rules. Thresholds stay,
    for they are shares, rates a second and durations of requests. Whoever scrapes does so as much more often.
    """
    return {"groups": [group.scaled(factor) for group in GROUPS]}

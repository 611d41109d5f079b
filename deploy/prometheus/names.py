"""Words that several rules share."""

from __future__ import annotations

from deploy.local.topology import CALLS

SERVICES = tuple(sorted(CALLS))
JOBS = tuple(f"atelier-{service}" for service in SERVICES)
"""Prometheus' job of each service."""
OURS = f'job=~"atelier-({"|".join(SERVICES)})"'
"""Matches the series of the services."""
OUR_FAULT = 'code=~"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"'
"""Codes of gRPC that are no refusal: somebody has to do something."""
NO_PROBE = 'service!="grpc.health.v1.Health"'


def share(bad: str, every: str, by: str, window: str) -> str:
    """Share of the events ``every`` that are ``bad`` as well; nothing while there are none."""
    return f"sum by ({by}) (rate({bad}[{window}])) / (sum by ({by}) (rate({every}[{window}])) > 0)"


def quantile(which: float, histogram: str, by: str, window: str) -> str:
    """Quantile of a histogram's observations; ``histogram`` selects its ``_bucket`` series."""
    return f"histogram_quantile({which:g}, sum by (le, {by}) (rate({histogram}[{window}])))"

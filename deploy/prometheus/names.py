"""Words that several rules share."""

from __future__ import annotations

from deploy.local.topology import CALLS, PROCESSES

SERVICES = tuple(sorted(CALLS))
TARGETS = tuple(sorted(PROCESSES))
"""Services and workers."""
JOBS = tuple(f"atelier-{target}" for target in TARGETS)
"""Prometheus' job of each."""
OURS = f'job=~"atelier-({"|".join(TARGETS)})"'
"""Matches their series."""
OUR_FAULT = 'code=~"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"'
"""Codes of gRPC that are no refusal: somebody has to do something."""
NO_PROBE = 'service!="grpc.health.v1.Health"'


def share(bad: str, every: str, by: str, window: str) -> str:
    """Share of the events ``every`` that are ``bad`` as well; nothing while there are none."""
    return f"sum by ({by}) (rate({bad}[{window}])) / (sum by ({by}) (rate({every}[{window}])) > 0)"


def quantile(which: float, histogram: str, by: str, window: str) -> str:
    """Quantile of a histogram's observations; ``histogram`` selects its ``_bucket`` series."""
    return f"histogram_quantile({which:g}, sum by (le, {by}) (rate({histogram}[{window}])))"

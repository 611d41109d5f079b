"""Rules of Prometheus: what they say, and the same with all of their times divided, for experiments in seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.grafana import runbooks

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
# A range, `[5m]`, and the way back, `offset 1h`: the only places where an expression says a time.
_TIME = re.compile(r"(?<=\[)\d+(?:ms|s|m|h|d)(?=\])|(?<=offset )\d+(?:ms|s|m|h|d)")


@dataclass(frozen=True)
class Recording:
    """A series that others are made of; its name is ``level:metric:operations``."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def scaled(self, factor: float) -> dict[str, Any]:
        """As Prometheus reads it, its times divided by ``factor``."""
        made: dict[str, Any] = {"record": self.record, "expr": shortened(self.expr, factor)}
        return made | ({"labels": dict(self.labels)} if self.labels else {})


@dataclass(frozen=True)
class Alert:
    """Something that a person must know."""

    name: str
    expr: str
    lasts: str
    """How long it is true before anyone is told: ``2m``."""
    severity: Literal["page", "ticket"]
    """``page`` wakes somebody, ``ticket`` waits for the next working day."""
    summary: str
    """One line; ``{{ $labels.job }}`` names whom it is about."""
    description: str
    """What people see of it, and what to look at first."""

    def scaled(self, factor: float) -> dict[str, Any]:
        """As Prometheus reads it, its times divided by ``factor``."""
        return {
            "alert": self.name,
            "expr": shortened(self.expr, factor),
            "for": _divided(self.lasts, factor),
            "labels": {"severity": self.severity},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": runbooks.url(self.name),
            },
        }


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated one after the other, so that later ones see what earlier ones recorded."""

    name: str
    rules: Sequence[Recording | Alert]
    interval: str = "30s"

    def scaled(self, factor: float) -> dict[str, Any]:
        """As Prometheus reads it, its times divided by ``factor``."""
        rules = [rule.scaled(factor) for rule in self.rules]
        return {"name": self.name, "interval": _divided(self.interval, factor), "rules": rules}

    def alerts(self) -> list[Alert]:
        """The alerts among the rules."""
        return [rule for rule in self.rules if isinstance(rule, Alert)]


def shortened(expr: str, factor: float) -> str:
    """The expression with every time in it divided."""
    return _TIME.sub(lambda found: _divided(found[0], factor), expr)


def _divided(time: str, factor: float) -> str:
    """``5m`` by 60 is ``5s``; to the millisecond, which is all that Prometheus keeps."""
    if factor == 1:
        return time
    matched = re.fullmatch(r"(\d+)(ms|s|m|h|d)", time)
    if matched is None:
        raise ValueError(f"not a time: {time!r}")
    milliseconds = round(int(matched[1]) * _SECONDS[matched[2]] * 1000 / factor)
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"

"""The register of experiments, and what comes of one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.harness.stack import Plan
from tests.faults.harness.world import World

Inflict = Callable[[World], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Experiment:
    """A fault, the platform that it befalls, and what is claimed about it beyond the invariants."""

    number: str
    """Of the plan's list of faults, e.g. `F02`."""
    title: str
    inflict: Inflict
    plan: Plan
    watched: tuple[str, ...]
    """Services whose gRPC health is probed."""
    alert: str
    """Alert that tells of the fault; empty where there is none, and then no alert may fire."""


EXPERIMENTS: dict[str, Experiment] = {}


def experiment(
    number: str,
    title: str,
    *,
    plan: Plan | None = None,
    watched: tuple[str, ...] = (),
    alert: str = "",
) -> Callable[[Inflict], Inflict]:
    """Enter a function into the register."""

    def enter(inflict: Inflict) -> Inflict:
        assert number not in EXPERIMENTS, number
        EXPERIMENTS[number] = Experiment(number, title, inflict, plan or Plan(), watched, alert)
        return inflict

    return enter


@dataclass(frozen=True)
class Result:
    """How one run went."""

    number: str
    seed: int
    date: str
    """Day of the run, as ISO 8601 has it."""
    violations: Sequence[str]
    requests: int
    lost_writes: int
    hung: int
    worst_past_deadline_ms: float
    recovery_s: float
    journal: Path
    alerts: Sequence[str] | None
    """Alerts that fired; None where nobody watched them."""
    busy: float
    """Share of the machine's time that was used, by whatever runs on it."""
    lag_s: float
    """Longest time in which the harness did not get to run."""

    @property
    def passed(self) -> bool:
        """Whether nothing was violated."""
        return not self.violations

"""What several experiments claim."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from tests.faults.harness.journal import Entry
from tests.faults.harness.world import World

NOTICED_S = 2.0
"""Probes tell of a lost dependency within this time."""
REFUSED_S = 1.0
"""What cannot be done is refused within this time."""
MOST = 0.9
"""Share of the refusals that this is asked of: the machine does other work too, and the deadline holds for all."""
SLOWER = 1.5
"""Routes that need nothing of what is broken get slower by this factor at most."""
ENOUGH = 3
"""Requests beyond a percentile from which on it says something."""
NOISE_S = 0.05
"""Differences below this are the machine's, which does other work too."""


def refused_alone(world: World, *, refused: Sequence[str]) -> None:
    """Of these operations some were refused with 503, quickly; every other one went on."""
    refusals = [entry for entry in world.during(*refused) if not entry.good]
    world.claim(bool(refusals), "nobody noticed the fault")
    for entry in refusals:
        away = entry.status == HTTPStatus.SERVICE_UNAVAILABLE
        world.claim(away, f"{entry.operation} was answered {entry.status} {entry.closed_by}")
    slow = percentile(refusals, MOST)
    world.claim(slow < world.patient(REFUSED_S), f"nine in ten were refused within {slow:.1f} s")
    others_go_on(world, refused)


def others_go_on(world: World, refused: Sequence[str]) -> None:
    """Every other operation was done as if nothing had happened."""
    for entry in world.during():
        if entry.operation not in refused:
            world.claim(entry.good, f"{entry.operation} was answered {entry.status} {entry.closed_by}")


def grown(world: World, *operations: str, which: float = 0.5) -> bool:
    """Whether that percentile of these operations, their median, stayed what it was before the fault.

    The plan says 99th: of some dozen requests on a machine with other work that is one outlier. Where there are too
    few for the percentile, nothing is claimed.
    """
    before, during = world.before(*operations), world.during(*operations)
    if min(len(before), len(during)) * (1 - which) < ENOUGH:
        return True
    return percentile(during, which) <= SLOWER * percentile(before, which) + NOISE_S


def percentile(entries: Sequence[Entry], which: float) -> float:
    """That percentile of the waits, in seconds; 0 where nobody waited."""
    waits = sorted(entry.seconds for entry in entries)
    return waits[round(which * (len(waits) - 1))] if waits else 0.0

"""Holds as the middling body can: what `training.poses.settle` found for hands that go to a place."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from training.poses.arms import ARMS, Hang, Reach

HOLDS = Path(__file__).parent / "holds.json"


def held(name: str) -> Hang | Reach:
    """What an arm does, in a way that the middling body can."""
    way = ARMS[name].way
    if isinstance(way, Hang):
        return way
    found = read()[name]["hold"]
    palm = found["palm"]
    return replace(
        way,
        fingers=tuple(found["fingers"]),
        palm=None if palm is None else tuple(palm),
        elbow=tuple(found["elbow"]),
    )


@cache
def read() -> dict[str, Any]:
    """What `training.poses.settle` found; nothing where it has not run."""
    return json.loads(HOLDS.read_text(encoding="utf-8")) if HOLDS.exists() else {}

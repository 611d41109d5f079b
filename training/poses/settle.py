"""Hands that joints allow: the hold nearest to the authored one that keeps within their limits.

An authored hold says where the hand goes and about how. How far a wrist must bend for it, nobody sees in numbers; so the
hold is tried with the hand and the elbow turned by a little, many times, on the middling body. `python -m
training.poses.settle` does it for holds that are new or changed, and keeps what it found in `holds.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.arrays import FloatArray
from bodypose.limits import excess
from bodypose.skeleton import BONES
from training.poses.arms import ARMS, Reach
from training.poses.compose import undressed
from training.poses.holds import HOLDS, read
from training.poses.reach import place

_TRIES = 500
_HAND_DEG, _ELBOW_DEG = 26.0, 30.0
"""Standard deviations of what is tried."""
_SEED = 7
_MARGIN_DEG = 2.0

_SETTLED_IN = {"thighs": "sit", "knees": "sit wide", "floor": "floor long"}
"""Where holds of a zone are settled; others are on a standing body."""
_STANDING = "narrow"

_ARM = np.array([bone.startswith("Left") and any(part in bone for part in ("Arm", "Hand")) for bone in BONES])

Compose = Callable[[Reach], FloatArray]
"""The turns (52, 4) of the middling body with the left hand held so."""


def main() -> None:
    """Settle all holds that `holds.json` does not have."""
    known = read()
    found = {}
    for name, arm in ARMS.items():
        if isinstance(arm.way, Reach):
            mark = repr(arm)
            kept = known.get(name)
            found[name] = (
                kept if kept and kept["of"] == mark else _kept(mark, settled(arm.way, _holder(name)))
            )
            print(name, found[name]["hold"], flush=True)
    HOLDS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _kept(mark: str, hold: Reach) -> dict[str, Any]:
    return {
        "of": mark,
        "hold": {
            "fingers": hold.fingers,
            "palm": hold.palm,
            "elbow": hold.elbow,
        },
    }


def _holder(name: str) -> Compose:
    """Composes the middling body with one hold, all else as it is there."""
    arm = ARMS[name]
    puppet = undressed(_SETTLED_IN.get(arm.zone, _STANDING))
    world = puppet.world.copy()

    def compose(way: Reach) -> FloatArray:
        puppet.world = world.copy()
        place(puppet, "Left", way, arm.hand)
        return puppet.turns()

    return compose


def settled(hold: Reach, compose: Compose) -> Reach:
    """The hold to take in place of an authored one."""
    rng = np.random.default_rng(_SEED)
    tries = [hold, *(_varied(hold, rng) for _ in range(_TRIES))]
    return min(tries, key=lambda each: _strain(compose(each)) + _distance(hold, each))


def _varied(hold: Reach, rng: np.random.Generator) -> Reach:
    turn = Rotation.from_rotvec(np.radians(_HAND_DEG) * rng.standard_normal(3))
    elbow = Rotation.from_rotvec(np.radians(_ELBOW_DEG) * rng.standard_normal(3))
    palm = hold.palm
    return replace(
        hold,
        fingers=_vector(turn.apply(hold.fingers)),
        palm=None if palm is None else _vector(turn.apply(palm)),
        elbow=_vector(elbow.apply(hold.elbow)),
    )


def _vector(values: FloatArray) -> tuple[float, float, float]:
    x, y, z = np.asarray(values, np.float64).round(3).tolist()
    return x, y, z


def _strain(turns: FloatArray) -> float:
    """Squared degrees by which the arm's joints are beyond their limits, and near the ends of them."""
    beyond = np.degrees(excess(turns)[_ARM])
    return float((np.maximum(beyond + _MARGIN_DEG * (beyond > 0.0), 0.0) ** 2).sum())


def _distance(hold: Reach, other: Reach) -> float:
    """How unlike two holds are, in a hundredth of squared degrees."""
    turned = [_angle(hold.fingers, other.fingers), _angle(hold.elbow, other.elbow)]
    return float(0.02 * np.square(turned).sum())


def _angle(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    a, b = np.array(first), np.array(second)
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


if __name__ == "__main__":
    main()

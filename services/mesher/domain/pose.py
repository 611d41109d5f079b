"""Rest poses: a finished avatar, bound in A pose, bound again with its arms level.

Each arm's bones turn about their own heads and carry what hangs on them, vertices follow by linear blend skinning, and
the result is the new rest: its bones are unrotated, so the rig is again its heads alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.skinning import Stance, linear
from services.mesher.domain import surface
from services.mesher.domain.model import Morph, Part, Rig, Scene
from services.mesher.domain.surface import FloatArray

_SIDES = {"Left": 1.0, "Right": -1.0}
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Pinky")
_FORWARD = np.array([0.0, 0.0, 1.0])


def arms_level(scene: Scene) -> Scene:
    """The scene in T pose: arms straight out to the sides, palms down, fingers level; all else as it was."""
    stance = level_stance(scene.rig)
    return replace(
        scene,
        parts=[_posed(part, stance) for part in scene.parts],
        rig=replace(scene.rig, heads=stance.heads.astype(np.float32)),
    )


def level_stance(rig: Rig) -> Stance:
    """The T pose of a skeleton that is bound in A pose."""
    world = _turns(rig)
    above = [world[parent].T if parent >= 0 else np.eye(3) for parent in rig.parents]
    own = Rotation.from_matrix(np.array(above) @ world).as_quat(canonical=True)
    return Stance.of(own, rig.heads, rig.parents)


def _turns(rig: Rig) -> FloatArray:
    """(B, 3, 3) world rotations of the bones from A to T."""
    own = {bone: turn for side, sign in _SIDES.items() for bone, turn in _arm(_at(rig), side, sign).items()}
    turns = np.tile(np.eye(3), (len(rig.bones), 1, 1))
    for bone, (name, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        if name in own:
            turns[bone] = own[name]
        elif parent >= 0:
            turns[bone] = turns[parent]
    return turns


def _at(rig: Rig) -> Mapping[str, FloatArray]:
    return dict(zip(rig.bones, rig.heads.astype(np.float64), strict=True))


def _arm(at: Mapping[str, FloatArray], side: str, sign: float) -> dict[str, FloatArray]:
    """World rotations of one arm's bones; those that are not named follow their parents."""
    outwards = np.array([sign, 0.0, 0.0])
    upper, fore, hand = (f"{side}{name}" for name in ("Arm", "ForeArm", "Hand"))
    knuckle = {finger: at[f"{hand}{finger}1"] for finger in _FINGERS}
    wrist = at[hand]
    turns = {
        upper: _between(at[fore] - at[upper], outwards),
        fore: _between(wrist - at[fore], outwards),
        # The row of knuckles points forward, so the palm faces the floor.
        hand: _frame(outwards, _FORWARD)
        @ _frame(knuckle["Middle"] - wrist, knuckle["Index"] - knuckle["Pinky"]).T,
    }
    for finger in _FINGERS:
        for joint, after in ((1, 2), (2, 3)):
            bone = at[f"{hand}{finger}{after}"] - at[f"{hand}{finger}{joint}"]
            spread = turns[hand] @ bone * [1.0, 0.0, 1.0]
            turns[f"{hand}{finger}{joint}"] = _between(turns[hand] @ bone, spread) @ turns[hand]
    return turns


def _posed(part: Part, stance: Stance) -> Part:
    """A part with its bones moved; what hangs on no moved bone stays as it is, to the bit."""
    moved = np.flatnonzero(~stance.resting)
    on_moved = np.isin(part.joints, moved) & (part.weights > 0)
    hanging = np.any(on_moved, axis=1)
    shares = part.weights[hanging] / 255.0
    points, around = linear(stance, part.positions[hanging], part.joints[hanging], shares)
    turn = np.tile(np.eye(3, dtype=np.float32), (len(part.positions), 1, 1))
    turn[hanging] = around
    positions, normals = part.positions.copy(), part.normals.copy()
    positions[hanging] = points
    normals[hanging] = surface.unit(_turned(turn[hanging], part.normals[hanging]))
    morphs = tuple(_carried(morph, turn) if hanging[morph.vertices].any() else morph for morph in part.morphs)
    return replace(part, positions=positions, normals=normals, morphs=morphs)


def _carried(morph: Morph, turn: FloatArray) -> Morph:
    """A morph whose vertices were turned by (n, 3, 3)."""
    mine = turn[morph.vertices]
    return replace(morph, offsets=_turned(mine, morph.offsets), normals=_turned(mine, morph.normals))


def _turned(turns: FloatArray, vectors: FloatArray) -> FloatArray:
    """(n, 3, 3) and (n, 3) -> (n, 3)."""
    turned: FloatArray = np.einsum("nij,nj->ni", turns, vectors)
    return turned


def _frame(first: FloatArray, second: FloatArray) -> FloatArray:
    """(3, 3) rotation whose columns are `first`, what of `second` is square to it, and their cross product."""
    x = first / np.linalg.norm(first)
    y = second - (second @ x) * x
    y = y / np.linalg.norm(y)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _between(start: FloatArray, end: FloatArray) -> FloatArray:
    """(3, 3) shortest rotation from one direction to another; they must not be opposite."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    x, y, z = np.cross(a, b)
    across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    rotation: FloatArray = np.eye(3) + across + across @ across / (1.0 + a @ b)
    return rotation

"""Eyes that turn: a bone in each eyeball, which engines look for beside the body's bones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.mesher.domain.model import Part, Posture, Rig, Scene
from services.mesher.domain.surface import FloatArray

BONES = ("LeftEye", "RightEye")
_EYES = "eyes"
_HEAD = "Head"


def with_eye_bones(scene: Scene) -> Scene:
    """Hang both eyeballs on bones of their own in their middles; a scene without eyes is left as it is."""
    eyes = next((part for part in scene.parts if part.name == _EYES), None)
    if eyes is None:
        return scene
    left = eyes.positions[:, 0] > scene.rig.heads[scene.rig.bones.index(_HEAD), 0]
    middles = [_middle(eyes, side) for side in (left, ~left)]
    first = len(scene.rig.bones)
    rig = Rig(
        [*scene.rig.bones, *BONES],
        [*scene.rig.parents, *[scene.rig.bones.index(_HEAD)] * len(BONES)],
        np.concatenate([scene.rig.heads, middles]).astype(np.float32),
    )
    joints = np.zeros_like(eyes.joints)
    joints[:, 0] = np.where(left, first, first + 1)
    hung = replace(eyes, joints=joints)
    return replace(
        scene,
        rig=rig,
        parts=[hung if part is eyes else part for part in scene.parts],
        posture=_with_eyes(scene.posture, rig),
    )


def _with_eyes(posture: Posture | None, rig: Rig) -> Posture | None:
    """A pose in which the last bones, the eyes, are turned as the head is."""
    if posture is None:
        return None
    head = rig.bones.index(_HEAD)
    offsets = rig.heads[-len(BONES) :].astype(np.float64) - rig.heads[head]
    turn = posture.turns[head]
    return Posture(
        np.concatenate([posture.turns, [turn] * len(BONES)]),
        np.concatenate([posture.heads, posture.heads[head] + offsets @ turn.T]),
    )


def _middle(eyes: Part, side: NDArray[np.bool_]) -> FloatArray:
    points = eyes.positions[side]
    middle: FloatArray = (points.min(axis=0) + points.max(axis=0)) / 2.0
    return middle

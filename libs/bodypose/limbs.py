"""Which skin belongs to which limb, thinned out to what a search for collisions needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bodymodel.template import Template
from bodypose.arrays import FloatArray, IntArray

SIDES = ("Left", "Right")
_FINE = ("Hand", "Foot", "ToeBase", "Head")
"""Bones whose skin is modelled finely; of it every sixth vertex will do."""
_THINNED = 6
# Skin nearer to the body than these shares of the bone lies against it in every pose.
_FREE_ARM, _FREE_LEG = 0.5, 0.35
_TRUNK = ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head")


@dataclass(frozen=True, slots=True, repr=False)
class Limbs:
    """Vertices of a body that are looked at: `vertices` holds them, the others number them."""

    vertices: IntArray
    """(n,) template vertices."""
    arms: Mapping[str, IntArray]
    """Side -> what of it moves freely, from the middle of the upper arm to the fingertips."""
    legs: Mapping[str, IntArray]
    """Side -> the same from a third of the thigh to the toes."""
    around: Mapping[str, IntArray]
    """Side -> what its arm must stay outside of: trunk, head and legs; for the right one, which gives way, the left arm."""
    lower: NDArray[np.bool_]
    """(n,) whether a vertex is beyond the elbow or the knee."""
    hand: NDArray[np.bool_]
    """(n,) whether it is beyond the wrist."""

    @classmethod
    def of(cls, template: Template, vertices: FloatArray, heads: FloatArray) -> Limbs:
        """Choose them on a standing body (V, 3) with bone heads (B, 3)."""
        count = template.body_vertices
        names = np.array(template.bones)[template.dominant_bones()[:count]]
        limb = np.array([name.removeprefix("Left").removeprefix("Right") for name in names])
        place = dict(zip(template.bones, heads.astype(np.float64), strict=True))
        fine = np.array([bone.startswith(_FINE) for bone in limb])
        # A vertex and its mirror image are kept or left out together.
        pair = np.minimum(np.arange(count), template.mirror[:count])
        kept = ~fine | (pair % _THINNED == 0)
        near_arm = _weight_of(template, count, ("Arm", "Shoulder")) > 0.05
        free = np.ones(count, bool)
        for side in SIDES:
            for bone, end, share in (("Arm", "ForeArm", _FREE_ARM), ("UpLeg", "Leg", _FREE_LEG)):
                mine = names == f"{side}{bone}"
                start, way = place[f"{side}{bone}"], place[f"{side}{end}"] - place[f"{side}{bone}"]
                free[mine] = (vertices[:count][mine] - start) @ way / (way @ way) > share
        trunk = np.isin(limb, _TRUNK) & ~near_arm
        legs = np.isin(limb, ("UpLeg", "Leg", "Foot", "ToeBase"))
        arms = np.isin(limb, ("Arm", "ForeArm")) | np.array([bone.startswith("Hand") for bone in limb])
        chosen = np.flatnonzero(kept & (trunk | legs | (arms & free)))
        of_side = {side: np.array([name.startswith(side) for name in names])[chosen] for side in SIDES}
        body = np.flatnonzero((trunk | legs)[chosen])
        free_arms = {side: np.flatnonzero(of_side[side] & arms[chosen]) for side in SIDES}
        return cls(
            vertices=chosen,
            arms=free_arms,
            legs={side: np.flatnonzero(of_side[side] & (legs & free)[chosen]) for side in SIDES},
            around={"Left": body, "Right": np.concatenate([body, free_arms["Left"]])},
            lower=(arms & (limb != "Arm") | legs & (limb != "UpLeg"))[chosen],
            hand=np.array([bone.startswith("Hand") for bone in limb])[chosen],
        )


def _weight_of(template: Template, count: int, limbs: Sequence[str]) -> FloatArray:
    """(n,) share of a vertex that some bones hold."""
    bones = [number for number, name in enumerate(template.bones) if name.endswith(tuple(limbs))]
    bones = [number for number in bones if "Fore" not in template.bones[number]]
    share: FloatArray = (template.weights * np.isin(template.joints, bones)).sum(axis=1)[:count]
    return share

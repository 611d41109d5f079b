"""How skin follows bones: linearly, as engines do it, and softly, as we bake and draw it ourselves.

A soft point turns about a centre of its own by the blend of its bones' rotations, so that limbs keep their girth where
blended matrices would shrink it. Four things make that hold:

- the centres lie on a curve through each joint: what shares two bones in the same ratio turns about the middle of all
  skin that does (Le and Hodgins' centres of rotation), drawn most of the way to the joint itself, which fills deep
  bends;
- a turn about a limb's own axis is spread along the limb, as forearms do it, in place of wringing its end;
- the weights of trunk, shoulders, upper arms and thighs are evened out over the skin: theirs were painted for blended
  matrices, and crease;
- what a bent hip brings out of the buttock is put there: the sit bone and the muscle that is stretched over it.

Measured in `benchmarks/posing.py`: linear blending loses up to a third of a deeply bent hip or shoulder, this a seventh
at most. Joints alone as centres, which is what dual quaternions come to, keep as much and swell raised shoulders a little
more; skin between bones that do not follow each other has no joint to turn about. Smoothing afterwards (delta mush) was
tried and dropped: it took 8 to 15 % of the volume of bent knees and hips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.template import Template
from bodypose.arrays import FloatArray, IntArray
from bodypose.bound import Bound, Hip, Limb
from bodypose.skeleton import forward
from bodypose.weights import PAIRS, STEPS, areas, centre_rows, evened, shares

_TO_JOINT = 0.7
_NOTHING = 1e-9
"""Metres that sums along the skeleton may round off."""
_SPREADING = (("Arm", "ForeArm"), ("ForeArm", "Hand"), ("UpLeg", "Leg"), ("Leg", "Foot"))
"""Limbs along which twists are spread, and the bone where each ends."""
_HANDS_ON = ("Hand", "Foot")
"""Bones whose twist reaches back into the limb before them."""
_THIGHS = ("LeftUpLeg", "RightUpLeg")
_TRUNK = ("Hips", "Spine", "Spine1", "Spine2")


@dataclass(frozen=True, slots=True, repr=False)
class Stance:
    """A body's skeleton in a pose."""

    own: FloatArray
    """(B, 4) each bone's own turn, a unit quaternion."""
    rest: FloatArray
    """(B, 3) bone heads at rest, metres."""
    turns: FloatArray
    """(B, 3, 3) rotation of each bone from rest to pose, in the world."""
    heads: FloatArray
    """(B, 3) bone heads in the pose, metres."""

    @classmethod
    def of(cls, own: FloatArray, rest: FloatArray, parents: Sequence[int] | IntArray) -> Stance:
        """The pose of unit quaternions (B, 4) on the heads (B, 3) of one body."""
        rest = rest.astype(np.float64)
        turns, heads = forward(own, rest, [int(parent) for parent in parents])
        return cls(own, rest, turns, heads)

    def moved(self, shift: FloatArray) -> Stance:
        """The same in another place, `shift` (3,) metres away."""
        return Stance(self.own, self.rest, self.turns, self.heads + shift)

    @property
    def resting(self) -> NDArray[np.bool_]:
        """(B,) bones that lie as they do at rest."""
        unturned = (self.turns == np.eye(3)).all(axis=(1, 2))
        resting: NDArray[np.bool_] = unturned & (np.abs(self.heads - self.rest).max(axis=1) < _NOTHING)
        return resting


def linear(
    stance: Stance, points: FloatArray, joints: IntArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Points (n, 3) blended linearly, as glTF says, and the matrix (n, 3, 3) that turns what lies around each.

    Joints and weights (n, 4) are the points' own; weights sum to 1.
    """
    shifts = stance.heads - np.einsum("bij,bj->bi", stance.turns, stance.rest)
    frames = np.concatenate([stance.turns, shifts[:, :, None]], axis=2).reshape(-1, 12)
    blended = np.einsum("nk,nkt->nt", weights, frames[joints]).reshape(-1, 3, 4)
    around = blended[:, :, :3]
    return np.einsum("nij,nj->ni", around, points) + blended[:, :, 3], around


@dataclass(frozen=True, slots=True, repr=False)
class SoftSkin:
    """What soft skinning knows of the template: n vertices of the body's surface, p pairs of bones that share skin."""

    joints: IntArray
    """(n, 4) bones of each vertex, strongest first."""
    weights: FloatArray
    """(n, 4) evened weights that sum to 1."""
    parents: IntArray
    """(B,) the template's."""
    limbs: tuple[tuple[int, int, bool], ...]
    """Bones along which twists are spread: the bone, the one at its end, and whether that one's twist reaches back."""
    thighs: tuple[tuple[int, int], ...]
    """The bones of the thighs, each with the one at its end."""
    trunk: NDArray[np.bool_]
    """(B,) the bones that carry the trunk; the first of all is the pelvis."""
    pair: IntArray
    """(B, B) number of a pair of bones, -1 where no skin shares them."""
    knee: IntArray
    """(p,) the bone at whose head a pair bends, -1 for bones that do not follow each other."""
    rows: sparse.csr_array
    """(p * 17, n) weighted means that make the centres."""

    @classmethod
    def of(cls, template: Template, vertices: FloatArray) -> SoftSkin:
        """Prepare it, weighing skin by its area on a standing body (V, 3); a tenth of a second."""
        count = template.body_vertices
        joints, weights = evened(template)
        shared = shares(joints, weights)
        around = areas(vertices[:count], template.body.triangles)
        # Both diagonals of a quad count, so that left and right do alike.
        around = (around + around[template.mirror[:count]]) / 2.0
        pair = np.full((len(template.bones), len(template.bones)), -1)
        for number, (low, high) in enumerate(shared):
            pair[low, high] = pair[high, low] = number
        rows = [centre_rows(each, around) for each in shared.values()]
        return cls(
            joints=joints,
            weights=weights,
            parents=template.parents,
            limbs=_limbs(template),
            thighs=tuple((template.bones.index(bone), _end(template, bone)) for bone in _THIGHS),
            trunk=np.isin(template.bones, _TRUNK),
            pair=pair,
            knee=np.array([_knee(template.parents, *bones) for bones in shared]),
            rows=sparse.csr_array(sparse.vstack(rows)),
        )

    def on(self, vertices: FloatArray, heads: FloatArray) -> Flesh:
        """The skin of one body: vertices (V, 3) and bone heads (B, 3), metres."""
        heads = heads.astype(np.float64)
        centres = (self.rows @ vertices[: self.rows.shape[1]].astype(np.float64)).reshape(-1, STEPS, 3)
        at_joint = self.knee >= 0
        centres[at_joint] += _TO_JOINT * (heads[self.knee[at_joint], None] - centres[at_joint])
        return Flesh(self, heads, centres)


@dataclass(frozen=True, slots=True, repr=False)
class Flesh:
    """Soft skin on one body."""

    skin: SoftSkin
    rest: FloatArray
    """(B, 3) bone heads."""
    centres: FloatArray
    """(p, 17, 3) what the pairs' skin turns about, over the share of the bone with the lower number."""

    def body(self, stance: Stance, vertices: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The body's own surface in a pose, and the turn of each of its n points; its vertices are the first of these (V, 3)."""
        return self.bound_body(vertices).at(stance)

    def bound_body(self, vertices: FloatArray) -> Bound:
        """`bound` for the body's own surface: the first n of its vertices (V, 3)."""
        return self.bound(vertices[: len(self.skin.joints)], self.skin.joints, self.skin.weights)

    def bound(self, points: FloatArray, joints: IntArray, weights: FloatArray) -> Bound:
        """Points (n, 3) that go with this body. Joints and weights (n, 4) are the points' own; weights sum to 1."""
        points = points.astype(np.float64)
        centres = self._centres(points, joints, weights)
        of_trunk = np.sum(weights * self.skin.trunk[joints], axis=1)
        return Bound(
            points=points,
            joints=joints,
            weights=weights,
            around=points - centres,
            arms=centres[:, None] - self.rest[joints],
            limbs=[self._limb(points, joints, weights, limb) for limb in self.skin.limbs],
            hips=[self._hip(joints, weights, of_trunk, *thigh) for thigh in self.skin.thighs],
        )

    def _limb(
        self, points: FloatArray, joints: IntArray, weights: FloatArray, limb: tuple[int, int, bool]
    ) -> Limb:
        bone, end, reaches_back = limb
        way = self.rest[end] - self.rest[bone]
        point, slot = np.nonzero((joints == bone) & (weights > 0.0))
        share = np.clip((points[point] - self.rest[bone]) @ way / (way @ way), 0.0, 1.0)
        return Limb(bone, end, reaches_back, way / np.linalg.norm(way), point, slot, share)

    def _hip(self, joints: IntArray, weights: FloatArray, of_trunk: FloatArray, thigh: int, end: int) -> Hip:
        along = self.rest[end] - self.rest[thigh]
        shared = 4.0 * of_trunk * np.sum(weights * (joints == thigh), axis=1)
        point = np.flatnonzero(shared)
        return Hip(thigh, along / np.linalg.norm(along), point, shared[point])

    def _centres(self, points: FloatArray, joints: IntArray, weights: FloatArray) -> FloatArray:
        """(n, 3) what each point turns about; a point that shares no known pair of bones is its own centre."""
        total, centres = np.zeros(len(points)), np.zeros_like(points)
        for a, b in PAIRS:
            weight = weights[:, a] * weights[:, b]
            some = np.flatnonzero(weight)
            first, second = joints[some, a], joints[some, b]
            number = self.skin.pair[first, second]
            low = np.where(first < second, weights[some, a], weights[some, b])
            at = low / (weights[some, a] + weights[some, b]) * (STEPS - 1)
            step = np.minimum(at.astype(np.int64), STEPS - 2)
            beyond = (at - step)[:, None]
            on_curve = (1.0 - beyond) * self.centres[number, step] + beyond * self.centres[number, step + 1]
            found = np.where((number >= 0)[:, None], on_curve, points[some])
            centres[some] += weight[some, None] * found
            total[some] += weight[some]
        shared = total > 0.0
        return np.where(shared[:, None], centres / np.where(shared, total, 1.0)[:, None], points)


def _limbs(template: Template) -> tuple[tuple[int, int, bool], ...]:
    return tuple(
        (template.bones.index(f"{side}{bone}"), template.bones.index(f"{side}{end}"), end in _HANDS_ON)
        for side in ("Left", "Right")
        for bone, end in _SPREADING
    )


def _end(template: Template, thigh: str) -> int:
    return template.bones.index(thigh.replace("UpLeg", "Leg"))


def _knee(parents: IntArray, first: int, second: int) -> int:
    """The one of two bones that follows the other, -1 if neither does."""
    if parents[second] == first:
        return second
    return first if parents[first] == second else -1

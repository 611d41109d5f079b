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
from scipy.spatial.transform import Rotation

from bodymodel.shape import on_grid
from bodymodel.template import Template
from bodypose.arrays import FloatArray, IntArray, crossed
from bodypose.skeleton import forward, product

_STEPS = 17
"""Points of each joint's curve of centres, over the share of one of its two bones."""
_ALIKE = 0.1
"""Shares that differ by this much turn about different centres."""
_TO_JOINT = 0.7
_LEAST_SHARE = 1e-3
GRID_M = 6e-8
"""Points in a pose lie on this grid: the last bits of sines, which differ between machines, decide nothing. No power of
two, whose halves many points at rest lie on."""
_NOTHING = 1e-9
"""Metres that sums along the skeleton may round off."""
_PASSES = 4
_SPREADING = (("Arm", "ForeArm"), ("ForeArm", "Hand"), ("UpLeg", "Leg"), ("Leg", "Foot"))
"""Limbs along which twists are spread, and the bone where each ends."""
_HANDS_ON = ("Hand", "Foot")
"""Bones whose twist reaches back into the limb before them."""
_SEAT_M = 0.033
"""How far out a hip that is bent all the way brings the skin that thigh and trunk share in halves. Without it the hip of a
thin person who sits with crossed legs keeps 82 % of its volume."""
_THIGHS = ("LeftUpLeg", "RightUpLeg")
_TRUNK = ("Hips", "Spine", "Spine1", "Spine2")
_PAIRS = tuple((a, b) for a in range(4) for b in range(a + 1, 4))


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


def turned(turns: FloatArray, vectors: FloatArray) -> FloatArray:
    """Vectors (..., 3) turned by unit quaternions (..., 4)."""
    axis, scalar = turns[..., :3], turns[..., 3:]
    across = 2.0 * crossed(axis, vectors)
    result: FloatArray = vectors + scalar * across + crossed(axis, across)
    return result


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
        joints, weights = _evened(template)
        shares = _shares(joints, weights)
        areas = _areas(vertices[:count], template.body.triangles)
        # Both diagonals of a quad count, so that left and right do alike.
        areas = (areas + areas[template.mirror[:count]]) / 2.0
        pair = np.full((len(template.bones), len(template.bones)), -1)
        for number, (low, high) in enumerate(shares):
            pair[low, high] = pair[high, low] = number
        rows = [_centre_rows(share, areas) for share in shares.values()]
        return cls(
            joints=joints,
            weights=weights,
            parents=template.parents,
            limbs=_limbs(template),
            thighs=tuple((template.bones.index(bone), _end(template, bone)) for bone in _THIGHS),
            trunk=np.isin(template.bones, _TRUNK),
            pair=pair,
            knee=np.array([_knee(template.parents, *bones) for bones in shares]),
            rows=sparse.csr_array(sparse.vstack(rows)),
        )

    def on(self, vertices: FloatArray, heads: FloatArray) -> Flesh:
        """The skin of one body: vertices (V, 3) and bone heads (B, 3), metres."""
        heads = heads.astype(np.float64)
        centres = (self.rows @ vertices[: self.rows.shape[1]].astype(np.float64)).reshape(-1, _STEPS, 3)
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
        """`bend` for the body's own surface: the first n of its vertices (V, 3)."""
        count = len(self.skin.joints)
        return self.bend(stance, vertices[:count], self.skin.joints, self.skin.weights)

    def bend(
        self, stance: Stance, points: FloatArray, joints: IntArray, weights: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Points (n, 3) in a pose of this body, and the turn of each, (n, 4) unit quaternions.

        Joints and weights (n, 4) are the points' own; weights sum to 1. Points lie on a grid of 60 nm; those that hang on
        resting bones alone stay where they are, to the bit.
        """
        points = points.astype(np.float64)
        turns = self._turns(stance, points, joints, weights)
        alike = np.sign(np.einsum("nkx,nx->nk", turns, turns[:, 0]))
        blend = np.einsum("nk,nkx->nx", weights * np.where(alike == 0.0, 1.0, alike), turns)
        blend /= np.linalg.norm(blend, axis=1, keepdims=True)
        centres = self._centres(points, joints, weights)
        arms = centres[:, None] - self.rest[joints]
        carried = np.einsum("nk,nkx->nx", weights, turned(turns, arms) + stance.heads[joints])
        around = turned(blend, points - centres)
        moved = on_grid(around + self._brought_out(stance, around, joints, weights) + carried, GRID_M)
        held = (stance.resting[joints] | (weights == 0.0)).all(axis=1)
        return np.where(held[:, None], points, moved), blend

    def _turns(self, stance: Stance, points: FloatArray, joints: IntArray, weights: FloatArray) -> FloatArray:
        """(n, 4, 4) the turn that each of a point's bones gives it, twists spread along limbs."""
        whole = Rotation.from_matrix(stance.turns).as_quat()
        turns: FloatArray = whole[joints]
        for bone, end, reaches_back in self.skin.limbs:
            way = self.rest[end] - self.rest[bone]
            axis = way / np.linalg.norm(way)
            own = _twist(stance.own[bone], axis)
            next_one = _twist(stance.own[end], axis) if reaches_back else 0.0
            if own == 0.0 and next_one == 0.0:
                continue
            point, slot = np.nonzero((joints == bone) & (weights > 0.0))
            share = np.clip((points[point] - self.rest[bone]) @ way / (way @ way), 0.0, 1.0)
            half = (next_one * share - own * (1.0 - share)) / 2.0
            spread = np.concatenate([np.sin(half)[:, None] * axis, np.cos(half)[:, None]], axis=1)
            turns[point, slot] = product(np.broadcast_to(whole[bone], spread.shape), spread)
        return turns

    def _brought_out(
        self, stance: Stance, around: FloatArray, joints: IntArray, weights: FloatArray
    ) -> FloatArray:
        """(n, 3) metres that bent hips move points away from what they turn about: `around` (n, 3), in the pose."""
        away = around / np.maximum(np.linalg.norm(around, axis=1, keepdims=True), _NOTHING)
        of_trunk = np.sum(weights * self.skin.trunk[joints], axis=1)
        far = np.zeros(len(around))
        for thigh, end in self.skin.thighs:
            along = self.rest[end] - self.rest[thigh]
            along /= np.linalg.norm(along)
            # From where the thigh points to where it would if the hip were straight; half as long as both at most.
            out = (stance.turns[0] - stance.turns[thigh]) @ along / 2.0
            shared = 4.0 * of_trunk * np.sum(weights * (joints == thigh), axis=1)
            far += shared * np.linalg.norm(out) * np.maximum(away @ out, 0.0)
        brought: FloatArray = _SEAT_M * far[:, None] * away
        return brought

    def _centres(self, points: FloatArray, joints: IntArray, weights: FloatArray) -> FloatArray:
        """(n, 3) what each point turns about; a point that shares no known pair of bones is its own centre."""
        total, centres = np.zeros(len(points)), np.zeros_like(points)
        for a, b in _PAIRS:
            weight = weights[:, a] * weights[:, b]
            some = np.flatnonzero(weight)
            first, second = joints[some, a], joints[some, b]
            number = self.skin.pair[first, second]
            low = np.where(first < second, weights[some, a], weights[some, b])
            at = low / (weights[some, a] + weights[some, b]) * (_STEPS - 1)
            step = np.minimum(at.astype(np.int64), _STEPS - 2)
            beyond = (at - step)[:, None]
            on_curve = (1.0 - beyond) * self.centres[number, step] + beyond * self.centres[number, step + 1]
            found = np.where((number >= 0)[:, None], on_curve, points[some])
            centres[some] += weight[some, None] * found
            total[some] += weight[some]
        shared = total > 0.0
        return np.where(shared[:, None], centres / np.where(shared, total, 1.0)[:, None], points)


def _twist(turn: FloatArray, axis: FloatArray) -> float:
    """Radians in -pi..pi that a unit quaternion (4,) turns about an axis, its swing left out."""
    x, y, z, scalar = (turn if turn[3] >= 0.0 else -turn).tolist()
    along = float(np.array([x, y, z]) @ axis)
    return 2.0 * float(np.arctan2(along, scalar)) if along != 0.0 else 0.0


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


def _evened(template: Template) -> tuple[IntArray, FloatArray]:
    """The four strongest bones (n, 4) of each surface vertex, and their weights once evened out over the skin."""
    count, bones = template.body_vertices, len(template.bones)
    weights = np.zeros((count, bones))
    np.put_along_axis(weights, template.joints[:count].astype(np.int64), template.weights[:count], axis=1)
    uneven = np.array([_is_evened(bone) for bone in template.bones])[template.dominant_bones()[:count]]
    mean = _neighbour_mean(template.body.quads, count)
    for _ in range(_PASSES):
        weights = np.where(uneven[:, None], mean @ weights, weights)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :5]
    strongest = np.take_along_axis(weights, order, axis=1)
    # Less what the fifth has, so that skin between left and right forgets both sides alike.
    strongest = strongest[:, :4] - strongest[:, 4:]
    return order[:, :4], strongest / strongest.sum(axis=1, keepdims=True)


def _is_evened(bone: str) -> bool:
    limb = bone.removeprefix("Left").removeprefix("Right")
    return limb in ("Hips", "Spine", "Spine1", "Spine2", "Shoulder", "Arm", "UpLeg")


def _neighbour_mean(quads: IntArray, count: int) -> sparse.csr_array:
    """(n, n) takes each vertex of a closed surface to the mean of its neighbours, left and right alike."""
    at = (quads.ravel(), np.roll(quads, 1, axis=1).ravel())
    # On a closed surface every edge is walked once each way, so this links both of its ends.
    links = sparse.coo_array((np.ones(quads.size), at), shape=(count, count)).tocsr()
    return sparse.csr_array(sparse.diags_array(1.0 / links.sum(axis=1)) @ links)


def _areas(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """(n,) area around each vertex."""
    a, b, c = vertices[triangles].astype(np.float64).swapaxes(0, 1)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6.0
    shares = np.repeat(areas, 3)
    around: FloatArray = np.bincount(triangles.ravel(), shares, minlength=len(vertices)).astype(np.float64)
    return around


def _shares(joints: IntArray, weights: FloatArray) -> dict[tuple[int, int], FloatArray]:
    """Pairs of bones, the lower number first: (k, 3) vertex and both weights, of all skin that both hold."""
    found: dict[tuple[int, int], list[FloatArray]] = {}
    for a, b in _PAIRS:
        both = np.flatnonzero((weights[:, a] > _LEAST_SHARE) & (weights[:, b] > _LEAST_SHARE))
        swap = joints[both, a] > joints[both, b]
        first, second = np.where(swap, b, a), np.where(swap, a, b)
        low, high = joints[both, first], joints[both, second]
        rows = np.stack([both, weights[both, first], weights[both, second]], axis=1)
        for bones in sorted(set(zip(low.tolist(), high.tolist(), strict=True))):
            mine = (low == bones[0]) & (high == bones[1])
            found.setdefault(bones, []).append(rows[mine])
    return {bones: np.concatenate(rows) for bones, rows in sorted(found.items())}


def _centre_rows(shared: FloatArray, areas: FloatArray) -> sparse.csr_array:
    """(17, n) means of the skin of one pair of bones, each over what shares them in about one ratio."""
    vertices, low, high = shared[:, 0].astype(np.int64), shared[:, 1], shared[:, 2]
    apart = (np.linspace(0.0, 1.0, _STEPS)[:, None] - low / (low + high)) / _ALIKE
    closeness = -(apart**2)
    # Where no skin has the ratio, the nearest ratio's counts.
    alike = np.exp(closeness - closeness.max(axis=1, keepdims=True))
    weights = alike * areas[vertices] * low * high
    weights[weights < _LEAST_SHARE * weights.max(axis=1, keepdims=True)] = 0.0
    weights /= weights.sum(axis=1, keepdims=True)
    step, column = np.nonzero(weights)
    entries = (weights[step, column], (step, vertices[column]))
    return sparse.csr_array(entries, shape=(_STEPS, len(areas)))

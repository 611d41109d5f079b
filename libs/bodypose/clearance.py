"""A pose on a body of its own build: limbs keep out of each other and of the body, and hands stay where they rest.

A pose is drawn on a middling body. On a heavier one an arm that hangs down would run through the hip, on a thinner one a
hand on the hip would float beside it. So

1. a hand that rests on the middling body rests at the same place of this one: the arm reaches for it, the hand keeps how
   it is turned in the world;
2. arms that are still in the way turn outwards, about the shoulder first and then about the elbow, legs about both hips,
   each time by what frees the deepest point and no more;
3. a body on the floor that would roll over comes to rest (`bodypose.resting`).

It is cheap, as limbs are looked at as rigid skin against the tangent planes of thinned-out skin: about 20 ms a body.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from bodymodel.template import Template
from bodypose.arrays import FloatArray, IntArray
from bodypose.bound import Bound
from bodypose.limbs import SIDES, Limbs
from bodypose.limits import clamped
from bodypose.obstacles import Obstacle, Skin
from bodypose.resting import laid
from bodypose.skeleton import Support, turned
from bodypose.skinning import Flesh, SoftSkin, Stance
from bodypose.touch import Touch, reached, touches

_GAP_M = 0.003
"""What limbs keep off each other and off the body."""
_TOLERANCE_M = 0.0015
_AT_PLACE_M = 1e-4
_ROUNDS = 14
_STEP_RAD = 0.12
"""A limb turns by no more at once: the deepest point may change on the way."""
_LEVER = 0.3
"""A joint that moves a point by less than this share of its distance leaves it to the next joint."""


@dataclass(frozen=True, slots=True, repr=False)
class Posable:
    """One body that poses are fitted to."""

    flesh: Flesh
    vertices: FloatArray
    """(V, 3) all of it."""
    limbs: Bound
    """The n vertices of `Limbs`."""
    normals: FloatArray
    """(n, 3) theirs, at rest."""

    def skin(self, stance: Stance) -> Skin:
        """(n,) the limbs' skin in a pose."""
        points, turns = self.limbs.at(stance)
        return Skin(points, turned(turns, self.normals))


class Clearance:
    """Fits poses to bodies of the template."""

    def __init__(self, template: Template, skin: SoftSkin, vertices: FloatArray, heads: FloatArray) -> None:
        """The middling body: vertices (V, 3) and bone heads (B, 3)."""
        self._template = template
        self._limbs = Limbs.of(template, vertices, heads)
        self._number = {bone: index for index, bone in enumerate(template.bones)}
        self._middling = self.posable(skin.on(vertices, heads), vertices)

    def posable(self, flesh: Flesh, vertices: FloatArray) -> Posable:
        """A body (V, 3) as this needs it."""
        count = self._template.body_vertices
        chosen = self._limbs.vertices
        normals = _normals(vertices[:count], self._template.body.triangles)
        limbs = flesh.bound(vertices[chosen], flesh.skin.joints[chosen], flesh.skin.weights[chosen])
        return Posable(flesh, vertices, limbs, normals[chosen])

    def fitted(self, own: FloatArray, body: Posable, support: Support) -> FloatArray:
        """(B, 4) the turns of a pose (B, 4), within the joints' limits, as this body holds it."""
        own = self._legs_apart(own, body)
        resting = touches(self._middling.skin(self._stance(own, self._middling)), self._limbs)
        for side in SIDES:
            own = self._arm(own, body, side, resting[side])
        own = clamped(own)
        return self._laid(own, body) if support is Support.FLOOR else own

    def _laid(self, own: FloatArray, body: Posable) -> FloatArray:
        """The pose with the whole body turned to where it rests on the floor."""
        stance = self._stance(own, body)
        skin, _ = body.flesh.body(stance, body.vertices)
        turn = laid(skin, self._template.body.triangles)
        return self._with_turned(own, stance, {"Hips": turn})

    def _stance(self, own: FloatArray, body: Posable) -> Stance:
        return Stance.of(own, body.flesh.rest, self._template.parents)

    def _legs_apart(self, own: FloatArray, body: Posable) -> FloatArray:
        """Both legs turned away from each other about their hips, half each."""
        stance = self._stance(own, body)
        skin = body.skin(stance)
        legs = {side: skin.only(self._limbs.legs[side]) for side in SIDES}
        hips = {side: stance.heads[self._number[f"{side}UpLeg"]] for side in SIDES}
        turns = dict.fromkeys(SIDES, np.eye(3))
        for _ in range(_ROUNDS):
            meeting = _deepest_between(legs["Left"], legs["Right"])
            if meeting is None:
                break
            point, normal, depth = meeting
            for side, way in (("Left", normal), ("Right", -normal)):
                turn = _freeing(point, way, depth / 2.0, hips[side])
                turns[side] = turn @ turns[side]
                legs[side] = legs[side].rotated(turn, hips[side], np.arange(len(legs[side].points)))
        for side in SIDES:
            own = self._with_turned(own, stance, {f"{side}UpLeg": turns[side]})
        return own

    def _arm(self, own: FloatArray, body: Posable, side: str, touch: Touch | None) -> FloatArray:
        """One arm: to where its hand rests, and out of the body."""
        if touch is not None:
            stance = self._stance(own, body)
            aim = touch.aim(body.skin(stance))
            if np.linalg.norm(aim) > _AT_PLACE_M:
                arm = [f"{side}{bone}" for bone in ("Arm", "ForeArm", "Hand")]
                upper, fore = reached(stance.heads[[self._number[bone] for bone in arm]], aim)
                turns = dict(zip(arm, (upper, fore, np.eye(3)), strict=True))
                own = clamped(self._with_turned(own, stance, turns))
        return self._freed(own, body, side, held=touch is not None)

    def _freed(self, own: FloatArray, body: Posable, side: str, *, held: bool) -> FloatArray:
        """An arm turned out of the body; one whose hand is `held` swings about the line from shoulder to wrist first."""
        stance = self._stance(own, body)
        skin = body.skin(stance)
        chosen = self._limbs.arms[side]
        obstacle, arm = Obstacle(skin.only(self._limbs.around[side])), skin.only(chosen)
        lower, hand = self._limbs.lower[chosen], self._limbs.hand[chosen]
        everything = np.arange(len(chosen))
        shoulder, elbow, wrist = (
            stance.heads[self._number[f"{side}{bone}"]] for bone in ("Arm", "ForeArm", "Hand")
        )
        upper, fore = np.eye(3), np.eye(3)
        for _ in range(_ROUNDS):
            heights, nearest = obstacle.heights(arm.points)
            worst = int(heights.argmin())
            depth = _GAP_M - float(heights[worst])
            if depth < _TOLERANCE_M:
                break
            point, normal = arm.points[worst], obstacle.skin.normals[nearest[worst]]
            if held and not hand[worst] and _swings_free(point, normal, shoulder, wrist):
                turn, pivot, moved = (
                    _about(point, normal, depth, shoulder, wrist - shoulder),
                    shoulder,
                    everything,
                )
            elif lower[worst] and not _moves(point, normal, shoulder):
                turn, pivot, moved = _freeing(point, normal, depth, elbow), elbow, np.flatnonzero(lower)
            else:
                turn, pivot, moved = _freeing(point, normal, depth, shoulder), shoulder, everything
            arm = arm.rotated(turn, pivot, moved)
            fore, wrist = turn @ fore, turn @ (wrist - pivot) + pivot
            if pivot is shoulder:
                upper, elbow = turn @ upper, turn @ (elbow - shoulder) + shoulder
        return self._with_turned(own, stance, {f"{side}Arm": upper, f"{side}ForeArm": fore})

    def _with_turned(self, own: FloatArray, stance: Stance, turns: dict[str, FloatArray]) -> FloatArray:
        """The pose with some bones turned further in the world (3, 3); bones below that are not named go with theirs."""
        if all((turn == np.eye(3)).all() for turn in turns.values()):
            return own
        world = {self._number[bone]: turn @ stance.turns[self._number[bone]] for bone, turn in turns.items()}
        changed = own.copy()
        for bone, turn in world.items():
            parent = int(self._template.parents[bone])
            above = np.eye(3) if parent < 0 else world.get(parent, stance.turns[parent])
            changed[bone] = Rotation.from_matrix(above.T @ turn).as_quat(canonical=True)
        return changed


def _deepest_between(left: Skin, right: Skin) -> tuple[FloatArray, FloatArray, float] | None:
    """Where two limbs run deepest into each other: the point, the way out for the left one, and metres."""
    over_right, at_right = Obstacle(right).heights(left.points)
    over_left, at_left = Obstacle(left).heights(right.points)
    first, second = int(over_right.argmin()), int(over_left.argmin())
    if over_right[first] <= over_left[second]:
        point, normal, height = left.points[first], right.normals[at_right[first]], over_right[first]
    else:
        point, normal, height = right.points[second], -left.normals[at_left[second]], over_left[second]
    depth = _GAP_M - float(height)
    return None if depth < _TOLERANCE_M else (point, normal, depth)


def _moves(point: FloatArray, normal: FloatArray, pivot: FloatArray) -> bool:
    """Whether turning about a joint moves a point outwards, and not mostly along the skin."""
    arm = point - pivot
    return bool(np.linalg.norm(np.cross(arm, normal)) > _LEVER * np.linalg.norm(arm))


def _freeing(point: FloatArray, normal: FloatArray, depth: float, pivot: FloatArray) -> FloatArray:
    """(3, 3) the least turn about a joint that moves a point by `depth` metres along a normal."""
    axis = np.cross(point - pivot, normal)
    return _turn(axis, depth, float(np.linalg.norm(axis)))


def _swings_free(point: FloatArray, normal: FloatArray, shoulder: FloatArray, wrist: FloatArray) -> bool:
    """Whether an arm that swings about the line from shoulder to wrist moves a point outwards."""
    axis = (wrist - shoulder) / np.linalg.norm(wrist - shoulder)
    return bool(abs(np.cross(point - shoulder, normal) @ axis) > _LEVER * 0.1)


def _about(
    point: FloatArray, normal: FloatArray, depth: float, pivot: FloatArray, axis: FloatArray
) -> FloatArray:
    """(3, 3) the least turn about a line that moves a point by `depth` metres along a normal."""
    along = axis / np.linalg.norm(axis)
    lever = float(np.cross(point - pivot, normal) @ along)
    return _turn(np.sign(lever) * along, depth, abs(lever))


def _turn(axis: FloatArray, depth: float, lever: float) -> FloatArray:
    angle = min(depth / max(lever, 1e-9), _STEP_RAD)
    length = float(np.linalg.norm(axis))
    rotation: FloatArray = Rotation.from_rotvec(axis * (angle / max(length, 1e-9))).as_matrix()
    return rotation


def _normals(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """(n, 3) unit normals of a closed surface."""
    a, b, c = vertices[triangles].astype(np.float64).swapaxes(0, 1)
    across = np.cross(b - a, c - a)
    sums = np.zeros(vertices.shape)
    for axis in range(3):
        sums[:, axis] = np.bincount(triangles.ravel(), np.repeat(across[:, axis], 3), minlength=len(vertices))
    unit: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return unit

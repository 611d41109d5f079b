"""Points that go with a body, and where they are in its poses; `bodypose.skinning` binds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from bodymodel.shape import on_grid
from bodypose.arrays import FloatArray, IntArray
from bodypose.skeleton import product, turned

if TYPE_CHECKING:
    from bodypose.skinning import Stance

GRID_M = 6e-8
"""Points in a pose lie on this grid: the last bits of sines, which differ between machines, decide nothing. No power of
two, whose halves many points at rest lie on."""
_SEAT_M = 0.033
"""How far out a hip that is bent all the way brings the skin that thigh and trunk share in halves. Without it the hip of a
thin person who sits with crossed legs keeps 82 % of its volume."""
_LEAST_M = 1e-9


@dataclass(frozen=True, slots=True, repr=False)
class Limb:
    """What of some points hangs on a limb along which twists are spread."""

    bone: int
    end: int
    reaches_back: bool
    axis: FloatArray
    """(3,) along the bone, at rest."""
    point: IntArray
    slot: IntArray
    share: FloatArray
    """(k,) the points, which of their four bones it is, and how far along it they lie."""

    def twisted(self, stance: Stance, whole: FloatArray, turns: FloatArray) -> None:
        """Spread the limb's twist over the turns (n, 4, 4) of its points; `whole` (B, 4) are those of the bones."""
        own = _twist(stance.own[self.bone], self.axis)
        next_one = _twist(stance.own[self.end], self.axis) if self.reaches_back else 0.0
        if own == 0.0 and next_one == 0.0:
            return
        half = (next_one * self.share - own * (1.0 - self.share)) / 2.0
        spread = np.concatenate([np.sin(half)[:, None] * self.axis, np.cos(half)[:, None]], axis=1)
        turns[self.point, self.slot] = product(np.broadcast_to(whole[self.bone], spread.shape), spread)


@dataclass(frozen=True, slots=True, repr=False)
class Hip:
    """What of some points thigh and trunk share."""

    thigh: int
    along: FloatArray
    """(3,) the thigh's axis, at rest."""
    point: IntArray
    shared: FloatArray
    """(k,) the points, and how evenly they are shared: 1 where it is in halves."""

    def brought_out(self, stance: Stance, around: FloatArray) -> FloatArray:
        """(k, 3) metres that the hip moves its points, away from what they turn about: `around` (n, 3), in the pose."""
        # From where the thigh points to where it would if the hip were straight; half as long as both at most.
        out = (stance.turns[0] - stance.turns[self.thigh]) @ self.along / 2.0
        mine = around[self.point]
        away = mine / np.maximum(np.linalg.norm(mine, axis=1, keepdims=True), _LEAST_M)
        far: FloatArray = self.shared * np.linalg.norm(out) * np.maximum(away @ out, 0.0)
        brought: FloatArray = _SEAT_M * far[:, None] * away
        return brought


@dataclass(frozen=True, slots=True, repr=False)
class Bound:
    """Points (n, 3) that go with a body: all of bending them that is the same in every pose."""

    points: FloatArray
    joints: IntArray
    weights: FloatArray
    around: FloatArray
    """(n, 3) from what each point turns about to it."""
    arms: FloatArray
    """(n, 4, 3) from the heads of its bones to what it turns about."""
    limbs: Sequence[Limb]
    hips: Sequence[Hip]

    def at(self, stance: Stance) -> tuple[FloatArray, FloatArray]:
        """The points in a pose of the body, and the turn of each, (n, 4) unit quaternions.

        Points lie on a grid of 60 nm; those that hang on resting bones alone stay where they are, to the bit.
        """
        turns = self._turns(stance)
        alike = np.sign(np.einsum("nkx,nx->nk", turns, turns[:, 0]))
        blend = np.einsum("nk,nkx->nx", self.weights * np.where(alike == 0.0, 1.0, alike), turns)
        blend /= np.linalg.norm(blend, axis=1, keepdims=True)
        carried = np.einsum("nk,nkx->nx", self.weights, turned(turns, self.arms) + stance.heads[self.joints])
        around = turned(blend, self.around)
        out = np.zeros_like(around)
        for hip in self.hips:
            out[hip.point] += hip.brought_out(stance, around)
        moved = on_grid(around + out + carried, GRID_M)
        held = (stance.resting[self.joints] | (self.weights == 0.0)).all(axis=1)
        return np.where(held[:, None], self.points, moved), blend

    def _turns(self, stance: Stance) -> FloatArray:
        """(n, 4, 4) the turn that each of a point's bones gives it, twists spread along limbs."""
        whole = Rotation.from_matrix(stance.turns).as_quat()
        turns: FloatArray = whole[self.joints]
        for limb in self.limbs:
            limb.twisted(stance, whole, turns)
        return turns


def _twist(turn: FloatArray, axis: FloatArray) -> float:
    """Radians in -pi..pi that a unit quaternion (4,) turns about an axis, its swing left out."""
    x, y, z, scalar = (turn if turn[3] >= 0.0 else -turn).tolist()
    along = float(np.array([x, y, z]) @ axis)
    return 2.0 * float(np.arctan2(along, scalar)) if along != 0.0 else 0.0

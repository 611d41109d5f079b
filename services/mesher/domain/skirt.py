"""What hangs free below the hip: rings of cloth from the edge of a cut piece down to the hem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bodymodel.template import Template
from services.mesher.domain import hull
from services.mesher.domain.anatomy import Levels
from services.mesher.domain.cutting import Piece, smoothstep
from services.mesher.domain.model import Cut
from services.mesher.domain.surface import FloatArray, IntArray

_RINGS = 30
# A circle skirt's cloth falls at about this run per drop once it hangs.
_FLARE_SLOPE = 0.62
# The flare sets in over this drop; until then the cloth carries on as it widened over the hip, for about `carry`.
_RAMP = 0.22
_CARRY = 0.03
_FLARED_CARRY = 0.14
_FOLDS = 9
# Depth of a full circle's folds, as a share of the drop below the hip.
_FOLD_DEPTH = 0.085


@dataclass(frozen=True, slots=True)
class Skirt:
    """Fixed topology of the rings below a piece's join loop of k vertices."""

    triangles: IntArray
    """(m, 3); index i < k is the loop's i-th vertex, k + r * k + i the i-th of ring r."""
    hem: IntArray
    """(k,) indices of the last ring, the cloth on their left."""
    on_reference: FloatArray
    """(rings * k, 3) the rings straight below the loop, on the reference body."""
    weights: FloatArray
    """(rings * k, B) skin weights."""


def hang(piece: Piece, template: Template, reference: FloatArray, levels: Levels) -> Skirt:
    """Make the rings' topology and weights; `reference` (k, 3) is the join loop on the reference body."""
    count = len(reference)
    ring = np.arange(count)
    follow = np.roll(ring, -1)
    strips = []
    for index in range(_RINGS):
        upper, lower = ring + index * count, ring + (index + 1) * count
        upper_next, lower_next = follow + index * count, follow + (index + 1) * count
        # The join loop runs with the cloth above on its left, so the cloth below winds the other way.
        strips += [np.stack([upper_next, upper, lower], 1), np.stack([upper_next, lower, lower_next], 1)]
    heights = _heights(float(reference[:, 1].mean()), levels.hem(piece.cut.hem))
    return Skirt(
        triangles=np.concatenate(strips),
        hem=ring + _RINGS * count,
        on_reference=_straight_down(reference, heights),
        weights=_weights(template, reference, heights, levels),
    )


def fall(cut: Cut, loop: FloatArray, widening: float, body: FloatArray, levels: Levels) -> FloatArray:
    """Positions (rings * k, 3) of the rings on one body.

    Cloth hangs straight down, is pushed outwards by whatever is below, and never comes back in; a flare adds
    run per drop and folds. `loop` (k, 3) is the join loop, `widening` the run per drop that
    arrives there, `body` (n, 3) the points that can be in the way.
    """
    loop = loop.astype(np.float64)  # as in `hull`: sines differ in their last bits from machine to machine
    heights = _heights(float(loop[:, 1].mean()), levels.hem(cut.hem))
    centre = loop.mean(axis=0)
    offset = loop - centre
    angle = np.arctan2(offset[:, 0], offset[:, 2])
    radius = np.hypot(offset[:, 0], offset[:, 2])
    free = hull.radii(body, centre, heights, cut.thickness)
    drop = heights[0] - heights
    blocked = np.stack([np.interp(angle, hull.ANGLES, row, period=2.0 * np.pi) for row in free])
    straight = np.maximum.accumulate(np.maximum(radius, blocked), axis=0)
    eased = _ease_down(straight)
    flare = cut.flare
    folds = np.cos(_FOLDS * angle + 0.7 * np.sin(2.0 * angle) + 0.5 * np.sin(3.0 * angle + 1.0))
    slope = flare * (_FLARE_SLOPE * (1.0 - 0.35 * flare) + _FOLD_DEPTH * (1.0 + folds))
    carry = _CARRY + _FLARED_CARRY * flare
    carried = widening * carry * (1.0 - np.exp(-drop / carry))
    spread = eased + _ramped(drop)[:, None] * slope + carried[:, None]
    ring = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
    placed = centre * [1.0, 0.0, 1.0] + spread[:, :, None] * ring
    placed[:, :, 1] = heights[:, None]
    # The first ring is one step below the loop, whose own height may differ from its mean by a hair.
    rings: FloatArray = placed[1:].reshape(-1, 3).astype(np.float32)
    return rings


def _ramped(drop: FloatArray) -> FloatArray:
    """(k,) drop counted fully only below `_RAMP`: the integral of a smooth step from 0 to 1."""
    t = np.minimum(drop / _RAMP, 1.0)
    ramped: FloatArray = _RAMP * (t**3 - t**4 / 2.0) + np.maximum(drop - _RAMP, 0.0)
    return ramped


def _straight_down(loop: FloatArray, heights: FloatArray) -> FloatArray:
    rings = np.repeat(loop[None], len(heights) - 1, axis=0)
    rings[:, :, 1] = heights[1:, None]
    return rings.reshape(-1, 3)


def _heights(top: float, hem: float) -> FloatArray:
    """(rings + 1,) heights from the join to the hem."""
    return np.linspace(top, min(hem, top - 0.01), _RINGS + 1)


def _ease_down(radius: FloatArray) -> FloatArray:
    """Soften where cloth starts to hang: the largest radius below pulls the rings above a little outwards."""
    eased = radius.copy()
    for _ in range(2):
        eased[1:-1] = np.maximum(eased[1:-1], (eased[:-2] + eased[2:]) / 2.0)
    return eased


def _weights(template: Template, reference: FloatArray, heights: FloatArray, levels: Levels) -> FloatArray:
    """(rings * k, B): hips at the join; further down the legs share, each its own side, the middle both."""
    bones = {name: index for index, name in enumerate(template.bones)}
    left = smoothstep(reference[:, 0] / 0.24 + 0.5)
    depth = smoothstep((heights[0] - heights[1:]) / max(0.7 * (heights[0] - levels.knee), 0.1))
    below = 0.8 * smoothstep((levels.knee + 0.05 - heights[1:]) / 0.3)
    weights = np.zeros((len(depth), len(reference), len(template.bones)), np.float32)
    thigh = 0.92 * depth
    weights[:, :, bones["Hips"]] = (1.0 - thigh)[:, None]
    for side, share in (("Left", left), ("Right", 1.0 - left)):
        weights[:, :, bones[f"{side}UpLeg"]] = (thigh * (1.0 - below))[:, None] * share
        weights[:, :, bones[f"{side}Leg"]] = (thigh * below)[:, None] * share
    return weights.reshape(-1, len(template.bones))

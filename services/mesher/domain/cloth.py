"""How a garment follows a body into a pose.

Cloth near the skin takes the weights of the skin below it, so that both move alike and the distance between them stays;
what hangs farther off keeps its own weights and is pushed off the posed skin. The weights are evened out over the cloth,
or it would crumple where skin that it lies on parts, in armpits and between legs. What hangs below the waist then comes
down (`settling`), the garments from the skin outwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from bodymodel.shape import on_grid
from bodypose.bound import GRID_M, Bound
from services.mesher.domain import surface
from services.mesher.domain.bending import Hide, Sheet, Wearer
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.model import Part
from services.mesher.domain.settling import Settling
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.weld import Weld

_NEAREST = 8
_BLUR_M = 0.01
# Cloth this near to the skin goes with it; farther off than the sum it hangs by itself.
_CLOSE_M, _FADE_M = 0.03, 0.04
# Close cloth keeps its distance to the skin below, or this, if it was farther off: so what is worn above stays above.
_KEPT_M = 0.02
_HANGING_M = 0.006
_LEAST_ALIKE = 1e-3
# Cloth on the inner thigh: where the skin faces the middle, and hangs on the thigh; this share of a garment tells trousers.
_INWARDS, _MOSTLY, _TOUCHING_M, _SOME = -0.5, 0.5, 0.02, 0.01
# Cloth round both legs is evened out where pelvis and thighs hold this share, over so many steps of 1 to 2 cm.
_LOW, _EVENED = 0.1, 30
_SIDED = 2.5
# All cloth is evened out over so many steps, and so is how far it is lifted off the skin.
_SOFTENED, _LIFTED, _HEM_RINGS = 8, 5, 4
# From the upper edge down a band is held, and over so much more it comes loose.
_BAND_M, _LOOSENS_M = 0.02, 0.08


@dataclass(frozen=True, slots=True, repr=False)
class Cloth:
    """A garment: with the skin where it is close, off the skin where it hangs."""

    sheet: Sheet
    bound: Bound
    weld: Weld
    """Its seams."""
    near: IntArray
    """(p, 8) skin vertices that each point lies on."""
    pull: FloatArray
    """(p, 8) shares of them that sum to 1."""
    close: FloatArray
    """(p,) 1 for cloth that goes with the skin, 0 for what hangs."""
    height: FloatArray
    """(p,) metres over the skin that it keeps."""
    falls: Settling | None
    """What of it comes down; None for what is held all over."""

    @classmethod
    def of(cls, part: Part, wearer: Wearer) -> Cloth:
        """Bind a garment to the nearest skin that hangs on the same bones: a sleeve to the arm, not to the ribs by it."""
        distance, near = cKDTree(wearer.skin).query(part.positions, k=_NEAREST)
        own = _dense(part, wearer.shares.shape[1])
        alike = np.minimum(own[:, None], wearer.shares[near]).sum(axis=2)
        pull = (alike + _LEAST_ALIKE) / (distance**2 + _BLUR_M**2)
        pull /= pull.sum(axis=1, keepdims=True)
        close = smoothstep((_CLOSE_M + _FADE_M - distance[:, 0]) / _FADE_M)
        height, _ = _over(part.positions, near, pull, wearer.skin, wearer.normals)
        weights: FloatArray = (1.0 - close)[:, None] * own
        skin = wearer.flesh.skin
        rows = np.arange(len(weights))[:, None]
        for at, share in zip(near.T, (close[:, None] * pull).T, strict=True):
            np.add.at(weights, (rows, skin.joints[at]), share[:, None] * skin.weights[at])
        # Where thighs touch, cloth of both lies at one place, and is no seam: it hangs on other bones.
        weld = Weld.of(np.column_stack([part.positions, part.joints, part.weights]), part.triangles)
        wraps_legs = _wraps_legs(part, wearer, near[:, 0], distance[:, 0])
        if not wraps_legs:
            weights = _sided(weights, wearer.thighs, close)
        weights = weld.joined(weights)
        if not wraps_legs:
            weights = weld.evened(weights, _EVENED, weights[:, wearer.trunk].sum(axis=1) > _LOW)
        # Necklines and cuffs lie where they were sewn: evened out, they would sink into shoulders that rise.
        weights = weld.spread(weld.evened(weights, _SOFTENED, weld.inside(part.triangles, _HEM_RINGS)))
        falls = None
        if not wraps_legs:
            hanging = _loose(part, weights[:, wearer.low].sum(axis=1))
            falls = Settling.of(weld, part.positions.astype(np.float64), part.triangles, hanging)
        kept = np.minimum(height, _KEPT_M)
        bound = wearer.flesh.bound(part.positions, *_strongest(weights))
        return cls(Sheet.of(part), bound, weld, near, pull, close, kept, falls)

    def at(self, hide: Hide) -> Part:
        """Bent, and moved out along the skin's normals where that came nearer than it was."""
        part = self.sheet.part
        points, turns = self.bound.at(hide.stance)
        height, upwards = _over(points, self.near, self.pull, hide.skin, hide.normals)
        lift = (self.close * np.maximum(self.height - height, 0.0))[:, None] * upwards
        even = self.weld.spread(self.weld.evened(self.weld.joined(lift), _LIFTED))
        # Nowhere less than its own, or a hem's inner side would come out.
        lack = np.einsum("px,px->p", lift - even, upwards)
        lift = even + np.maximum(lack, 0.0)[:, None] * upwards
        points = on_grid(points + lift, GRID_M)
        # Close cloth is not: in a crease the nearest skin may be the other side's, and hems would fray.
        if (self.close < 1.0).any():
            lifted = hide.solid().push_out(points, part.triangles, _HANGING_M)
            points += (1.0 - self.close)[:, None] * (lifted - points)
        if self.falls is not None:
            tilt = 2.0 * (turns[:, 0] ** 2 + turns[:, 2] ** 2)
            points = self.falls.settled(points, tilt, hide.carrier(), hide.support.lay)
        # Trousers go with the shins, wherever those are: on the floor at most.
        points = hide.support.lay(points, np.zeros(len(points)))
        return self.sheet.moved(on_grid(points, GRID_M), turns)


def _loose(part: Part, low: FloatArray) -> FloatArray:
    """(p,) how freely cloth hangs: what the pelvis and the legs carry (p,), but for the band that holds it."""
    below = part.positions[:, 1].max() - part.positions[:, 1]
    loose: FloatArray = smoothstep((low - _LOW) / (1.0 - _LOW)) * smoothstep((below - _BAND_M) / _LOOSENS_M)
    return loose


def _wraps_legs(part: Part, wearer: Wearer, below: IntArray, distance: FloatArray) -> bool:
    """Whether cloth goes round each leg by itself, as that of trousers does: then some lies on the inner thighs."""
    inwards = wearer.normals[below, 0] * np.sign(part.positions[:, 0]) < _INWARDS
    on_thigh = wearer.shares[below][:, wearer.thighs].sum(axis=1) > _MOSTLY
    return float((inwards & on_thigh & (distance < _TOUCHING_M)).mean()) > _SOME


def _sided(weights: FloatArray, thighs: IntArray, close: FloatArray) -> FloatArray:
    """Weights (p, B) of a skirt that leaves each leg its own side: only the middle is shared."""
    both = weights[:, thighs].sum(axis=1)
    left = weights[:, thighs[0]] / np.maximum(both, _LEAST_ALIKE)
    own = smoothstep(_SIDED * (left - 0.5) + 0.5)
    left = left + (1.0 - close) * (own - left)
    sided = weights.copy()
    sided[:, thighs[0]], sided[:, thighs[1]] = both * left, both * (1.0 - left)
    return sided


def _over(
    points: FloatArray, near: IntArray, pull: FloatArray, skin: FloatArray, normals: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Heights (p,) of points over the skin that they are bound to, and its normals (p, 3) there."""
    below = np.einsum("pk,pkx->px", pull, skin[near])
    upwards = surface.unit(np.einsum("pk,pkx->px", pull, normals[near]))
    return np.einsum("px,px->p", points - below, upwards), upwards


def _dense(part: Part, bones: int) -> FloatArray:
    """(p, B) float64 a part's own weights."""
    dense = np.zeros((len(part.positions), bones))
    for slot in range(part.joints.shape[1]):
        dense[np.arange(len(dense)), part.joints[:, slot]] += part.weights[:, slot] / 255.0
    return dense


def _strongest(weights: FloatArray) -> tuple[IntArray, FloatArray]:
    """(n, B) -> the four strongest bones of each point and their weights (n, 4), which sum to 1."""
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    chosen = np.take_along_axis(weights, joints, axis=1)
    return joints, chosen / chosen.sum(axis=1, keepdims=True)

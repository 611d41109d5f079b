"""How the meshes of an avatar follow a body into a pose.

Skin bends as `bodypose.skinning` has it. Cloth near the skin takes the weights of the skin below it, so that both move
alike and the distance between them stays; what hangs farther off keeps its own weights and is pushed off the posed
skin. Eyes and mouth are the head's; long hair is kept off what lies below it.

What a mesh needs in every pose is found once, so that a film's next frame costs its bending alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from bodymodel.shape import on_grid
from bodypose.bound import GRID_M
from bodypose.skeleton import turned
from bodypose.skinning import Flesh, Stance
from services.mesher.domain import surface
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.model import Morph, Part
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.surface import FloatArray, IntArray

_NEAREST = 8
_BLUR_M = 0.01
# Cloth this near to the skin goes with it; farther off than the sum it hangs by itself.
_CLOSE_M, _FADE_M = 0.03, 0.04
# Close cloth keeps its distance to the skin below, or this, if it was farther off: so what is worn above stays above.
_KEPT_M = 0.02
_HANGING_M = 0.006
_HAIR_M = 0.008
_LEAST_ALIKE = 1e-3
# Cloth on the inner thigh: where the skin faces the middle, and hangs on the thigh; this share of a garment tells trousers.
_INWARDS, _MOSTLY, _TOUCHING_M, _SOME = -0.5, 0.5, 0.02, 0.01
# Cloth round both legs is evened out where pelvis and thighs hold this share, over so many steps of 1 to 2 cm.
_LOW, _EVENED = 0.1, 30
_SIDED = 2.5
# Cloth on the floor, on a seat, and where it turns down over its edge.
_FLOOR_M, _LAYERS_M, _EDGE_M = 0.002, 0.01, 0.08
_OPPOSITE = -0.9
"""Cosine between two normals of one place beyond which no turn from one to the other makes sense."""


@dataclass(frozen=True, slots=True)
class Support:
    """What is below a body: the floor at Y = 0, and a seat under thighs where one carries it."""

    seat: float = 0.0
    """Height of the seat, metres; 0 for none."""
    pelvis: tuple[float, float] = (0.0, 0.0)
    """Where it begins: X and Z."""
    forward: tuple[float, float] = (0.0, 1.0)
    """The way from there to between the knees, of unit length."""
    depth: float = 0.0
    """Metres from there to the seat's front edge."""

    def lay(self, points: FloatArray, hanging: FloatArray) -> FloatArray:
        """Points (n, 3) of cloth laid on the floor and, by the share (n,) that they hang, on the seat that they are over."""
        laid = points.copy()
        laid[:, 1] = np.maximum(points[:, 1], _FLOOR_M)
        if self.seat > 0.0:
            beyond = (points[:, [0, 2]] - self.pelvis) @ np.array(self.forward) - self.depth
            below = np.maximum(self.seat - laid[:, 1], 0.0)
            # What lies deeper stays below what lies higher, all in a layer as thick as cloth.
            pressed = _LAYERS_M * (1.0 - np.exp(-below / _LAYERS_M))
            laid[:, 1] += hanging * smoothstep(-beyond / _EDGE_M) * (below - pressed)
        return laid


@dataclass(frozen=True, slots=True, repr=False)
class Wearer:
    """The whole skin of a body at rest."""

    flesh: Flesh
    triangles: IntArray
    """(m, 3)."""
    corners: sparse.csr_array
    """(n, m) `surface.incidence` of the triangles."""
    shares: FloatArray
    """(n, B) float32 weights as engines blend them."""
    thighs: IntArray
    """Bones of both."""
    trunk: IntArray
    """Those, and the pelvis."""
    skin: FloatArray
    """(n, 3) float64 metres."""
    normals: FloatArray
    """(n, 3) unit vectors."""

    def posed(self, stance: Stance, points: FloatArray, support: Support) -> Hide:
        """The skin in a pose on that support, which has its points there (n, 3)."""
        normals = on_grid(surface.vertex_normals(points, self.triangles, self.corners), GRID_M)
        across = on_grid(surface.unit(surface.areas(points, self.triangles)), GRID_M)
        # Vertices lie up to 3 cm apart: the middles of triangles stand in between.
        solid = Layer(
            np.concatenate([points, points[self.triangles].mean(axis=1)]),
            np.concatenate([normals, across]),
            np.ones(len(points) + len(across), bool),
        )
        return Hide(stance, points, normals, Obstacle.of([solid]), support)


@dataclass(frozen=True, slots=True, repr=False)
class Hide:
    """The skin in a pose."""

    stance: Stance
    skin: FloatArray
    """(n, 3) float64 metres."""
    normals: FloatArray
    """(n, 3) unit vectors."""
    solid: Obstacle
    """What hanging cloth and hair stay outside of."""
    support: Support
    """What lies on the floor, or a seat below it."""


class Follower(Protocol):
    """A mesh that goes with a body."""

    def at(self, hide: Hide) -> Part:
        """The mesh in the body's pose."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Skin:
    """The mesh of the body's own surface."""

    part: Part
    wearer: Wearer
    vertices: IntArray
    """(p,) template vertex of each of its own."""

    def at(self, hide: Hide) -> Part:
        """Bent as the whole skin is, and lit as if nothing of it were left out."""
        flesh = self.wearer.flesh
        joints, weights = flesh.skin.joints[self.vertices], flesh.skin.weights[self.vertices]
        points, turns = flesh.bend(hide.stance, self.part.positions, joints, weights)
        before, after = self.wearer.normals[self.vertices], hide.normals[self.vertices]
        return _moved(self.part, points, turns, _turned_on(self.part.normals, turns, before, after))


@dataclass(frozen=True, slots=True, repr=False)
class Fitting:
    """A mesh that hangs on its bones as they are: eyes, lashes, teeth, tongue."""

    part: Part
    flesh: Flesh

    def at(self, hide: Hide) -> Part:
        """Turned with the head."""
        points, turns = self.flesh.bend(
            hide.stance, self.part.positions, self.part.joints, self.part.weights / 255.0
        )
        return _moved(self.part, points, turns, turned(turns, self.part.normals))


@dataclass(frozen=True, slots=True, repr=False)
class _Sheet:
    """A mesh without a skin's own normals."""

    part: Part
    corners: sparse.csr_array
    normals: FloatArray
    """(p, 3) of its surface at rest, which those of its edges differ from."""

    @classmethod
    def of(cls, part: Part) -> _Sheet:
        corners = surface.incidence(part.triangles, len(part.positions))
        points = part.positions.astype(np.float64)
        return cls(part, corners, surface.vertex_normals(points, part.triangles, corners))

    def moved(self, points: FloatArray, turns: FloatArray) -> Part:
        """The mesh elsewhere, its normals its own, turned as its surface was."""
        after = surface.vertex_normals(points, self.part.triangles, self.corners)
        return _moved(self.part, points, turns, _turned_on(self.part.normals, turns, self.normals, after))


@dataclass(frozen=True, slots=True, repr=False)
class Hair:
    """Hair: what hangs below the head stays outside of what is below it."""

    sheet: _Sheet
    flesh: Flesh

    @classmethod
    def of(cls, part: Part, wearer: Wearer) -> Hair:
        """Hair as it is combed."""
        return cls(_Sheet.of(part), wearer.flesh)

    def at(self, hide: Hide) -> Part:
        """Turned with the head; its ends lie on the back."""
        part = self.sheet.part
        points, turns = self.flesh.bend(hide.stance, part.positions, part.joints, part.weights / 255.0)
        hanging = part.weights[:, 1] > 0
        if hanging.any():
            points[hanging] = hide.solid.push_out(points, part.triangles, _HAIR_M)[hanging]
        return self.sheet.moved(on_grid(points, GRID_M), turns)


@dataclass(frozen=True, slots=True, repr=False)
class Cloth:
    """A garment: with the skin where it is close, off the skin where it hangs."""

    sheet: _Sheet
    flesh: Flesh
    near: IntArray
    """(p, 8) skin vertices that each point lies on."""
    pull: FloatArray
    """(p, 8) shares of them that sum to 1."""
    close: FloatArray
    """(p,) 1 for cloth that goes with the skin, 0 for what hangs."""
    height: FloatArray
    """(p,) metres over the skin that it keeps."""
    wraps_legs: bool
    """Whether it goes round each leg by itself."""
    joints: IntArray
    weights: FloatArray
    """(p, 4) each."""

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
        wraps_legs = _wraps_legs(part, wearer, near[:, 0], distance[:, 0])
        if not wraps_legs:
            weights = _sided(weights, wearer.thighs, close)
            weights = _draped(part, weights, weights[:, wearer.trunk].sum(axis=1) > _LOW)
        kept = np.minimum(height, _KEPT_M)
        return cls(_Sheet.of(part), wearer.flesh, near, pull, close, kept, wraps_legs, *_strongest(weights))

    def at(self, hide: Hide) -> Part:
        """Bent, and moved out along the skin's normals where that came nearer than it was."""
        part = self.sheet.part
        points, turns = self.flesh.bend(hide.stance, part.positions, self.joints, self.weights)
        height, upwards = _over(points, self.near, self.pull, hide.skin, hide.normals)
        points = on_grid(
            points + (self.close * np.maximum(self.height - height, 0.0))[:, None] * upwards, GRID_M
        )
        # Close cloth is not: in a crease the nearest skin may be the other side's, and hems would fray.
        if (self.close < 1.0).any():
            lifted = hide.solid.push_out(points, part.triangles, _HANGING_M)
            points += (1.0 - self.close)[:, None] * (lifted - points)
        # Trousers go with the shins, wherever those are.
        hanging = np.zeros(len(points)) if self.wraps_legs else 1.0 - self.close
        return self.sheet.moved(on_grid(hide.support.lay(points, hanging), GRID_M), turns)


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


def _draped(part: Part, weights: FloatArray, low: NDArray[np.bool_]) -> FloatArray:
    """Weights (p, B) of cloth round both legs, evened out where it lies low, on hips and thighs: it is one sheet there."""
    places, numbers = np.unique(part.positions, axis=0, return_inverse=True)
    own = numbers.reshape(-1)
    edges = surface.undirected_edges(own[part.triangles])
    edges = edges[edges[:, 0] != edges[:, 1]]
    both = np.concatenate([edges, edges[:, ::-1]])
    links = sparse.csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(len(places),) * 2)
    mean = sparse.diags_array(1.0 / np.maximum(links.sum(axis=1), 1.0)) @ links
    joined, evened = np.zeros((len(places), weights.shape[1])), np.zeros(len(places), bool)
    joined[own], evened[own] = weights, low
    for _ in range(_EVENED):
        joined = np.where(evened[:, None], mean @ joined, joined)
    even: FloatArray = joined[own]
    return even


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


def _moved(part: Part, points: FloatArray, turns: FloatArray, normals: FloatArray) -> Part:
    return replace(
        part,
        positions=points.astype(np.float32),
        normals=on_grid(normals, GRID_M).astype(np.float32),
        morphs=tuple(_carried(morph, turns) for morph in part.morphs),
    )


def _carried(morph: Morph, turns: FloatArray) -> Morph:
    """A face shape whose vertices were turned."""
    mine = turns[morph.vertices]
    return replace(
        morph,
        offsets=turned(mine, morph.offsets).astype(np.float32),
        normals=turned(mine, morph.normals).astype(np.float32),
    )


def _turned_on(normals: FloatArray, turns: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """Unit normals (n, 3) turned with their points, and on as the surface's own went from `before` to `after`."""
    start, own = turned(turns, before), turned(turns, normals)
    cosine = np.einsum("nx,nx->n", start, after)[:, None]
    axis = surface.cross(start, after)
    # The least rotation from one direction to the other; none in the depth of a crease, where they are nearly opposite.
    along = np.einsum("nx,nx->n", axis, own)[:, None] * axis / (1.0 + np.maximum(cosine, _OPPOSITE))
    further = cosine * own + surface.cross(axis, own) + along
    return surface.unit(np.where(cosine > _OPPOSITE, further, own))

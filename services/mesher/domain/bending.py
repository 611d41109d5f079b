"""How the meshes of an avatar follow a body into a pose.

Skin bends as `bodypose.skinning` has it, and `cloth` brings garments along. Eyes and mouth are the head's; long hair is
kept off what lies below it.

What a mesh needs in every pose is found once, so that a film's next frame costs its bending alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.shape import on_grid
from bodypose.bound import GRID_M, Bound
from bodypose.skeleton import turned
from bodypose.skinning import Flesh, Stance
from services.mesher.domain import surface
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.model import Morph, Part
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.surface import FloatArray, IntArray

_HAIR_M = 0.008
# Cloth on the floor, on a seat, and where it turns down over its edge.
_FLOOR_M, _LAYERS_M, _EDGE_M = 0.002, 0.01, 0.08
_PRESSED_M = 0.03
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
    bound: Bound
    """The n vertices of the skin."""
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
    low: IntArray
    """Pelvis, thighs and what follows them."""
    carrying: NDArray[np.bool_]
    """(n,) skin that cloth comes down onto: all but arms and hands."""
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
        carrying = np.concatenate([self.carrying, self.carrying[self.triangles].all(axis=1)])
        carrier = Layer(solid.points[carrying], solid.normals[carrying], solid.trunk[carrying])
        # Frames of films ask for none.
        return Hide(
            stance, points, normals, functools.cache(lambda: Obstacle.of([solid])), (carrier,), support
        )


@dataclass(frozen=True, slots=True, repr=False)
class Hide:
    """The skin in a pose."""

    stance: Stance
    skin: FloatArray
    """(n, 3) float64 metres."""
    normals: FloatArray
    """(n, 3) unit vectors."""
    solid: Callable[[], Obstacle]
    """What hanging cloth and hair stay outside of."""
    carriers: tuple[Layer, ...]
    """What cloth comes down onto: skin, then the garments below."""
    support: Support
    """What lies on the floor, or a seat below it."""

    def under(self, part: Part) -> Hide:
        """The same with a garment over it, which others are worn over."""
        points, normals = part.positions.astype(np.float64), part.normals.astype(np.float64)
        across = surface.unit(surface.areas(points, part.triangles))
        points = np.concatenate([points, points[part.triangles].mean(axis=1)])
        # What is pressed on a seat lies in folds, and its normals anywhere.
        free = points[:, 1] > self.support.seat + _PRESSED_M
        normals = np.concatenate([normals, across])[free]
        layer = Layer(points[free], normals, np.ones(len(normals), bool))
        return replace(self, carriers=(*self.carriers, layer))

    def carrier(self) -> Obstacle:
        """What a garment that is put on now comes down onto."""
        return Obstacle.of(self.carriers)


class Follower(Protocol):
    """A mesh that goes with a body."""

    def at(self, hide: Hide) -> Part:
        """The mesh in the body's pose."""
        ...


class Loose(Follower, Protocol):
    """A mesh that lies on the body, and elsewhere than its bones alone would bring it."""

    @property
    def sheet(self) -> Sheet:
        """The mesh at rest."""
        ...

    @property
    def bound(self) -> Bound:
        """Its points, as its bones bring them along."""
        ...


def lie(loose: Loose, part: Part, stance: Stance) -> FloatArray:
    """(p, 3) metres from where bones alone bring a mesh to where it lies in that stance."""
    points, _ = loose.bound.at(stance)
    return part.positions - points


def lying(loose: Loose, hide: Hide, way: FloatArray) -> Part:
    """A mesh that far (p, 3) from where bones alone bring it, above the floor."""
    points, turns = loose.bound.at(hide.stance)
    points = hide.support.lay(points + way, np.zeros(len(points)))
    return loose.sheet.moved(on_grid(points, GRID_M), turns)


@dataclass(frozen=True, slots=True, repr=False)
class Skin:
    """The mesh of the body's own surface."""

    part: Part
    bound: Bound
    vertices: IntArray
    """(p,) template vertex of each of its own."""
    normals: FloatArray
    """(p, 3) of the whole skin there, at rest."""

    @classmethod
    def of(cls, part: Part, wearer: Wearer, vertices: IntArray) -> Skin:
        """The mesh that has these vertices (p,) of the template."""
        skin = wearer.flesh.skin
        bound = wearer.flesh.bound(part.positions, skin.joints[vertices], skin.weights[vertices])
        return cls(part, bound, vertices, wearer.normals[vertices])

    def at(self, hide: Hide) -> Part:
        """Bent as the whole skin is, and lit as if nothing of it were left out."""
        points, turns = self.bound.at(hide.stance)
        before, after = self.normals, hide.normals[self.vertices]
        own = turned(turns, self.part.normals)
        return _moved(self.part, points, turns, _turned_on(own, turned(turns, before), after, own))


@dataclass(frozen=True, slots=True, repr=False)
class Fitting:
    """A mesh that hangs on its bones as they are: eyes, lashes, teeth, tongue."""

    part: Part
    bound: Bound

    @classmethod
    def of(cls, part: Part, wearer: Wearer) -> Fitting:
        """The mesh as it lies."""
        return cls(part, by_own_weights(part, wearer.flesh))

    def at(self, hide: Hide) -> Part:
        """Turned with the head."""
        points, turns = self.bound.at(hide.stance)
        return _moved(self.part, points, turns, turned(turns, self.part.normals))


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """A mesh without a skin's own normals."""

    part: Part
    corners: sparse.csr_array
    normals: FloatArray
    """(p, 3) of its surface at rest, which those of its edges differ from."""

    @classmethod
    def of(cls, part: Part) -> Sheet:
        corners = surface.incidence(part.triangles, len(part.positions))
        points = part.positions.astype(np.float64)
        return cls(part, corners, surface.vertex_normals(points, part.triangles, corners))

    def moved(self, points: FloatArray, turns: FloatArray) -> Part:
        """The mesh elsewhere, its normals its own, turned as its surface was."""
        after = surface.vertex_normals(points, self.part.triangles, self.corners)
        own, before = turned(turns, self.part.normals), turned(turns, self.normals)
        # What lay folded between the thighs, its outside in, may be spread out now.
        return _moved(self.part, points, turns, _turned_on(own, before, after, after))


@dataclass(frozen=True, slots=True, repr=False)
class Hair:
    """Hair: what hangs below the head stays outside of what is below it."""

    sheet: Sheet
    bound: Bound

    @classmethod
    def of(cls, part: Part, wearer: Wearer) -> Hair:
        """Hair as it is combed."""
        return cls(Sheet.of(part), by_own_weights(part, wearer.flesh))

    def at(self, hide: Hide) -> Part:
        """Turned with the head; its ends lie on the back."""
        part = self.sheet.part
        points, turns = self.bound.at(hide.stance)
        hanging = part.weights[:, 1] > 0
        if hanging.any():
            points[hanging] = hide.solid().push_out(points, part.triangles, _HAIR_M)[hanging]
        return self.sheet.moved(on_grid(points, GRID_M), turns)


def by_own_weights(part: Part, flesh: Flesh) -> Bound:
    """A mesh that goes with the bones that it hangs on itself."""
    return flesh.bound(part.positions, part.joints, part.weights / 255.0)


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


def _turned_on(own: FloatArray, before: FloatArray, after: FloatArray, opposite: FloatArray) -> FloatArray:
    """Unit normals (n, 3) turned on as the surface's own went from `before` to `after`; `opposite` where those are that."""
    cosine = np.einsum("nx,nx->n", before, after)[:, None]
    axis = surface.cross(before, after)
    # The least rotation from one direction to the other; none in the depth of a crease, where they are nearly opposite.
    along = np.einsum("nx,nx->n", axis, own)[:, None] * axis / (1.0 + np.maximum(cosine, _OPPOSITE))
    further = cosine * own + surface.cross(axis, own) + along
    return surface.unit(np.where(cosine > _OPPOSITE, further, opposite))

"""Finishing: hems get the thickness of a turned edge, weights get their 8-bit form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facemodel import color
from services.mesher.domain.model import Morph, Part
from services.mesher.domain.surface import FloatArray, IntArray

_TURN_IN = 0.012


@dataclass(frozen=True, slots=True)
class Edging:
    """Topology of a surface whose borders are turned in: a rim, then a strip on the inside."""

    loops: tuple[IntArray, ...]
    """Borders, the cloth on their left."""
    triangles: IntArray
    """(m, 3) of the surface, then of its edges."""
    own: int
    """How many vertices belong to the surface; those of the edges follow."""
    edges: IntArray
    """(e, 3) triangles of the edges, counted from their own first vertex."""
    origin: IntArray
    """(n,) which vertex of the plain surface each one comes from."""

    @classmethod
    def of(cls, triangles: IntArray, count: int, loops: Sequence[IntArray]) -> Edging:
        """Three rings for each loop are added to a surface of `count` vertices."""
        edges: list[IntArray] = [np.zeros((0, 3), np.int64)]
        origins: list[IntArray] = [np.arange(count)]
        start = 0
        for loop in loops:
            edges.append(_strips(len(loop)) + start)
            origins += [loop, loop, loop]
            start += 3 * len(loop)
        strips = np.concatenate(edges)
        return cls(
            tuple(loops), np.concatenate([triangles, strips + count]), count, strips, np.concatenate(origins)
        )

    def turn_in(
        self, positions: FloatArray, normals: FloatArray, edge: float
    ) -> tuple[FloatArray, FloatArray]:
        """Positions and unit normals (n, 3) float32 of surface and edges; the rim is `edge` metres thick."""
        points, directions = [positions], [normals]
        for loop in self.loops:
            ring, normal = positions[loop], normals[loop]
            inward = _inward(ring, normal)
            inner = ring - edge * normal
            points += [ring, inner, inner + _TURN_IN * inward]
            directions += [normal - inward, -normal - inward, -normal]
        return np.concatenate(points).astype(np.float32), _unit(np.concatenate(directions)).astype(np.float32)


def _inward(ring: FloatArray, normal: FloatArray) -> FloatArray:
    """(k, 3) unit directions from a border into the cloth on its left."""
    tangent = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    return _unit(np.cross(normal, tangent))


def _strips(count: int) -> IntArray:
    """Triangles between three rings of `count` vertices, border, inner edge and turn-in."""
    here = np.arange(count)
    after = np.roll(here, -1)
    strips = []
    for start in (0, count):
        a, b, inner_a, inner_b = here + start, after + start, here + start + count, after + start + count
        strips += [np.stack([b, a, inner_a], 1), np.stack([b, inner_a, inner_b], 1)]
    return np.concatenate(strips)


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = vectors / np.where(length > 1e-12, length, 1.0)
    unit[length[:, 0] <= 1e-12] = (0.0, 1.0, 0.0)
    return unit


def only(part: Part, kept: IntArray) -> Part:
    """The part with some of its triangles (m, 3), and without vertices that none of them uses."""
    used = np.zeros(len(part.positions), bool)
    used[kept] = True
    number = np.cumsum(used) - 1
    return replace(
        part,
        positions=part.positions[used],
        normals=part.normals[used],
        joints=part.joints[used],
        weights=part.weights[used],
        uv=None if part.uv is None else part.uv[used],
        colors=None if part.colors is None else part.colors[used],
        origin=None if part.origin is None else part.origin[used],
        triangles=number[kept],
        morphs=tuple(_renumbered(morph, used, number) for morph in part.morphs),
    )


def _renumbered(morph: Morph, used: NDArray[np.bool_], number: IntArray) -> Morph:
    """The morph on the vertices that are used, under their new numbers."""
    mine = used[morph.vertices]
    return Morph(morph.name, number[morph.vertices[mine]], morph.offsets[mine], morph.normals[mine])


def four_weights(weights: FloatArray) -> tuple[IntArray, IntArray]:
    """(n, B) -> joints (n, 4) uint8 and weights (n, 4) uint8 that sum to 255; unused slots hold bone 0."""
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    return eight_bit(joints, np.take_along_axis(weights, joints, axis=1))


def eight_bit(joints: IntArray, weights: FloatArray) -> tuple[IntArray, IntArray]:
    """Four float weights a vertex, largest first, to uint8 that sum to 255: the largest takes the rounding."""
    steps = np.rint(255.0 * weights / weights.sum(axis=1, keepdims=True)).astype(np.int64)
    steps[:, 0] += 255 - steps.sum(axis=1)
    return np.where(steps > 0, joints, 0).astype(np.uint8), steps.astype(np.uint8)


def linear_rgb(code: str) -> tuple[float, float, float]:
    """`#rrggbb` in sRGB -> linear RGB, as glTF's factors are."""
    encoded = np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)]) / 255.0
    red, green, blue = color.decode(encoded).tolist()
    return red, green, blue

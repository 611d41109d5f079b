"""Face shapes on the meshes that follow the template: what each adds to the positions and normals of one body.

Positions are linear in a shape, normals are not: they are those of the shape at its full deflection. All that does not
depend on the body is made once, so that a shape costs the few thousand triangles that it moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from bodymodel.face import FaceShapes
from services.mesher.domain import surface
from services.mesher.domain.body import Body
from services.mesher.domain.errors import UnknownMorphTarget
from services.mesher.domain.model import Morph, Part
from services.mesher.domain.surface import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Bound:
    """A mesh whose points are fixed combinations of the template's vertices, whole."""

    rows: sparse.csr_array
    """(p, V) float32: points = rows @ template vertices."""
    triangles: IntArray
    """(m, 3) points: seams closed, for normals."""
    drawn: IntArray
    """(n,) point of each vertex of the whole `Part`: one on a seam is drawn more than once."""


@dataclass(frozen=True, slots=True)
class _Deflection:
    """One face shape on one bound mesh."""

    near: IntArray
    """(k,) points that it moves or whose normal it turns."""
    offsets: FloatArray
    """(k, 3) float32 metres, on the head that it was sculpted on."""
    faces: IntArray
    """(f,) triangles with a moved corner."""
    triangles: IntArray
    """(f, 3) their corners, indices into `near`."""
    corners: sparse.csr_array
    """(k, f) `surface.incidence` of `triangles`."""
    vertices: IntArray
    """(d,) drawn vertices at `near`, increasing."""
    at: IntArray
    """(d,) where in `near` each of them lies."""


@dataclass(frozen=True, slots=True)
class _Shaped:
    """A bound mesh with its deflections; those that leave it alone are absent."""

    bound: Bound
    corners: sparse.csr_array
    """(p, m) `surface.incidence` of the mesh."""
    deflections: Mapping[str, _Deflection]


class Sculptor:
    """Knows what every face shape does to every mesh that is bound to the template."""

    def __init__(self, face: FaceShapes, bound: Mapping[str, Bound]) -> None:
        self._face = face
        self._number = {name: number for number, name in enumerate(face.names)}
        self._meshes = {name: _shaped(mesh, face) for name, mesh in bound.items()}

    def sculpt(
        self, parts: Sequence[Part], body: Body, names: Sequence[str], field: str = "file.morph_targets[{}]"
    ) -> list[Part]:
        """The parts with the morphs `names`, where they follow the face; raises UnknownMorphTarget.

        `field` is the request's that names them, with a place for the number.
        """
        for index, name in enumerate(names):
            if name not in self._number:
                raise UnknownMorphTarget(field.format(index), name)
        scales = self._face.scales(body.vertices)
        return [
            part
            if part.origin is None
            else replace(part, morphs=self._morphs(self._meshes[part.name], part.origin, body, names, scales))
            for part in parts
        ]

    def _morphs(
        self, mesh: _Shaped, origin: IntArray, body: Body, names: Sequence[str], scales: FloatArray
    ) -> tuple[Morph, ...]:
        rest = _Rest.of(mesh, body)
        number = np.full(len(mesh.bound.drawn), -1)
        number[origin] = np.arange(len(origin))
        return tuple(
            _morph(name, mesh.deflections[name], scales[self._number[name]], rest, number)
            if name in mesh.deflections
            else _unmoved(name)
            for name in names
        )


@dataclass(frozen=True, slots=True)
class _Rest:
    """A bound mesh on one body, before any face shape."""

    points: FloatArray
    """(p, 3) float32 metres."""
    areas: FloatArray
    """(m, 3) `surface.areas` of its triangles."""
    summed: FloatArray
    """(p, 3) their sums around each point: normals before they are made unit vectors."""
    normals: FloatArray
    """(p, 3) unit vectors."""

    @classmethod
    def of(cls, mesh: _Shaped, body: Body) -> _Rest:
        points = (mesh.bound.rows @ body.vertices).astype(np.float32)
        areas = surface.areas(points, mesh.bound.triangles)
        summed = mesh.corners @ areas
        return cls(points, areas, summed, surface.unit(summed))


def _morph(name: str, deflection: _Deflection, scale: float, rest: _Rest, number: IntArray) -> Morph:
    """One shape on the vertices that a part still has: `number` (n,) of each vertex of the whole mesh, -1 if none."""
    near, offsets = deflection.near, scale * deflection.offsets
    moved = surface.areas(np.take(rest.points, near, axis=0) + offsets, deflection.triangles)
    change = deflection.corners @ (moved - np.take(rest.areas, deflection.faces, axis=0))
    normals = surface.unit(np.take(rest.summed, near, axis=0) + change)
    turned = normals - np.take(rest.normals, near, axis=0)
    vertices = np.take(number, deflection.vertices)
    kept = vertices >= 0
    at = deflection.at[kept]
    return Morph(name, vertices[kept], np.take(offsets, at, axis=0), np.take(turned, at, axis=0))


def _unmoved(name: str) -> Morph:
    """A shape that leaves the mesh alone."""
    nothing = np.zeros((0, 3), np.float32)
    return Morph(name, np.zeros(0, np.int64), nothing, nothing)


def _shaped(bound: Bound, face: FaceShapes) -> _Shaped:
    deflections = {}
    rows = sparse.csc_array(bound.rows)
    for name, vertices, offsets in zip(face.names, face.vertices, face.offsets, strict=True):
        moved = rows[:, vertices] @ offsets
        if moved.any():
            deflections[name] = _deflection(bound, moved.astype(np.float32))
    return _Shaped(bound, surface.incidence(bound.triangles, bound.rows.shape[0]), deflections)


def _deflection(bound: Bound, offsets: FloatArray) -> _Deflection:
    """A shape from what it adds to each of the mesh's points (p, 3)."""
    moved = np.abs(offsets).max(axis=1) > 0.0
    faces = np.flatnonzero(moved[bound.triangles].any(axis=1))
    near, triangles = np.unique(bound.triangles[faces], return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    place = np.full(len(offsets), -1)
    place[near] = np.arange(len(near))
    vertices = np.flatnonzero(place[bound.drawn] >= 0)
    return _Deflection(
        near=near,
        offsets=offsets[near],
        faces=faces,
        triangles=triangles,
        corners=surface.incidence(triangles, len(near)),
        vertices=vertices,
        at=place[bound.drawn][vertices],
    )

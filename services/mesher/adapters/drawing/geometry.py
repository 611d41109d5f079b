"""The stage's surfaces in the card's memory: one array of vertices, one of triangles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from services.mesher.domain.stage import Prop
from services.mesher.domain.surface import FloatArray, IntArray

VERTEX = np.dtype(
    [
        ("position", "<f4", 3),
        ("normal", "<f4", 3),
        ("uv", "<f4", 2),
        ("shade", "u1", 4),
        ("grain", "<f4", 4),
        ("strand", "<f4", 3),
    ]
)
LAYOUT = "3f 3f 2f 4f1 4f 3f"
NAMES = VERTEX.names or ()
_CUBE = 0.024
"""Metres."""
_FLOOR_STEPS = 48
_FLOOR_BEYOND = 0.9
"""Metres of floor around what stands on it."""


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Where a surface lies in the array of triangles."""

    prop: Prop
    first: int
    count: int


class Geometry:
    """Everything of a stage, and the floor under it."""

    def __init__(self, context: moderngl.Context, props: Sequence[Prop]) -> None:
        points = np.concatenate([prop.positions for prop in props]).astype(np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        self.centre: FloatArray = (low + high) / 2.0
        self.radius = float(np.linalg.norm(points - self.centre, axis=1).max()) * 1.02
        self.middle = (float(self.centre[0]), float(self.centre[2]))
        self.floor_reach = float(max(high[0] - low[0], high[2] - low[2])) / 2.0 + _FLOOR_BEYOND
        floor, floor_triangles = _floor(self.middle, self.floor_reach)
        vertices = np.concatenate([*(_vertices(prop) for prop in props), floor])
        firsts = np.cumsum([0, *(len(prop.positions) for prop in props)])
        triangles = [prop.triangles + first for prop, first in zip(props, firsts[:-1].tolist(), strict=True)]
        starts = np.cumsum([0, *(3 * len(each) for each in triangles)]).tolist()
        self.drawn = [
            Drawn(prop, start, 3 * len(prop.triangles))
            for prop, start in zip(props, starts[:-1], strict=True)
        ]
        self.solid_count = int(starts[-1])
        self.floor_count = floor_triangles.size
        self.vertex_count = len(vertices)
        self.vertices = context.buffer(vertices.tobytes())
        indices = np.concatenate([*triangles, floor_triangles + int(firsts[-1])])
        self.triangles = context.buffer(indices.astype("<u4").tobytes())
        coarse = _coarse(points, np.concatenate(triangles))
        self.coarse_count = coarse.size
        self.coarse = context.buffer(coarse.astype("<u4").tobytes())
        """Fewer triangles over the same vertices, for what needs no more than the gist."""
        self.openness = context.buffer(reserve=self.vertex_count * 16)

    def bound(
        self, context: moderngl.Context, program: moderngl.Program, triangles: moderngl.Buffer | None
    ) -> moderngl.VertexArray:
        """The arrays bound to what a program reads of them, in the order of the triangles."""
        wanted = [(name, form) for name, form in zip(NAMES, LAYOUT.split(), strict=True)]
        layout = " ".join(form if name in program else _skip(name) for name, form in wanted)
        content = [(self.vertices, layout, *(name for name, _ in wanted if name in program))]
        if "openness" in program and isinstance(program["openness"], moderngl.Attribute):
            content.append((self.openness, "4f", "openness"))
        return context.vertex_array(program, content, index_buffer=triangles, index_element_size=4)


def _coarse(points: FloatArray, triangles: IntArray) -> IntArray:
    """(c, 3) the triangles with all vertices of a small cube taken for one; those that are left with an area."""
    cell = np.floor((points - points.min(axis=0)) / _CUBE).astype(np.int64)
    sides = cell.max(axis=0) + 1
    _, first, cube = np.unique(
        (cell[:, 0] * sides[1] + cell[:, 1]) * sides[2] + cell[:, 2], return_index=True, return_inverse=True
    )
    merged: IntArray = first[cube][triangles]
    flat = (merged == np.roll(merged, 1, axis=1)).any(axis=1)
    kept: IntArray = merged[~flat]
    return kept


def _skip(name: str) -> str:
    return f"{VERTEX[name].itemsize}x"


def _vertices(prop: Prop) -> NDArray[np.void]:
    vertices = np.zeros(len(prop.positions), VERTEX)
    vertices["position"], vertices["normal"] = prop.positions, prop.normals
    vertices["shade"] = 255 if prop.colors is None else prop.colors
    for name, values in (("uv", prop.uv), ("grain", prop.grain), ("strand", prop.strand)):
        if values is not None:
            vertices[name] = values
    return vertices


def _floor(middle: tuple[float, float], reach: float) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """A square of floor with vertices close enough for the shadow that a foot makes."""
    side = np.linspace(-reach, reach, _FLOOR_STEPS + 1)
    x, z = np.meshgrid(side, side)
    floor = np.zeros(x.size, VERTEX)
    floor["position"][:, 0], floor["position"][:, 2] = x.ravel() + middle[0], z.ravel() + middle[1]
    floor["normal"][:, 1] = 1.0
    corner = np.arange(_FLOOR_STEPS)[:, None] * (_FLOOR_STEPS + 1) + np.arange(_FLOOR_STEPS)
    a, b, c, d = (corner.ravel() + step for step in (0, 1, _FLOOR_STEPS + 1, _FLOOR_STEPS + 2))
    return floor, np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])

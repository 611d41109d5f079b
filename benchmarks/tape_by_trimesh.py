"""The tape, read again by somebody else: sections and convex hulls by trimesh and SciPy on the exported GLB.

Only the place of the tape is taken from the receipt (the plane it lies in, or its end points); what is measured
there is the file's own triangles, all of them: the plane cuts the whole skin, and arms are told from the trunk by
being loops of their own.
"""

from __future__ import annotations

import functools
import io
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import trimesh
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import ConvexHull

Points = NDArray[np.float64]
Indices = NDArray[np.int64]

M_TO_MM = 1000.0
ON_SURFACE_M = 0.001
"""A tape's end point must lie on the skin."""
NEAR_M = 0.05
"""Triangles without a corner this near are not asked for their distance from a point."""
SPHERE = 2
"""Euler characteristic of a closed surface without handles."""

TRUNK = ("chest_girth", "waist_girth", "hip_girth")
"""Girths around all that the plane cuts but the arms."""
PATHS = ("biacromial_breadth", "arm_length", "back_length")
ARM = ("Arm", "Hand")
"""In the names of all bones from the shoulder to the finger tips."""
CHEST = ("Hips", "Spine", "Spine1", "Spine2", "LeftShoulder", "RightShoulder")
"""Bones whose skin is the chest, where the plane lies above an armpit and leaves an arm no loop of its own."""


@dataclass(frozen=True)
class Skin:
    """What bodies of one topology share: the closed surface and the bones that hold it."""

    corners: Indices
    """(f, 3) triangles in vertices of the file."""
    bone: NDArray[np.str_]
    """(v,) name of the bone with the largest weight at each vertex of the file."""
    number: Indices
    """(v,) which of the skin's w places each vertex of the file lies at; those along a seam share theirs."""
    faces: Indices
    """(f, 3) triangles in places."""
    neighbours: Indices
    """(a, 2) triangles that share an edge."""
    edges: Indices
    """(a, 2) places at the ends of that edge."""

    @classmethod
    def of(cls, positions: Points, corners: Indices, bone: NDArray[np.str_]) -> Skin:
        """Weld vertices that lie at one place; AssertionError unless the skin is closed then."""
        places, number = np.unique(positions, axis=0, return_inverse=True)
        welded = trimesh.Trimesh(places, number[corners], process=False)
        if not welded.is_watertight or welded.euler_number != SPHERE:
            raise AssertionError("the exported skin is not closed")
        return cls(corners, bone, number, welded.faces, welded.face_adjacency, welded.face_adjacency_edges)

    def places(self, positions: Points) -> Points:
        """(v, 3) of the file -> (w, 3)."""
        places = np.zeros((self.number.max() + 1, 3))
        places[self.number] = positions
        return places

    def fits(self, positions: Points, corners: Indices, bone: NDArray[np.str_]) -> bool:
        """Whether a file has these triangles, bones and seams."""
        return (
            np.array_equal(corners, self.corners)
            and np.array_equal(bone, self.bone)
            and np.array_equal(self.places(positions)[self.number], positions)
        )

    @functools.cached_property
    def arms(self) -> NDArray[np.bool_]:
        """(f,) triangles of which an arm holds all corners."""
        held = np.array([any(word in name for word in ARM) for name in self.bone.tolist()])
        one, two, three = held[self.corners.T]
        arms: NDArray[np.bool_] = one & two & three
        return arms

    @functools.cached_property
    def chest(self) -> NDArray[np.bool_]:
        """(f,) triangles of which the chest holds a corner."""
        one, two, three = np.isin(self.bone, CHEST)[self.corners.T]
        chest: NDArray[np.bool_] = one | two | three
        return chest


class Surveyor:
    """Opens GLBs to be measured; what they share is worked out once."""

    def __init__(self) -> None:
        self._skin: Skin | None = None

    def open(self, glb: bytes) -> ExportedBody:
        """The mesh `body` of a GLB made with `parts=body`."""
        scene = trimesh.load_scene(io.BytesIO(glb), file_type="glb", process=False, skip_materials=True)
        mesh = scene.geometry["body"]
        file = np.asarray(mesh.vertices), np.asarray(mesh.faces), _bones(glb)
        if self._skin is None or not self._skin.fits(*file):
            self._skin = Skin.of(*file)
        return ExportedBody(self._skin, self._skin.places(file[0]))


class ExportedBody:
    """The closed skin of one body, as its file has it."""

    def __init__(self, skin: Skin, places: Points) -> None:
        self._skin = skin
        self._mesh = trimesh.Trimesh(places, skin.faces, process=False)
        self._height = places[:, 1]

    def reading_mm(self, name: str, tape: ArrayLike) -> float:
        """What a tape reads where `tape` (points in metres) lies."""
        path = np.asarray(tape, np.float64)
        if name == "stature":
            return float(np.ptp(self._height)) * M_TO_MM
        if name == "inside_leg":
            return float(self._crotch_height() - self._height.min()) * M_TO_MM
        if name in PATHS:
            self._must_touch(path[0])
            self._must_touch(path[-1])
            return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()) * M_TO_MM
        return self._girth(name, *_plane(path)) * M_TO_MM

    def arm_is_joined(self, chest_tape: ArrayLike) -> bool:
        """Whether the chest's plane lies above an armpit, so that the arm there is part of the trunk's loop."""
        return self._joined(self._loops(*_plane(np.asarray(chest_tape, np.float64))))

    def _girth(self, name: str, origin: Points, normal: Points) -> float:
        loops = self._loops(origin, normal)
        if name == "chest_girth" and self._joined(loops):
            around = np.flatnonzero(self._skin.chest)
        elif name in TRUNK:
            around = np.concatenate([loop for loop in loops if not self._is_arm(loop)])
        else:
            around = min(loops, key=lambda loop: float(np.linalg.norm(self._middle(loop) - origin)))
        segments = trimesh.intersections.mesh_plane(self._mesh, normal, origin, local_faces=around)
        across = np.linalg.svd(normal[None])[2][1:]
        return float(ConvexHull(segments.reshape(-1, 3) @ across.T).area)

    def _loops(self, origin: Points, normal: Points) -> list[Indices]:
        """Closed loops of a section: crossed triangles, grouped by the crossed edges that they share."""
        above = (self._mesh.vertices - origin) @ normal > 0.0
        ends = above[self._skin.edges]
        pairs = self._skin.neighbours[ends[:, 0] != ends[:, 1]]
        return list(trimesh.graph.connected_components(pairs, engine="scipy"))

    def _joined(self, loops: Sequence[Indices]) -> bool:
        sides = {bool(self._middle(loop)[0] > 0.0) for loop in loops if self._is_arm(loop)}
        return sides != {False, True}

    def _is_arm(self, loop: Indices) -> bool:
        return bool(self._skin.arms[loop].mean() > 0.5)

    def _middle(self, loop: Indices) -> Points:
        middle: Points = self._mesh.vertices[self._skin.faces[loop]].mean(axis=(0, 1))
        return middle

    def _crotch_height(self) -> float:
        """Where the skin's outline in the plane of symmetry, which nothing crosses below the crotch, is lowest."""
        outline = trimesh.intersections.mesh_plane(self._mesh, (1.0, 0.0, 0.0), (0.0, 0.0, 0.0))
        return float(outline[..., 1].min())

    def _must_touch(self, point: Points) -> None:
        near = np.linalg.norm(self._mesh.vertices - point, axis=1) < NEAR_M
        corners = self._mesh.vertices[self._skin.faces[near[self._skin.faces].any(axis=1)]]
        nearest = trimesh.triangles.closest_point(corners, np.broadcast_to(point, (len(corners), 3)))
        distance = np.linalg.norm(nearest - point, axis=1).min(initial=np.inf)
        if distance > ON_SURFACE_M:
            raise AssertionError(f"the tape ends {distance * M_TO_MM:.1f} mm off the skin")


def _plane(path: Points) -> tuple[Points, Points]:
    """A point inside a closed tape, and the unit normal of the plane that the tape lies in."""
    origin = path.mean(axis=0)
    return origin, np.linalg.svd(path - origin, full_matrices=False)[2][2]


def _bones(glb: bytes) -> NDArray[np.str_]:
    """(v,) name of the bone with the largest weight at each vertex of the mesh `body`."""
    size = struct.unpack_from("<I", glb, 12)[0]
    document = json.loads(glb[20 : 20 + size])
    accessor = _Accessors(document, glb[20 + size + 8 :])
    described = next(item for item in document["meshes"] if item["name"] == "body")
    attributes = described["primitives"][0]["attributes"]
    joints, weights = accessor.array(attributes["JOINTS_0"]), accessor.array(attributes["WEIGHTS_0"])
    strongest = np.take_along_axis(joints, weights.argmax(axis=1, keepdims=True), axis=1)[:, 0]
    names = [document["nodes"][node]["name"].split(":")[-1] for node in document["skins"][0]["joints"]]
    bones: NDArray[np.str_] = np.array(names)[strongest]
    return bones


class _Accessors:
    """Arrays of a GLB's binary chunk (glTF 2.0, section 3.6)."""

    _TYPES: Mapping[int, str] = {5121: "u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
    _WIDTHS: Mapping[str, int] = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}

    def __init__(self, document: dict[str, Any], chunk: bytes) -> None:
        self._document = document
        self._chunk = chunk

    def array(self, index: int) -> NDArray[Any]:
        accessor = self._document["accessors"][index]
        view = self._document["bufferViews"][accessor["bufferView"]]
        kind, width = np.dtype(self._TYPES[accessor["componentType"]]), self._WIDTHS[accessor["type"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        stride = view.get("byteStride", kind.itemsize * width)
        raw = np.frombuffer(
            self._chunk,
            np.uint8,
            offset=start,
            count=stride * (accessor["count"] - 1) + kind.itemsize * width,
        )
        rows = np.lib.stride_tricks.as_strided(raw, (accessor["count"], kind.itemsize * width), (stride, 1))
        return np.ascontiguousarray(rows).view(kind)

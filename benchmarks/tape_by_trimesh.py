"""The tape, read again by somebody else: sections and convex hulls by trimesh and SciPy on the exported GLB.

Only the place of the tape is taken from the receipt (the plane it lies in, or its end points); what is measured
there is the file's own triangles. Limbs are told from the torso by the file's own skin weights, as any tool can.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

M_TO_MM = 1000.0
ON_SURFACE_M = 0.001
"""A tape's end point must lie on the skin."""
CROTCH_SEARCH_M = 0.05
CROTCH_STEP_M = 1e-5

TORSO = ("Hips", "Spine", "Spine1", "Spine2", "LeftShoulder", "RightShoulder")
ARM = ("Arm", "ForeArm", "Hand")
LEG = ("UpLeg", "Leg", "Foot", "ToeBase")
GIRTHS: Mapping[str, tuple[str, ...]] = {
    "neck_girth": ("Neck", "Head", "Spine2", "LeftShoulder", "RightShoulder"),
    "chest_girth": TORSO,
    "waist_girth": TORSO,
    "hip_girth": (*TORSO, "LeftUpLeg", "RightUpLeg"),
    "upper_arm_girth": ARM,
    "wrist_girth": ARM,
    "thigh_girth": LEG,
    "knee_girth": LEG,
    "calf_girth": LEG,
    "ankle_girth": LEG,
}
"""Bones whose skin a girth goes around; limbs on the side where the tape lies."""
PATHS = ("biacromial_breadth", "arm_length", "back_length")


@dataclass(frozen=True)
class ExportedBody:
    """The mesh `body` of a GLB, with the bone that moves each vertex most."""

    mesh: trimesh.Trimesh
    bone: NDArray[np.str_]
    """(v,) name of the bone with the largest weight."""

    @classmethod
    def read(cls, glb: bytes) -> ExportedBody:
        """The body of a GLB made with `parts=body`."""
        mesh = trimesh.load_scene(io.BytesIO(glb), file_type="glb", process=False).geometry["body"]
        size = struct.unpack_from("<I", glb, 12)[0]
        document = json.loads(glb[20 : 20 + size])
        accessor = _Accessors(document, glb[20 + size + 8 :])
        described = next(item for item in document["meshes"] if item["name"] == "body")
        attributes = described["primitives"][0]["attributes"]
        joints, weights = accessor.array(attributes["JOINTS_0"]), accessor.array(attributes["WEIGHTS_0"])
        strongest = np.take_along_axis(joints, weights.argmax(axis=1, keepdims=True), axis=1)[:, 0]
        names = np.array(
            [document["nodes"][node]["name"].split(":")[-1] for node in document["skins"][0]["joints"]]
        )
        return cls(mesh, names[strongest])

    def reading_mm(self, name: str, tape: Sequence[Sequence[float]]) -> float:
        """What a tape reads where `tape` (points in metres) lies."""
        path = np.asarray(tape)
        if name == "stature":
            return float(np.ptp(self.mesh.vertices[:, 1])) * M_TO_MM
        if name == "inside_leg":
            crotch = self._crotch_height(near=float(path[:, 1].max()))
            return float(crotch - self.mesh.vertices[:, 1].min()) * M_TO_MM
        if name in PATHS:
            self._must_touch(path[[0, -1]])
            return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()) * M_TO_MM
        return self._girth(path, GIRTHS[name]) * M_TO_MM

    def _girth(self, path: NDArray[np.float64], bones: Collection[str]) -> float:
        origin, normal = _plane(path)
        segments = trimesh.intersections.mesh_plane(self._part(bones, origin), normal, origin)
        points = segments.reshape(-1, 3) - origin
        across = np.linalg.svd(path - origin, full_matrices=False)[2][:2]
        return float(ConvexHull(points @ across.T).area)

    def _part(self, bones: Collection[str], near: NDArray[np.float64]) -> trimesh.Trimesh:
        side = "Left" if near[0] > 0 else "Right"
        wanted = [bone if bone in self._bones else side + bone for bone in bones]
        chosen = np.isin(self.bone, wanted)[self.mesh.faces].any(axis=1)
        return trimesh.Trimesh(self.mesh.vertices, self.mesh.faces[chosen], process=False)

    @cached_property
    def _bones(self) -> frozenset[str]:
        return frozenset(self.bone.tolist())

    def _crotch_height(self, near: float) -> float:
        """Where the loops of the two legs, going up, become one: found by bisection around a height in metres."""
        whole = trimesh.Trimesh(self.mesh.vertices, self.mesh.faces, process=False)
        whole.merge_vertices(merge_tex=True, merge_norm=True)
        left, right = (
            (self.bone == f"{side}UpLeg")[self.mesh.faces].all(axis=1).nonzero()[0]
            for side in ("Left", "Right")
        )
        low, high = near - CROTCH_SEARCH_M, near + CROTCH_SEARCH_M
        while high - low > CROTCH_STEP_M:
            middle = (low + high) / 2
            joined = any(
                np.isin(left, loop).any() and np.isin(right, loop).any() for loop in _loops(whole, middle)
            )
            low, high = (low, middle) if joined else (middle, high)
        return high

    def _must_touch(self, points: NDArray[np.float64]) -> None:
        for point in points:
            every = np.broadcast_to(point, (len(self.mesh.faces), 3))
            nearest = trimesh.triangles.closest_point(self.mesh.triangles, every)
            distance = np.linalg.norm(nearest - point, axis=1).min()
            if distance > ON_SURFACE_M:
                raise AssertionError(f"the tape ends {distance * M_TO_MM:.1f} mm off the skin")


def _loops(mesh: trimesh.Trimesh, height: float) -> list[NDArray[np.int64]]:
    """Closed loops of a horizontal section: crossed triangles, grouped by the crossed edges that they share."""
    above = mesh.vertices[:, 1] > height
    crossed = np.flatnonzero(above[mesh.faces].any(axis=1) & ~above[mesh.faces].all(axis=1))
    edges = above[mesh.face_adjacency_edges]
    pairs = mesh.face_adjacency[edges[:, 0] != edges[:, 1]]
    return list(trimesh.graph.connected_components(pairs, nodes=crossed, engine="scipy"))


def _plane(path: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    origin = path.mean(axis=0)
    return origin, np.linalg.svd(path - origin, full_matrices=False)[2][2]


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

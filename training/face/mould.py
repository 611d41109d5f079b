"""Bake how a head follows a face: what each of the 468 points does to each vertex of the body template's head.

`python -m training.face.mould` writes `models/head_mould/mould.npz` and its manifest. The field that carries the points to
their places is the one that bends least (biharmonic on the skin); it ends before the tape's neck, the crown and the back
of the head. It is linear in the points and the same for every body, so all that is left to do for a person is a product.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from anthropometry.measurements import NAMES
from bodymodel.arrays import FloatArray, IntArray
from bodymodel.section import OpenSectionError
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from facemodel.landmarks import MESH_POINTS
from facemodel.topology import FaceTopology
from training.body.manifest import write_manifest

STEP = 2.0**-13
"""Shares are whole numbers of this, so that sums of products with points on a grid are never rounded."""
FRONT_STEPS = 128
COVER_STEPS = 255


@dataclass(frozen=True, slots=True)
class MouldArguments:
    """What the bake depends on; lengths in metres on the mean body."""

    models: Path = Path("models")
    """Folder of the committed artifacts."""
    reach: float = 0.075
    """Skin farther than this from every point stays: crown and back of the head."""
    above_neck: float = 0.003
    """Skin that on any body is less than this above the plane of the neck's tape stays, with all that joins it."""
    bodies: int = 200
    """Bodies of the shape space on which that is looked at."""
    hold: float = 2e5
    """How firmly the points are reached: the larger, the nearer, the smaller, the smoother."""
    tension: float = 1e3
    """What keeps the field from overshooting in the lining of mouth and nose."""
    symmetric_behind: tuple[float, float] = (0.055, 0.085)
    """Depths between which the two sides of a head come to be free of each other."""
    ear_low: tuple[float, float, float] = (0.066, 1.53, 0.012)
    ear_high: tuple[float, float, float] = (0.2, 1.615, 0.074)
    """Box about the left ear, which moves as a whole."""
    ear_blend: float = 0.012
    """Width of the skin around an ear that takes part in both."""
    lips_meet: tuple[float, float] = (0.003, 0.008)
    """Distances from the line of the mouth: up to the first both lips go one way, from the second on each its own."""
    lips_kernel: float = 0.003
    """Width of the mean by which they do."""
    cover_fade: float = 0.016
    """From the border of the face inwards, the width in which a face's picture gives way to skin."""
    cover_depth: tuple[float, float] = (0.002, 0.005)
    """Distances from the face between which skin is lining: of mouth, nostrils, lids."""


def bake(arguments: MouldArguments) -> None:
    """Write the mould and its manifest."""
    template = Template.load(arguments.models)
    topology = FaceTopology.load(arguments.models)
    space = ShapeSpace.load(arguments.models, template)
    mean = space.standing(np.zeros(space.size))[0].astype(np.float64)
    head = _Head(template, topology, mean)
    skin = head.free(arguments, space)
    shares = head.shares(skin, arguments)
    ear = head.ear(skin, arguments)
    shares = _with_whole_ears(head.with_joined_lips(skin, shares, arguments), ear, mean[skin, 0])
    vertices, shares = head.with_fittings(skin, shares)
    front = _step(mean[vertices, 2], *arguments.symmetric_behind)
    front[: len(skin)] *= 1.0 - ear
    seen, corners, weights, cover = head.cover(skin, arguments)
    steps = np.rint(shares / STEP)
    folder = arguments.models / "head_mould"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / "mould.npz",
        vertices=vertices.astype(np.uint16),
        steps=steps.astype(np.int16),
        step=np.float64(STEP),
        front=np.rint(front * FRONT_STEPS).astype(np.uint8),
        seen=seen.astype(np.uint16),
        corners=corners.astype(np.uint16),
        weights=weights.astype(np.float32),
        cover=np.rint(cover * COVER_STEPS).astype(np.uint8),
    )
    write_manifest(
        folder,
        name="head_mould",
        version="1.0.0",
        licence="CC0-1.0",
        provenance=["this project, training/face/mould.py, from body_template, body_shape and face_topology"],
        data="no personal data",
        metrics={
            "face_topology": fingerprint(arguments.models / "face_topology" / "topology.npz"),
            "moved_vertices": len(vertices),
            "covered_vertices": len(seen),
            "largest_share": round(float(np.abs(shares).max()), 3),
            "miss_of_a_head_of_the_space_mm": round(head.miss_mm(space, skin, steps * STEP), 3),
        },
        rebuild="python -m training.face.mould",
    )


@dataclass(frozen=True, slots=True)
class _Head:
    template: Template
    topology: FaceTopology
    mean: FloatArray

    @property
    def points(self) -> FloatArray:
        return self.topology.on_template(self.mean)

    def free(self, arguments: MouldArguments, space: ShapeSpace) -> IntArray:
        """Vertices of the skin that may move."""
        count = self.template.body_vertices
        near = cKDTree(self.points).query(self.mean[:count])[0] < arguments.reach
        tape = TapeMeasure(self.template)
        rng = np.random.default_rng(3)
        above = _above_neck(tape, self.mean[:count], self.mean)
        for _ in range(arguments.bodies):
            body = space.standing(rng.normal(size=space.size))[0].astype(np.float64)
            # A body on which no tape can be laid is never delivered.
            with contextlib.suppress(OpenSectionError):
                above = np.minimum(above, _above_neck(tape, body[:count], body))
        stays = self._touching(above < arguments.above_neck)
        for landmark in self.template.landmarks.values():
            stays[landmark.vertices] = True
        free = near & ~stays
        return np.flatnonzero(free & free[self.template.mirror[:count]])

    def shares(self, skin: IntArray, arguments: MouldArguments) -> FloatArray:
        """(r, 468) what each point adds to each free vertex; the same on both sides."""
        laplacian, area = _laplacian(self.mean[: self.template.body_vertices], self.template.body.triangles)
        bending = (laplacian @ sparse.diags_array(1.0 / area) @ laplacian)[skin][:, skin]
        stretching = arguments.tension * laplacian[skin][:, skin]
        reads = self._readers()[:, skin]
        system = bending + stretching + arguments.hold * (reads.T @ reads)
        shares: FloatArray = splu(system.tocsc()).solve(arguments.hold * reads.T.toarray())
        place = np.full(len(self.mean), -1)
        place[skin] = np.arange(len(skin))
        other = place[self.template.mirror[skin]]
        if (other < 0).any():
            raise ValueError("what may move is not the same on both sides")
        symmetric: FloatArray = 0.5 * (shares + shares[other][:, self.topology.mirror])
        return symmetric

    def ear(self, skin: IntArray, arguments: MouldArguments) -> FloatArray:
        """(r,) 1 on the ears, 0 away from them."""
        points = self.mean[skin] * np.where(self.mean[skin, :1] < 0.0, [-1.0, 1.0, 1.0], 1.0)
        inside = ((points > arguments.ear_low) & (points < arguments.ear_high)).all(axis=1)
        away = cKDTree(points[inside]).query(points)[0]
        return 1.0 - _step(away, 0.0, arguments.ear_blend)

    def with_joined_lips(self, skin: IntArray, shares: FloatArray, arguments: MouldArguments) -> FloatArray:
        """Skin on both sides of the line of the mouth goes the same way, or teeth would show through a closed one."""
        points = self.mean[skin]
        line = self.points[self.topology.regions["lips_inner"]]
        away = cKDTree(_along(line)).query(points)[0]
        at = np.flatnonzero(away < arguments.lips_meet[1])
        apart = np.linalg.norm(points[at, None] - points[None, at], axis=2)
        kernel = np.exp(-((apart / arguments.lips_kernel) ** 2))
        mean = kernel / kernel.sum(axis=1, keepdims=True) @ shares[at]
        joined = shares.copy()
        joined[at] += (1.0 - _step(away[at], *arguments.lips_meet))[:, None] * (mean - shares[at])
        return joined

    def with_fittings(self, skin: IntArray, shares: FloatArray) -> tuple[IntArray, FloatArray]:
        """Lashes follow the nearest skin; teeth and tongue go with the lips as a whole."""
        groups = self.template.groups
        lashes = np.unique(
            np.concatenate([quads.quads.ravel() for name, quads in groups.items() if "eyelashes" in name])
        )
        inner = [groups[f"helper-{name}"].quads.ravel() for name in ("upper-teeth", "lower-teeth", "tongue")]
        mouth = np.unique(np.concatenate(inner))
        lids = cKDTree(self.mean[skin]).query(self.mean[lashes], k=4)[1]
        at_lips = self._readers()[self.topology.regions["lips_inner"]][:, skin]
        lips = (at_lips @ shares).mean(axis=0)
        rows = [shares, shares[lids].mean(axis=1), np.repeat(lips[None], len(mouth), axis=0)]
        return np.concatenate([skin, lashes, mouth]), np.concatenate(rows)

    def cover(
        self, skin: IntArray, arguments: MouldArguments
    ) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """Vertices (k,) under a face's picture, where on it each lies (k, 3 points; k, 3 weights), and how far it shows."""
        triangles = self._painted()
        corners, weights, away = nearest(self.mean[skin], self.points, triangles)
        oval = self.points[self.topology.regions["oval"]]
        border = cKDTree(_along(oval)).query(self.mean[skin])[0]
        cover = _step(border, 0.0, arguments.cover_fade) * (1.0 - _step(away, *arguments.cover_depth))
        chosen = cover > 1.0 / COVER_STEPS
        # One ring more, so that every triangle with a covered corner knows where all of its corners lie.
        marked = np.zeros(self.template.body_vertices, np.bool_)
        marked[skin[chosen]] = True
        about = np.flatnonzero(self._touching(marked)[skin])
        return skin[about], corners[about], weights[about], np.where(chosen, cover, 0.0)[about]

    def _painted(self) -> IntArray:
        """Triangles of the face whose picture is skin: not those over the eyes, nor any at the line of the mouth.

        Teeth show along that line in many a photo.
        """
        regions, triangles = self.topology.regions, self.topology.triangles
        over_eyes = np.isin(triangles, regions["left_eye"]).all(axis=1)
        over_eyes |= np.isin(triangles, regions["right_eye"]).all(axis=1)
        painted: IntArray = triangles[~over_eyes & ~np.isin(triangles, regions["lips_inner"]).any(axis=1)]
        return painted

    def miss_mm(self, space: ShapeSpace, skin: IntArray, shares: FloatArray) -> float:
        """Mean distance by which one head of the shape space misses the face of another, sizes and places taken away."""
        rng = np.random.default_rng(7)
        reads = self._readers()[:, skin]
        misses = []
        for _ in range(8):
            own, other = (
                self.topology.on_template(space.standing(rng.normal(size=space.size) * 0.8)[0])
                for _ in range(2)
            )
            own, other = own - own.mean(axis=0), other - other.mean(axis=0)
            wanted = other * (np.linalg.norm(own) / np.linalg.norm(other)) - own
            misses.append(np.linalg.norm(reads @ (shares[: len(skin)] @ wanted) - wanted, axis=1).mean())
        return float(np.mean(misses)) * 1e3

    def _readers(self) -> sparse.csr_array:
        """(468, body vertices) rows that read a point off the skin."""
        entries = (
            self.topology.template_weights.ravel(),
            (np.repeat(np.arange(MESH_POINTS), 3), self.topology.template_corners.ravel()),
        )
        return sparse.csr_array(entries, shape=(MESH_POINTS, self.template.body_vertices))

    def _touching(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(body vertices,) the marked ones and those that share a triangle with one."""
        triangles = self.template.body.triangles
        wider = marked.copy()
        wider[triangles[marked[triangles].any(axis=1)]] = True
        return wider


def fingerprint(path: Path) -> str:
    """SHA-256 of a file: a mould fits the topology that it was made from, and no other."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _above_neck(tape: TapeMeasure, skin: FloatArray, body: FloatArray) -> FloatArray:
    """(n,) how far skin lies above the plane of the neck's tape, metres."""
    loop = tape.polylines(body)[NAMES.index("neck_girth")][:-1]
    normal = np.linalg.svd(loop - loop.mean(axis=0))[2][2]
    above: FloatArray = (skin - loop.mean(axis=0)) @ (normal * np.sign(normal[1]))
    return above


def nearest(
    places: FloatArray, points: FloatArray, triangles: IntArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """The nearest place of a surface to each of (n, 3): its corners (n, 3), weights (n, 3), and how far it is (n,)."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    reach = cKDTree((a + b + c) / 3.0).query(places, k=24)[1]
    best, weights, away = np.zeros(len(places), int), np.zeros((len(places), 3)), np.full(len(places), np.inf)
    for candidate in reach.T:
        found = _on_triangle(places, a[candidate], b[candidate], c[candidate])
        at = found[:, :1] * a[candidate] + found[:, 1:2] * b[candidate] + found[:, 2:] * c[candidate]
        distance = np.linalg.norm(at - places, axis=1)
        better = distance < away
        best[better], weights[better], away[better] = candidate[better], found[better], distance[better]
    return triangles[best], weights, away


def _on_triangle(place: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """(n, 3) weights of the place on each triangle that is nearest to each place."""
    inside = _plane_weights(place, a, b, c)
    best, least = inside, np.where((inside >= 0.0).all(axis=1), 0.0, np.inf)
    for number, (start, end) in enumerate(((a, b), (b, c), (c, a))):
        edge = end - start
        share = np.clip(
            np.einsum("ni,ni->n", place - start, edge) / (np.einsum("ni,ni->n", edge, edge) + 1e-18), 0.0, 1.0
        )
        distance = np.linalg.norm(start + share[:, None] * edge - place, axis=1)
        weights = np.zeros_like(inside)
        weights[:, number], weights[:, (number + 1) % 3] = 1.0 - share, share
        better = distance < least
        best, least = np.where(better[:, None], weights, best), np.minimum(distance, least)
    return best


def _plane_weights(place: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    u, v, w = b - a, c - a, place - a
    uu, uv, vv = (np.einsum("ni,ni->n", *pair) for pair in ((u, u), (u, v), (v, v)))
    wu, wv = np.einsum("ni,ni->n", w, u), np.einsum("ni,ni->n", w, v)
    area = uu * vv - uv * uv + 1e-24
    second, third = (vv * wu - uv * wv) / area, (uu * wv - uv * wu) / area
    return np.stack([1.0 - second - third, second, third], axis=1)


def _with_whole_ears(shares: FloatArray, ear: FloatArray, side: FloatArray) -> FloatArray:
    """Ears move with the mean of what their own skin would do."""
    whole = shares.copy()
    for mine in (side > 0.0, side < 0.0):
        mean = shares[mine & (ear == 1.0)].mean(axis=0)
        whole[mine] += ear[mine, None] * (mean - shares[mine])
    return whole


def _laplacian(points: FloatArray, triangles: IntArray) -> tuple[sparse.csr_array, FloatArray]:
    """The skin's cotangent Laplacian (n, n), positive, and the area about each vertex (n,)."""
    count = len(points)
    rows, columns, values = [], [], []
    area = np.zeros(count)
    for corner in range(3):
        i, j, opposite = (triangles[:, (corner + step) % 3] for step in range(3))
        u, v = points[i] - points[opposite], points[j] - points[opposite]
        twice = np.linalg.norm(np.cross(u, v), axis=1)
        half = np.clip(np.einsum("ni,ni->n", u, v) / np.maximum(twice, 1e-12), -2.0, 10.0) / 2.0
        rows += [i, j, i, j]
        columns += [j, i, i, j]
        values += [-half, -half, half, half]
        np.add.at(area, i, twice / 6.0)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(entries, shape=(count, count)), np.maximum(area, 1e-9)


def _along(loop: FloatArray) -> FloatArray:
    """Points every tenth of an edge along a closed line (n, 3)."""
    share = np.linspace(0.0, 1.0, 10, endpoint=False)[:, None, None]
    return ((1.0 - share) * loop + share * np.roll(loop, -1, axis=0)).reshape(-1, 3)


def _step(x: FloatArray, start: float, end: float) -> FloatArray:
    """Smooth 0..1 from `start` to `end`."""
    t = np.clip((x - start) / (end - start), 0.0, 1.0)
    smooth: FloatArray = t * t * (3.0 - 2.0 * t)
    return smooth


if __name__ == "__main__":
    bake(MouldArguments())

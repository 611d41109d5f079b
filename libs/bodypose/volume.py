"""How much of its volume the skin around a joint keeps in a pose.

A joint's region is the skin of its limb within a fixed distance of the joint on the standing body: 45 % of the length of
the bone that turns. It is closed by a fan from the middle of each of its borders; what folds over counts as negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bodymodel.template import Template
from bodypose.arrays import FloatArray, IntArray

_REACH = 0.45
_TRUNK = ("Hips", "Spine", "Spine1", "Spine2")


@dataclass(frozen=True, slots=True)
class _Joint:
    """Where a region lies, on the left; the right one is its mirror."""

    at: str
    bone: tuple[str, str]
    """From where to where the bone runs whose length gives the distance."""
    skin: tuple[str, ...]
    """Bones that hold the region's skin."""


_JOINTS: Mapping[str, _Joint] = {
    "shoulder": _Joint("LeftArm", ("LeftArm", "LeftForeArm"), ("LeftArm", "LeftShoulder", "Neck", *_TRUNK)),
    "elbow": _Joint("LeftForeArm", ("LeftForeArm", "LeftHand"), ("LeftArm", "LeftForeArm")),
    "wrist": _Joint("LeftHand", ("LeftForeArm", "LeftHand"), ("LeftForeArm", "LeftHand")),
    "hip": _Joint("LeftUpLeg", ("LeftUpLeg", "LeftLeg"), ("LeftUpLeg", "Hips", "Spine")),
    "knee": _Joint("LeftLeg", ("LeftLeg", "LeftFoot"), ("LeftUpLeg", "LeftLeg")),
}
JOINTS: tuple[str, ...] = tuple(_JOINTS)
"""Joints whose volume is measured; `wrist` is the half of the forearm that turns with the hand."""


@dataclass(frozen=True, slots=True)
class Region:
    """The closed skin around one joint."""

    triangles: IntArray
    """(m, 3) body vertices."""
    rims: tuple[IntArray, ...]
    """Borders, the region on their left."""

    def volume(self, vertices: FloatArray) -> float:
        """Cubic metres inside it on a body (V, 3)."""
        corners = vertices[self.triangles].astype(np.float64)
        total = _signed(corners[:, 0], corners[:, 1], corners[:, 2])
        for rim in self.rims:
            ring = vertices[rim].astype(np.float64)
            middle = np.broadcast_to(ring.mean(axis=0), ring.shape)
            total += _signed(middle, np.roll(ring, -1, axis=0), ring)
        return total


def regions(template: Template, vertices: FloatArray, heads: FloatArray) -> Mapping[str, Region]:
    """The regions of all joints, such as `Left elbow`, on a standing body: vertices (V, 3), bone heads (B, 3)."""
    return {
        f"{side} {name}": _region(template, vertices, heads, joint, side)
        for name, joint in _JOINTS.items()
        for side in ("Left", "Right")
    }


def _region(template: Template, vertices: FloatArray, heads: FloatArray, joint: _Joint, side: str) -> Region:
    place = {bone.replace(side, "Left", 1): heads[index] for index, bone in enumerate(template.bones)}
    number = {bone.replace(side, "Left", 1): index for index, bone in enumerate(template.bones)}
    count = template.body_vertices
    start, end = joint.bone
    reach = _REACH * np.linalg.norm(place[end] - place[start])
    near = np.linalg.norm(vertices[:count] - place[joint.at], axis=1) < reach
    near &= np.isin(template.dominant_bones()[:count], [number[bone] for bone in joint.skin])
    near &= vertices[:count, 0] * place[joint.at][0] >= 0.0
    triangles = template.body.triangles
    triangles = _largest(triangles[near[triangles].all(axis=1)], count)
    return Region(triangles, _rims(triangles))


def _largest(triangles: IntArray, count: int) -> IntArray:
    """The largest piece of a surface that hangs together."""
    at = (triangles.ravel(), np.roll(triangles, 1, axis=1).ravel())
    links = sparse.coo_array((np.ones(triangles.size), at), shape=(count, count))
    piece = sparse.csgraph.connected_components(links, directed=False)[1][triangles[:, 0]]
    largest: IntArray = triangles[piece == np.bincount(piece).argmax()]
    return largest


def _rims(triangles: IntArray) -> tuple[IntArray, ...]:
    """Closed chains of border vertices, the surface on their left."""
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).tolist()
    edges = {(a, b) for a, b in directed}
    follow = {a: b for a, b in sorted(edges) if (b, a) not in edges}
    rims = []
    while follow:
        start, at = follow.popitem()
        chain = [start]
        while at != start:
            chain.append(at)
            at = follow.pop(at)
        rims.append(np.array(chain))
    return tuple(rims)


def _signed(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    return float(np.einsum("fi,fi->", a, np.cross(b, c))) / 6.0

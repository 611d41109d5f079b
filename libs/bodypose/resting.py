"""How a body that falls comes to rest on the floor.

A pose is angles, and bodies differ: what lies flat on one body leaves another on its heels alone. A body on a floor ends
on a face of its convex hull that its centre of mass is above; of those the nearest is taken.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.transform import Rotation

from bodypose.arrays import FloatArray, IntArray

ON_GROUND_M = 0.03
"""Skin this near to the floor carries: soles are not flat, and a foot that hovers by so much has landed once the body has
rocked by two degrees. Legs differ in their proportions, and a pose is angles."""
_STEADY_M = 0.006
"""A body whose centre is this far inside of what carries it stays as it is."""
_MOST_RAD = np.radians(25.0)
"""A body that would roll further is left as it is: it would be another pose."""
_ON_EDGE = -1e-9
"""Qhull cuts flat faces into triangles; what lies on such a cut lies on the face."""
_DOWN = np.array([0.0, -1.0, 0.0])


def laid(skin: FloatArray, triangles: IntArray) -> FloatArray:
    """(3, 3) rotation that brings a body to rest: its closed skin (n, 3), triangles (m, 3), Y up.

    The identity where it rests as it is, or nowhere near.
    """
    centre = centroid(skin, triangles)
    if _steady(skin, centre):
        return np.eye(3)
    hull = ConvexHull(skin)
    normals = hull.equations[:, :3]
    stable = _above(centre, skin[hull.simplices], normals)
    angles = np.where(stable, np.arccos(np.clip(normals @ _DOWN, -1.0, 1.0)), np.inf)
    nearest = int(angles.argmin())
    return _leading(normals[nearest]) if angles[nearest] <= _MOST_RAD else np.eye(3)


def centroid(skin: FloatArray, triangles: IntArray) -> FloatArray:
    """(3,) the middle of the volume in a closed skin (n, 3)."""
    a, b, c = skin[triangles].astype(np.float64).swapaxes(0, 1)
    volumes = np.einsum("fi,fi->f", a, np.cross(b, c))
    middle: FloatArray = volumes @ (a + b + c) / (4.0 * volumes.sum())
    return middle


def _steady(skin: FloatArray, centre: FloatArray) -> bool:
    """Whether a point lies above what carries a body."""
    ground = skin[skin[:, 1] < skin[:, 1].min() + ON_GROUND_M][:, [0, 2]]
    try:
        edges = ConvexHull(ground).equations
    except QhullError:
        return False
    return bool((edges[:, :2] @ centre[[0, 2]] + edges[:, 2]).max() < -_STEADY_M)


def _above(point: FloatArray, faces: FloatArray, normals: FloatArray) -> NDArray[np.bool_]:
    """(f,) the faces (f, 3, 3) that a point inside of the hull is straight above."""
    sides = np.roll(faces, -1, axis=1) - faces
    inward = np.cross(normals[:, None], sides)
    # Qhull orders corners as it likes: the third one says which way is in.
    opposite = np.einsum("fsi,fsi->fs", inward, np.roll(faces, -2, axis=1) - faces)
    found: NDArray[np.bool_] = (
        np.einsum("fsi,fsi->fs", inward, point - faces) * np.sign(opposite) >= _ON_EDGE
    ).all(axis=1)
    return found


def _leading(normal: FloatArray) -> FloatArray:
    """(3, 3) the least rotation that leads a direction straight down."""
    axis = np.cross(normal, _DOWN)
    length = float(np.linalg.norm(axis))
    angle = np.arctan2(length, float(normal @ _DOWN))
    rotation: FloatArray = Rotation.from_rotvec(axis * (angle / max(length, 1e-12))).as_matrix()
    return rotation

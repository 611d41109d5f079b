"""The peer of the template fit: Poisson surface reconstruction by Open3D, and distances between surfaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import open3d
import trimesh
from numpy.typing import NDArray

Floats = NDArray[np.floating]

DEPTH = 8
"""Levels of the octree: 256 cells along the body's height."""
SAMPLES = 20_000
"""Points on each surface whose distance from the other is taken."""
M_TO_MM = 1000.0


@dataclass(frozen=True)
class Distance:
    """Between two surfaces, both ways, in millimetres."""

    mean: float
    largest: float
    """The Hausdorff distance, as far as the samples see."""


def reconstruct(points: Floats, normals: Floats) -> trimesh.Trimesh:
    """The surface that Poisson's equation draws through (n, 3) points in metres with their unit normals."""
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points.astype(np.float64)))
    cloud.normals = open3d.utility.Vector3dVector(normals.astype(np.float64))
    mesh, _ = open3d.geometry.TriangleMesh.create_from_point_cloud_poisson(cloud, depth=DEPTH)
    return trimesh.Trimesh(np.asarray(mesh.vertices), np.asarray(mesh.triangles), process=False)


def distance_mm(one: trimesh.Trimesh, other: trimesh.Trimesh) -> Distance:
    """How far points of each surface are from the other."""
    there, back = _from_samples(one, other), _from_samples(other, one)
    return Distance(float((there.mean() + back.mean()) / 2.0), float(max(there.max(), back.max())))


def _from_samples(start: trimesh.Trimesh, end: trimesh.Trimesh) -> Floats:
    """(n,) millimetres from points on one surface to the nearest place of the other."""
    points, _ = trimesh.sample.sample_surface(start, SAMPLES, seed=0)
    scene = open3d.t.geometry.RaycastingScene()
    scene.add_triangles(_tensor(end.vertices.astype(np.float32)), _tensor(end.faces.astype(np.uint32)))
    distances: Floats = scene.compute_distance(_tensor(points.astype(np.float32))).numpy() * M_TO_MM
    return distances


def _tensor(values: NDArray[np.generic]) -> open3d.core.Tensor:
    return open3d.core.Tensor.from_numpy(np.ascontiguousarray(values))

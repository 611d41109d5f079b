"""Points as they were uploaded, and what is kept of them: no strays, no crumbs, evenly spread.

The unit of length is not known here, so every distance is a share of the cloud's own size.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from services.mesher.domain.errors import InvalidCloud, TooManyPoints
from services.mesher.domain.surface import FloatArray, IntArray

MOST_POINTS = 2_000_000
MOST_FACES = 4_000_000
FEWEST_POINTS = 500
"""Fewer cannot tell a person from a coat-stand."""

_STEPS = 160
"""Cells along the cloud's main direction in which strays are looked for: about a centimetre for a person."""
_LARGEST = 1e9
_SMALLEST = 1e-9
_FAR = 500_000
_CORE_PERCENT = (2.0, 98.0)
"""The part of the cloud along its main direction that says how large it is, whatever flies about."""
_FLAT = 0.02
"""Least share of the cloud's spread that its thinnest direction has."""
_NEIGHBOURS = 10
_LONELY = 2.0
"""A cell is a stray when its neighbours are so many times farther away than is usual."""
_SPARSE = 0.05
"""A cell is a stray too when it has less than this share of the points that are usual."""
_APART = 4.0
"""Cells farther apart than so many usual distances do not touch."""
_CRUMB = 0.01
"""A lump with a smaller share of all cells is dropped."""
_NORMAL_NEIGHBOURS = 16
_SAMPLES = 100_000
_PLASTIC = np.array([0.7548776662466927, 0.5698402909980532])


class CloudFormat(enum.Enum):
    """What an uploaded cloud is written in."""

    PLY = "ply"
    XYZ = "xyz"
    OBJ = "obj"


@dataclass(frozen=True, slots=True)
class Cloud:
    """An upload, checked."""

    points: FloatArray
    """(n, 3) float64 in the upload's unit, finite."""
    faces: IntArray
    """(f, 3) indices of points; none where it is a cloud without a surface."""


def checked(points: FloatArray, faces: IntArray) -> Cloud:
    """Raise InvalidCloud for what no body could be found in, whatever it is."""
    if len(points) < FEWEST_POINTS:
        raise InvalidCloud("cloud.too_few_points", "the cloud has too few points", f"{FEWEST_POINTS} points")
    if len(points) > MOST_POINTS:
        raise TooManyPoints(MOST_POINTS)
    if not (np.abs(points) <= _LARGEST).all():
        raise InvalidCloud("cloud.not_finite", "a point is not finite", f"finite numbers up to {_LARGEST:g}")
    if faces.size and not (faces.min() >= 0 and faces.max() < len(points)):
        raise InvalidCloud(
            "cloud.bad_index", "a face names a point that is not there", f"{len(points)} points"
        )
    return Cloud(points, faces)


def on_surface(cloud: Cloud) -> FloatArray:
    """(s, 3) points spread evenly over the cloud's triangles: a coarse mesh says where its surface is between vertices."""
    a, b, c = (cloud.points[cloud.faces[:, corner]] for corner in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    if not areas.sum() > 0.0:
        return np.zeros((0, 3))
    ends = np.cumsum(areas)
    chosen = np.searchsorted(ends, (np.arange(_SAMPLES) + 0.5) * (ends[-1] / _SAMPLES))
    # Roberts' sequence: no two samples of a triangle come close, and none depends on chance.
    share = (np.arange(1, _SAMPLES + 1)[:, None] * _PLASTIC) % 1.0
    beyond = share.sum(axis=1) > 1.0
    share[beyond] = 1.0 - share[beyond]
    u, v = share[:, :1], share[:, 1:]
    samples: FloatArray = a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen]
    return samples


def kept(points: FloatArray) -> NDArray[np.bool_]:
    """(n,) which points belong to the thing scanned. Raises InvalidCloud where they are flat, a line, or a point."""
    middles, cell_of = gridded(points, _STEPS)
    company = _unstrayed(middles, np.bincount(cell_of))
    company[company] = _whole(middles[company])
    _refuse_flat(middles[company])
    if company.sum() * 2 < FEWEST_POINTS:
        raise InvalidCloud("cloud.too_few_points", "the cloud has too few points", f"{FEWEST_POINTS} points")
    belongs: NDArray[np.bool_] = company[cell_of]
    return belongs


def gridded(points: FloatArray, steps: int) -> tuple[FloatArray, IntArray]:
    """Mean points (m, 3) of the occupied cells of a grid with so many steps along the cloud, and each point's cell."""
    directions, _ = main_directions(points)
    low, high = np.percentile(points @ directions[0], _CORE_PERCENT)
    size = float(high - low) / steps
    if size <= _SMALLEST:
        raise InvalidCloud("cloud.flat", "the points lie on each other", "points of a body")
    # Strays may be any distance away: beyond half a million cells they share the last one.
    place = (
        np.clip(np.floor((points - np.median(points, axis=0)) / size), -_FAR, _FAR).astype(np.int64) + _FAR
    )
    keys = (place[:, 0] << 42) | (place[:, 1] << 21) | place[:, 2]
    _, cell_of, counts = np.unique(keys, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(cell_of, points[:, axis]) for axis in range(3)], axis=1)
    return sums / counts[:, None], cell_of


def normals(points: FloatArray) -> FloatArray:
    """(m, 3) unit normals of either sign: the direction in which a point's neighbours spread least."""
    _, nearest = cKDTree(points).query(points, k=_NORMAL_NEIGHBOURS)
    offsets = points[nearest] - points[nearest].mean(axis=1, keepdims=True)
    _, directions = np.linalg.eigh(np.einsum("mki,mkj->mij", offsets, offsets))
    least: FloatArray = directions[:, :, 0]
    return least


def main_directions(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(3, 3) rows along which points spread most, less, least; and (3,) their standard deviations."""
    centred = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(points))
    return vectors[:, ::-1].T, np.sqrt(np.maximum(values[::-1], 0.0))


def _unstrayed(points: FloatArray, counts: IntArray) -> NDArray[np.bool_]:
    """(m,) whether a cell has company, and as many points as cells of the surface may have. What is usual is asked of
    the points, most of which lie on the surface, not of the cells, most of which may hold a stray.
    """
    distances, _ = cKDTree(points).query(points, k=min(_NEIGHBOURS, len(points)))
    loneliness = distances.mean(axis=1)
    company: NDArray[np.bool_] = loneliness < _LONELY * _usual(loneliness, counts)
    return company & (counts >= _SPARSE * _usual(counts, counts))


def _usual(values: FloatArray | IntArray, counts: IntArray) -> float:
    """The median over points of what cells (m,) with so many points (m,) have."""
    order = np.argsort(values)
    middle = np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2.0)
    return float(values[order[middle]])


def _whole(points: FloatArray) -> NDArray[np.bool_]:
    """(m,) whether a cell belongs to a lump that is more than a crumb."""
    tree = cKDTree(points)
    distances, _ = tree.query(points, k=min(_NEIGHBOURS, len(points)))
    pairs = tree.query_pairs(_APART * float(np.median(distances[:, 1])), output_type="ndarray")
    links = sparse.coo_array((np.ones(len(pairs), np.bool_), pairs.T), shape=(len(points), len(points)))
    _, lump = csgraph.connected_components(links, directed=False)
    large: NDArray[np.bool_] = np.bincount(lump)[lump] >= _CRUMB * len(points)
    return large


def _refuse_flat(points: FloatArray) -> None:
    _, spread = main_directions(points)
    if spread[2] < _FLAT * spread[0]:
        raise InvalidCloud("cloud.flat", "the points lie in one plane or on one line", "points of a body")

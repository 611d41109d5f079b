"""Whether generated bodies are distributed as real ones, by the measures that point cloud generators are judged with.

Distances between bodies are Chamfer distances of their 10,000 points, as if the order of the points were unknown.
1-NNA, coverage (COV) and minimum matching distance (MMD) are those of Yang et al., PointFlow (ICCV 2019), and
Achlioptas et al. (ICML 2018). The Frechet distance sees both samples as normal distributions.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.spatial import cKDTree

from training.body.source import FloatArray

MM = 1000.0
_clouds: list[FloatArray] = []
"""Clouds of a worker process, set when it starts."""


def chamfer_mm2(first: FloatArray, second: FloatArray) -> float:
    """Chamfer distance of two clouds (n, 3), (m, 3) in metres: mean squared distances to the nearest, both ways, mm^2."""
    there = cKDTree(second).query(first)[0]
    back = cKDTree(first).query(second)[0]
    return float(np.square(there).mean() + np.square(back).mean()) * MM**2


def chamfer_matrix_mm2(clouds: Sequence[FloatArray]) -> FloatArray:
    """(N, N) distances of all pairs, on every core."""
    pairs = list(itertools.combinations(range(len(clouds)), 2))
    matrix = np.zeros((len(clouds), len(clouds)))
    with ProcessPoolExecutor(os.cpu_count(), initializer=_clouds.extend, initargs=(clouds,)) as pool:
        for (row, column), distance in zip(pairs, pool.map(_pair, pairs, chunksize=200), strict=True):
            matrix[row, column] = matrix[column, row] = distance
    return matrix


def _pair(pair: tuple[int, int]) -> float:
    return chamfer_mm2(_clouds[pair[0]], _clouds[pair[1]])


def two_sample(matrix: FloatArray, generated: int) -> dict[str, float]:
    """1-NNA, COV and MMD from the distances of the first `generated` bodies and the real ones that follow.

    1-NNA is the share of bodies whose nearest other body is of their own kind: 0.5 where nobody can tell them apart,
    1 where everybody can. COV is the share of real bodies that are the nearest one of some generated body, MMD the
    mean distance of a real body from the nearest generated one.
    """
    among = matrix + np.diag(np.full(len(matrix), np.inf))
    is_generated = np.arange(len(matrix)) < generated
    own_kind = is_generated[among.argmin(axis=1)] == is_generated
    across = matrix[:generated, generated:]
    return {
        "one_nna": round(float(own_kind.mean()), 3),
        "coverage": round(len(np.unique(across.argmin(axis=1))) / across.shape[1], 3),
        "mmd_mm2": round(float(across.min(axis=0).mean()), 2),
    }


def frechet(first: FloatArray, second: FloatArray) -> float:
    """Frechet distance between two samples (N, K) seen as normal distributions, in their unit."""
    covariances = [np.cov(sample.T.astype(np.float64)) for sample in (first, second)]
    roots = np.linalg.eigvals(covariances[0] @ covariances[1]).real.clip(0.0)
    shift = np.square(first.mean(axis=0) - second.mean(axis=0)).sum()
    spread = np.trace(covariances[0]) + np.trace(covariances[1]) - 2.0 * np.sqrt(roots).sum()
    return float(np.sqrt(max(shift + spread, 0.0)))


def nearest(bodies: FloatArray, among: FloatArray) -> FloatArray:
    """(N,) distance of each body (N, K) from the nearest of (M, K); coefficients in millimetres of surface."""
    squares = np.square(among).sum(axis=1)
    nearest_squares = [(squares - 2.0 * (among @ body)).min() + body @ body for body in bodies]
    distances: FloatArray = np.sqrt(np.maximum(nearest_squares, 0.0))
    return distances

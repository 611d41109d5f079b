from __future__ import annotations

import numpy as np
import pytest

from training.body.realism import chamfer_matrix_mm2, chamfer_mm2, frechet, nearest, two_sample


def test_the_chamfer_distance_of_a_shifted_grid() -> None:
    grid = np.stack(np.meshgrid(*[np.arange(4.0)] * 3), axis=-1).reshape(-1, 3)
    assert chamfer_mm2(grid, grid) == 0.0
    assert chamfer_mm2(grid, grid + np.array([0.0, 0.001, 0.0])) == pytest.approx(2.0)
    assert chamfer_mm2(grid, grid[::-1]) == 0.0  # order plays no part


def test_distances_of_all_pairs_are_symmetric() -> None:
    clouds = [np.random.default_rng(seed).normal(size=(50, 3)) for seed in range(4)]
    matrix = chamfer_matrix_mm2(clouds)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix[1, 2] == pytest.approx(chamfer_mm2(clouds[1], clouds[2]))
    assert not np.diag(matrix).any()


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    points = np.concatenate([first, second])
    squares: np.ndarray = np.square(points[:, None] - points[None]).sum(axis=2)
    return squares


def test_two_samples_of_one_distribution_cannot_be_told_apart() -> None:
    rng = np.random.default_rng(0)
    alike = two_sample(distances(rng.normal(size=(400, 2)), rng.normal(size=(400, 2))), 400)
    assert alike["one_nna"] == pytest.approx(0.5, abs=0.06)
    apart = two_sample(distances(rng.normal(size=(400, 2)), rng.normal(size=(400, 2)) + 9.0), 400)
    assert apart["one_nna"] == 1.0
    assert apart["mmd_mm2"] > alike["mmd_mm2"]
    # One body, again and again, covers next to nobody.
    repeated = two_sample(distances(np.zeros((400, 2)), rng.normal(size=(400, 2))), 400)
    assert repeated["coverage"] == pytest.approx(1 / 400, abs=1e-3)


def test_the_frechet_distance_of_shifted_and_scaled_normals() -> None:
    rng = np.random.default_rng(0)
    first = rng.standard_normal((20000, 2))
    assert frechet(first, first + np.array([3.0, 4.0])) == pytest.approx(5.0, rel=1e-3)
    assert frechet(first, 2.0 * first) == pytest.approx(np.sqrt(2.0), rel=0.03)


def test_the_nearest_is_the_nearest() -> None:
    rng = np.random.default_rng(1)
    bodies, among = rng.normal(size=(5, 7)), rng.normal(size=(40, 7))
    expected = np.linalg.norm(bodies[:, None] - among[None], axis=2).min(axis=1)
    np.testing.assert_allclose(nearest(bodies, among), expected)
    np.testing.assert_allclose(nearest(among[:3], among), 0.0, atol=1e-6)

"""Triangles and texture coordinates of a face's points, and the way of points to the skin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from facemodel.arrays import FloatArray, IntArray
from training.face import correspondence, mesh

_RING = 24


def discs(rng: np.random.Generator) -> tuple[FloatArray, IntArray, dict[str, IntArray]]:
    """Points of a disc, alike on both sides: a border, a narrow loop that a free triangulation would cut, some inside."""
    turn = np.pi / 2.0 - 2.0 * np.pi * np.arange(_RING) / _RING
    border = np.column_stack([np.cos(turn), np.sin(turn)])
    slit = np.column_stack([0.6 * np.cos(turn[::3]), 0.02 * np.sin(turn[::3])])
    right = np.column_stack([-rng.uniform(0.1, 0.6, 20), rng.uniform(-0.6, 0.6, 20)])
    right[:, 1] += 0.12 * np.sign(right[:, 1])
    right = np.concatenate([right, [[-0.21, 0.06], [-0.21, -0.06]]])
    middle = np.column_stack([np.zeros(6), [0.8, 0.55, 0.3, -0.3, -0.55, -0.8]])
    points = np.concatenate([border, slit, right, right * [-1.0, 1.0], middle])
    mirror = correspondence.mirror_table(np.column_stack([points, np.zeros(len(points))]))
    loops: dict[str, IntArray] = {"oval": np.arange(_RING), "slit": np.arange(_RING, _RING + 8)}
    return points, mirror, loops


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_loops_are_edges_and_the_disc_is_covered_once(seed: int) -> None:
    points, mirror, loops = discs(np.random.default_rng(seed))
    triangles = mesh.triangulated(points, mirror, loops)
    areas = mesh.signed_areas(points, triangles)
    border = points[loops["oval"]]
    whole = -mesh.signed_areas(border, np.array([[0, i, i + 1] for i in range(1, _RING - 1)])).sum()
    assert (areas > 0.0).all()
    assert areas.sum() == pytest.approx(whole)
    edges = {tuple(sorted(pair)) for a, b, c in triangles.tolist() for pair in ((a, b), (b, c), (c, a))}
    for loop in loops.values():
        assert all(
            tuple(sorted(pair)) in edges
            for pair in zip(loop.tolist(), np.roll(loop, -1).tolist(), strict=True)
        )


def test_a_free_triangulation_would_cut_the_narrow_loop() -> None:
    points, _, loops = discs(np.random.default_rng(1))
    edges = {
        tuple(sorted(pair))
        for a, b, c in Delaunay(points).simplices.tolist()
        for pair in ((a, b), (b, c), (c, a))
    }
    slit = loops["slit"].tolist()
    assert any(tuple(sorted(pair)) not in edges for pair in pairwise(slit))


def test_loops_that_cross_are_refused() -> None:
    points, mirror, loops = discs(np.random.default_rng(1))
    crossing = loops | {"other": np.array([3, loops["slit"][3], 9])}
    with pytest.raises(ValueError, match="cross"):
        mesh.triangulated(points, mirror, crossing)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_no_springs_turn_a_triangle_over(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, mirror, loops = discs(rng)
    triangles = mesh.triangulated(points, mirror, loops)
    bent = np.column_stack([points, -0.5 * (points**2).sum(axis=1)])
    ease = rng.uniform(0.3, 6.0, len(points))
    uv = mesh.unwrapped(bent, triangles, loops["oval"], mirror, (ease + ease[mirror]) / 2.0)
    assert (mesh.signed_areas(uv * [1.0, -1.0], triangles) > 0.0).all()
    np.testing.assert_allclose(1.0 - uv[mirror, 0], uv[:, 0], atol=1e-6)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_snapping_finds_the_nearest_place(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vertices = rng.normal(size=(30, 3))
    triangles = np.array([rng.choice(30, 3, replace=False) for _ in range(25)])
    point = rng.normal(size=(1, 3))
    axes = rng.normal(size=(3, 3)) + 2.0 * np.eye(3)
    corners, weights = correspondence.snapped(point, vertices, triangles, (axes @ axes.T)[None])
    found = np.linalg.norm((weights[0] @ vertices[corners[0]] - point[0]) @ axes)
    shares = rng.dirichlet(np.ones(3), 400)
    sampled = np.einsum("sc,fcx->fsx", shares, vertices[triangles]) - point[0]
    assert found <= np.linalg.norm(sampled @ axes, axis=2).min() + 1e-9
    assert weights.min() >= 0.0
    assert weights.sum() == pytest.approx(1.0)


def test_points_without_a_mirror_image_are_refused() -> None:
    points = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [5.0, 1.0, 0.0], [1.0, 2.0, 0.0], [3.0, 2.2, 0.0]])
    with pytest.raises(ValueError, match="symmetric"):
        correspondence.mirror_table(points)

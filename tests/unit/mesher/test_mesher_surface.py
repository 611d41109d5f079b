"""Surfaces against shapes whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from services.mesher.domain import hull, surface


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A flat square of side x side quads in the plane Z = 0, one metre wide."""
    x, y = np.meshgrid(np.linspace(0, 1, side + 1), np.linspace(0, 1, side + 1))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    first = (np.arange(side)[:, None] * (side + 1) + np.arange(side)[None]).ravel()
    quads = np.stack([first, first + 1, first + side + 2, first + side + 1], axis=1)
    return points, quads


def patch_of(points: np.ndarray, quads: np.ndarray) -> surface.Patch:
    count = len(points)
    return surface.Patch(
        sparse.csr_array(sparse.eye_array(count)), surface.triangulate(quads), np.full(count, -1)
    )


def area(points: np.ndarray, triangles: np.ndarray) -> float:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)


def test_a_cut_along_a_line_leaves_exactly_the_area_beyond_it() -> None:
    points, quads = grid(7)
    cut = surface.clip(patch_of(points, quads), [points @ [1.0, 0.3, 0.0] - 0.4])
    kept = cut.rows @ points
    # A trapezium: the line runs from x = 0.4 at the bottom to x = 0.1 at the top.
    assert area(kept, cut.triangles) == pytest.approx(1.0 - (0.4 + 0.1) / 2.0, abs=1e-6)
    border = kept[cut.border == 0]
    np.testing.assert_allclose(border @ [1.0, 0.3, 0.0], 0.4, atol=1e-6)
    assert len(surface.border_loops(cut.triangles)) == 1


def test_a_cut_leaves_no_slivers() -> None:
    points, quads = grid(8)
    cut = surface.clip(patch_of(points, quads), [points[:, 0] - 0.2501])
    a, b, c = ((cut.rows @ points)[cut.triangles[:, k]] for k in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0
    assert areas.min() > 0.2 * np.median(areas)


def test_two_cuts_number_their_borders() -> None:
    points, quads = grid(6)
    cut = surface.clip(patch_of(points, quads), [points[:, 0] - 0.3, 0.7 - points[:, 1]])
    kept = cut.rows @ points
    np.testing.assert_allclose(kept[cut.border == 0, 0], 0.3, atol=1e-6)
    np.testing.assert_allclose(kept[cut.border == 1, 1], 0.7, atol=1e-6)


def test_refining_a_flat_square_keeps_it_flat_and_quadruples_its_quads() -> None:
    points, quads = grid(4)
    rows, fine = surface.refine(quads, len(points))
    moved = rows @ points
    assert len(fine) == 4 * len(quads)
    np.testing.assert_allclose(moved[:, 2], 0.0, atol=1e-7)
    np.testing.assert_allclose(np.asarray(rows.sum(axis=1)).ravel(), 1.0, atol=1e-6)
    middle = np.linalg.norm(moved[:, :2] - 0.5, axis=1).argmin()
    np.testing.assert_allclose(moved[middle, :2], 0.5, atol=1e-6)


def test_normals_of_a_flat_square_point_up() -> None:
    points, quads = grid(3)
    triangles = surface.triangulate(quads)
    normals = surface.vertex_normals(points, triangles, surface.incidence(triangles, len(points)))
    np.testing.assert_allclose(normals, np.tile([0.0, 0.0, 1.0], (len(points), 1)))


def test_a_border_is_walked_with_the_surface_on_its_left() -> None:
    points, quads = grid(3)
    (loop,) = surface.border_loops(surface.triangulate(quads))
    x, y = points[loop, 0], points[loop, 1]
    signed_area = 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    assert signed_area == pytest.approx(1.0)


def test_girth_of_a_cylinder_is_its_circumference() -> None:
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    ring = np.stack([0.2 * np.sin(angle), np.zeros(360), 0.2 * np.cos(angle)], axis=1)
    points = np.concatenate([ring, ring + np.array([0.0, 1.0, 0.0])])
    edges = np.stack([np.arange(360), np.arange(360) + 360], axis=1)
    assert hull.girth(points, edges, points[:, 1], 0.5, hull.HORIZONTAL) == pytest.approx(
        0.4 * np.pi, rel=1e-4
    )
    assert hull.girth(points, edges, points[:, 1], 2.0, hull.HORIZONTAL) == 0.0


def test_hull_radii_span_two_legs() -> None:
    corners = np.array([[-0.2, 0.5, -0.1], [0.2, 0.5, -0.1], [0.2, 0.5, 0.1], [-0.2, 0.5, 0.1]])
    radii = hull.radii(corners, np.zeros(3), np.array([0.55, 0.5, 0.45]), 0.0)[1]
    np.testing.assert_allclose(radii[np.abs(hull.ANGLES).argmin()], 0.1, atol=2e-3)
    np.testing.assert_allclose(radii[np.abs(hull.ANGLES - np.pi / 2).argmin()], 0.2, atol=2e-3)

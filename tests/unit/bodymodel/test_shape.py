from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bodymodel.shape import GAP_M, ShapeSpace, on_grid
from bodymodel.template import Template

seeds = st.integers(0, 2**16)


def draw(space: ShapeSpace, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=space.size)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_canonical_cloud_leads_back_to_its_body(space: ShapeSpace, seed: int) -> None:
    coefficients = draw(space, seed)
    vertices = space.vertices(coefficients)
    found = space.fit_cloud(space.cloud(coefficients))
    np.testing.assert_allclose(
        found, coefficients, atol=0.05
    )  # float32 clouds: the weakest component is 0.1 mm
    np.testing.assert_allclose(space.vertices(found), vertices, atol=2e-4)


def test_the_cloud_lies_on_the_surface(space: ShapeSpace, template: Template) -> None:
    coefficients = np.zeros(space.size)
    expected = template.canonical(space.vertices(coefficients))
    np.testing.assert_allclose(space.cloud(coefficients), expected, atol=6e-4)  # two vertices are pressed


def test_noise_on_a_cloud_hardly_moves_the_fit(space: ShapeSpace) -> None:
    coefficients = draw(space, 1)
    cloud = space.cloud(coefficients)
    noisy = cloud + np.random.default_rng(2).normal(scale=0.002, size=cloud.shape)
    moved = space.vertices(space.fit_cloud(noisy)) - space.vertices(coefficients)
    assert np.linalg.norm(moved, axis=1).mean() < 0.0005


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_everybody_stands_on_the_floor_in_the_same_pose(
    space: ShapeSpace, template: Template, seed: int
) -> None:
    vertices, heads = space.standing(draw(space, seed))
    at = dict(zip(template.bones, heads, strict=True))
    body = vertices[: template.body_vertices]

    assert body[:, 1].min() == 0.0
    assert 1.2 < np.ptp(body[:, 1]) < 2.3
    for side, sign in (("Left", 1), ("Right", -1)):
        assert abs(at[f"{side}Foot"][0] - at[f"{side}UpLeg"][0]) < 0.006  # legs parallel, hip-wide
        arm = (at[f"{side}ForeArm"] - at[f"{side}Arm"]) * [sign, 1, 1]
        assert abs(np.degrees(np.arctan2(arm[0], -arm[1])) - 45.0) < 2.0
    assert body[:, 2].max() > 0.08  # toes point to +Z
    assert abs(body[:, 2].min()) < body[:, 2].max() + 0.1


def test_rows_are_the_vertices_they_name(space: ShapeSpace) -> None:
    picked = np.array([5, 17_000, 3])
    coefficients = draw(space, 3)
    np.testing.assert_allclose(
        space.rows(picked).at(coefficients), space.vertices(coefficients)[picked], atol=1e-12
    )


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_no_sum_of_coefficients_on_the_grid_is_rounded(space: ShapeSpace, seed: int) -> None:
    coefficients = on_grid(draw(space, seed))
    order = np.random.default_rng(seed).permutation(space.size)
    surface = space.surface
    other = replace(surface, basis=surface.basis[order])
    assert np.array_equal(surface.at(coefficients), other.at(coefficients[order]))
    off_grid = coefficients + 1e-9
    assert not np.array_equal(surface.at(off_grid), other.at(off_grid[order]))  # the check can fail


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_both_halves_keep_to_their_own_side(space: ShapeSpace, seed: int) -> None:
    heavy = on_grid(2.0 * draw(space, seed))
    vertices, side = space.vertices(heavy), space.surface.side
    off_plane = side != 0.0
    assert (vertices[off_plane, 0] * side[off_plane] >= GAP_M).all()
    free = replace(space.surface, side=np.zeros_like(side)).at(heavy)
    pressed = space.surface.pressed(free)
    untouched = np.setdiff1d(np.arange(len(free)), pressed)
    assert np.array_equal(vertices[untouched], free[untouched])
    assert np.array_equal(vertices[pressed, 1:], free[pressed, 1:])


def test_a_vertex_belongs_to_the_half_that_its_neighbours_belong_to(
    space: ShapeSpace, template: Template
) -> None:
    side = space.surface.side
    quads = template.body.quads
    assert (side[quads].max(axis=1) * side[quads].min(axis=1) >= 0.0).all()  # no face spans the plane
    count = template.body_vertices
    np.testing.assert_array_equal(side[template.mirror[:count]], -side[:count])
    by_place = np.where(side[:count] == 0.0, 0.0, np.sign(space.surface.mean[:count, 0]))
    assert 0 < np.count_nonzero(by_place != side[:count]) < 5  # which is why place does not decide

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template

seeds = st.integers(0, 2**16)


def draw(space: ShapeSpace, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=space.size)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_canonical_cloud_leads_back_to_its_body(space: ShapeSpace, template: Template, seed: int) -> None:
    coefficients = draw(space, seed)
    vertices = space.vertices(coefficients)
    found = space.fit_cloud(template.canonical(vertices))
    np.testing.assert_allclose(
        found, coefficients, atol=0.05
    )  # float32 clouds: the weakest component is 0.1 mm
    np.testing.assert_allclose(space.vertices(found), vertices, atol=2e-4)


def test_noise_on_a_cloud_hardly_moves_the_fit(space: ShapeSpace, template: Template) -> None:
    coefficients = draw(space, 1)
    cloud = template.canonical(space.vertices(coefficients))
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
    mean, basis = space.rows(picked)
    expected = space.vertices(coefficients)[picked]
    np.testing.assert_allclose(mean + np.einsum("k,knx->nx", coefficients, basis), expected, atol=1e-5)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.body.bake import canonical_samples, strongest_weights
from training.body.poses import StandingPose, blend, bone_rotations, bone_shifts, stand
from training.body.shape_space import principal_components, vertex_errors_mm
from training.body.source import CHANGES, PHENOTYPES, VARIATIONS, Source

LIMBS = ("UpLeg", "Foot", "Arm", "ForeArm", "Hand")
BONES = ("Hips", *(f"Left{name}" for name in LIMBS), *(f"Right{name}" for name in LIMBS))
PARENTS = np.array([-1, 0, 1, 0, 3, 4, 0, 6, 0, 8, 9])


def little_source(seed: int = 0) -> Source:
    """A stick figure with anny's interface: 11 bones, 30 vertices, one phenotype shape per gender."""
    rng = np.random.default_rng(seed)
    anchors = [name for names in VARIATIONS.values() for name in names]
    mask = np.zeros((2, len(anchors)))
    mask[0, anchors.index("male")] = mask[1, anchors.index("female")] = 1.0
    left = np.array([[0.1, 0, 0.1], [0.2, 0, -0.7], [0.2, 0, 0.6], [0.4, -0.03, 0.4], [0.5, -0.2, 0.3]])
    heads = np.concatenate([[[0.0, 0.0, 0.2]], left, left * [-1, 1, 1]])
    weights = rng.dirichlet(np.ones(6), 30)
    return Source(
        template=rng.normal(size=(30, 3)) * 0.3,
        shapes=rng.normal(size=(2 + 2 * len(CHANGES), 41 * 3)).astype(np.float32) * 0.01,
        mask=mask,
        heads=heads,
        parents=PARENTS,
        bones=BONES,
        weights=weights,
        joints=np.argsort(rng.random((30, len(BONES))), axis=1)[:, :6],
        groups={},
        uv=np.zeros((0, 2)),
        mirror=np.arange(30),
    )


def test_components_rebuild_what_lies_in_their_span_with_unit_variance() -> None:
    rng = np.random.default_rng(0)
    bodies = (rng.normal(size=(200, 4)) * [3, 2, 1, 0.5]) @ rng.normal(size=(4, 90)) * 0.01 + 1.0
    components = principal_components(bodies.astype(np.float32), 4, seed=1)
    np.testing.assert_allclose(components.coefficients(bodies).std(axis=0), 1.0, atol=0.01)
    assert vertex_errors_mm(components, bodies.astype(np.float32)).max() < 0.2  # float16 rounding
    fewer = principal_components(bodies.astype(np.float32), 3, seed=1)
    assert vertex_errors_mm(fewer, bodies.astype(np.float32)).max() > 1.0  # the check can fail


def test_canonical_samples_follow_area() -> None:
    vertices = np.array([[0, 0, 0], [3, 0, 0], [0, 2, 0], [3, 2, 1.0], [9, 9, 9.0]])
    triangles = np.array([[0, 1, 2], [1, 3, 2], [4, 4, 4]])
    corners, barycentric = canonical_samples(vertices, triangles, 500)
    a, b, c = vertices[triangles].swapaxes(0, 1)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    first = (corners == triangles[0]).all(axis=1).mean()
    assert first == pytest.approx(area[0] / area.sum(), abs=0.005)
    assert not (corners == 4).any()
    np.testing.assert_allclose(barycentric.sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(barycentric.mean(axis=0), 1 / 3, atol=0.02)


def test_the_strongest_weights_are_kept_and_renormalised() -> None:
    source = little_source()
    joints, weights, lost = strongest_weights(source)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    assert (np.diff(weights, axis=1) <= 0).all()
    np.testing.assert_allclose(np.sort(source.weights, axis=1)[:, :2].sum(axis=1), lost, atol=1e-9)
    assert source.joints[0, source.weights[0].argmax()] == joints[0, 0]


@given(gender=st.floats(0, 1), change=st.floats(-1, 1))
@settings(max_examples=20, deadline=None)
def test_activations_interpolate_and_split_changes_by_sign(gender: float, change: float) -> None:
    source = little_source()
    phenotypes = np.full((1, len(PHENOTYPES)), 0.5)
    phenotypes[0, 0] = gender
    changes = np.zeros((1, len(CHANGES)))
    changes[0, 3] = change
    active = source.activations(phenotypes, np.full((1, 3), 1 / 3), changes)[0]
    np.testing.assert_allclose(active[:2], [1 - gender, gender], atol=1e-6)
    np.testing.assert_allclose(active[2 + 6 : 2 + 8], [max(change, 0), max(-change, 0)], atol=1e-6)
    assert np.count_nonzero(active[2:]) <= 1


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_everyone_stands_alike_whatever_the_rest_shape(seed: int) -> None:
    source = little_source()
    heads = source.heads + np.random.default_rng(seed).normal(size=(4, len(BONES), 3)) * 0.02
    pose = StandingPose()
    vertices, posed = stand(source, np.tile(source.template, (4, 1, 1)), heads, pose)
    at = dict(zip(BONES, posed.swapaxes(0, 1), strict=True))
    for side, sign in (("Left", 1), ("Right", -1)):
        np.testing.assert_allclose(at[f"{side}Foot"][:, 0], at[f"{side}UpLeg"][:, 0], atol=1e-6)
        arm = (at[f"{side}ForeArm"] - at[f"{side}Arm"]) * [sign, 1, 1]
        np.testing.assert_allclose(np.degrees(np.arctan2(arm[:, 0], -arm[:, 1])), 45.0, atol=1e-3)
        np.testing.assert_allclose(arm[:, 2], 0.0, atol=1e-6)
        lengths = np.linalg.norm(
            heads[:, BONES.index(f"{side}Foot")] - heads[:, BONES.index(f"{side}UpLeg")], axis=1
        )
        posed_lengths = np.linalg.norm(at[f"{side}Foot"] - at[f"{side}UpLeg"], axis=1)
        np.testing.assert_allclose(posed_lengths, lengths, atol=1e-6)  # bones turn, they do not stretch
    assert vertices[..., 1].min(axis=1) == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(at["LeftUpLeg"] * [1, 0, 1] + at["RightUpLeg"] * [1, 0, 1], 0.0, atol=1e-6)


def test_without_turns_the_rest_shape_stays() -> None:
    source = little_source()
    still = np.tile(np.eye(3), (len(BONES), 1, 1))
    shift = bone_shifts(source, source.heads, still)
    frames = blend(source, np.concatenate([still, shift[:, :, None]], axis=2))
    moved = np.einsum("vij,vj->vi", frames[:, :, :3], source.template) + frames[:, :, 3]
    np.testing.assert_allclose(moved, source.template, atol=1e-9)
    turned = bone_rotations(source, source.heads[None], StandingPose())[0]
    assert not np.allclose(turned[BONES.index("LeftForeArm")], np.eye(3), atol=0.1)

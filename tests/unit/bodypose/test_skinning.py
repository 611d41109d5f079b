"""Soft skin keeps its volume where linear blending loses it, and moves rigidly where a body does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodypose import bound
from bodypose.joints import turns_at
from bodypose.limits import RANGES
from bodypose.skeleton import BONES, IDENTITY, INDEX, mirrored, swapped
from bodypose.skinning import Stance, linear
from tests.unit.bodypose.angles import turned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.bodypose.conftest import Standing

LEAST = 0.85
DEEP = [
    ("elbow", {"ForeArm": (138, 0, 0)}),
    ("elbow", {"ForeArm": (100, 0, 80)}),
    ("wrist", {"ForeArm": (0, 0, -80), "Hand": (0, 0, -10)}),
    ("shoulder", {"Arm": (0, 90, 0)}),
    ("shoulder", {"Arm": (0, 110, 0), "Shoulder": (25, 0, 0)}),
    ("shoulder", {"Arm": (120, 0, 0)}),
    ("shoulder", {"Arm": (60, -40, 60)}),
    ("shoulder", {"Arm": (0, 0, -90)}),
    ("knee", {"Leg": (155, 0, 0)}),
    ("hip", {"UpLeg": (140, 0, 0)}),
    ("hip", {"UpLeg": (90, 40, -40)}),
    ("hip", {"UpLeg": (90, -20, 20)}),
]


@pytest.mark.parametrize(("joint", "angles"), DEEP)
def test_deep_bends_keep_their_volume(
    mean: Standing, joint: str, angles: dict[str, tuple[float, float, float]]
) -> None:
    posed, _ = mean.flesh.body(mean.stance(turned(angles)), mean.vertices)
    for side in ("Left", "Right"):
        region = mean.regions[f"{side} {joint}"]
        assert region.volume(posed) >= LEAST * region.volume(mean.vertices)


def test_linear_blending_loses_what_soft_skin_keeps(mean: Standing) -> None:
    stance = mean.stance(turned({"UpLeg": (120, 0, 0)}))
    count = mean.template.body_vertices
    skin = mean.template.joints[:count], mean.template.weights[:count]
    blended, _ = linear(stance, mean.vertices[:count], *skin)
    hip = mean.regions["Left hip"]
    assert hip.volume(blended) < LEAST * hip.volume(mean.vertices)


@pytest.mark.parametrize("build", ["thin", "heavy"])
def test_a_bent_hip_brings_the_buttock_out(
    others: Mapping[str, Standing], monkeypatch: pytest.MonkeyPatch, build: str
) -> None:
    body = others[build]
    stance = body.stance(turned({"LeftUpLeg": (101, -18, 6)}))
    out, _ = body.flesh.body(stance, body.vertices)
    monkeypatch.setattr(bound, "_SEAT_M", 0.0)
    flat, _ = body.flesh.body(stance, body.vertices)
    left, right = (body.regions[f"{side} hip"] for side in ("Left", "Right"))
    assert left.volume(out) - left.volume(flat) > 0.04 * left.volume(body.vertices)
    # What hangs straight is left alone, but for skin that both hips share.
    assert right.volume(out) == pytest.approx(right.volume(flat), rel=0.003)
    assert 0.01 < np.linalg.norm(out - flat, axis=1).max() < 0.03


def test_a_region_is_closed(mean: Standing) -> None:
    shift = np.array([3.0, -2.0, 1.0])
    for region in mean.regions.values():
        moved = mean.vertices.astype(np.float64) + shift
        assert region.volume(moved) == pytest.approx(region.volume(mean.vertices), rel=1e-6)


def test_rest_is_rest_to_the_bit(mean: Standing) -> None:
    stance = mean.stance(np.tile(IDENTITY, (len(BONES), 1)))
    posed, turns = mean.flesh.body(stance, mean.vertices)
    assert stance.resting.all()
    assert (posed.astype(np.float32) == mean.vertices[: len(posed)]).all()
    assert (turns == IDENTITY).all()


unit = st.floats(-1.0, 1.0)


@given(axis=st.tuples(unit, unit, unit).filter(lambda a: np.linalg.norm(a) > 0.1), angle=st.floats(-3.0, 3.0))
@settings(max_examples=15, deadline=None)
def test_hips_turn_the_body_as_it_is(mean: Standing, axis: tuple[float, ...], angle: float) -> None:
    turns = np.tile(IDENTITY, (len(BONES), 1))
    turns[0, :3] = np.sin(angle / 2.0) * np.array(axis) / np.linalg.norm(axis)
    turns[0, 3] = np.cos(angle / 2.0)
    posed, own = mean.flesh.body(mean.stance(turns), mean.vertices)
    edges = mean.template.body.triangles[:, :2]
    before, after = mean.vertices[edges].astype(np.float64), posed[edges]
    np.testing.assert_allclose(
        np.linalg.norm(after[:, 0] - after[:, 1], axis=1),
        np.linalg.norm(before[:, 0] - before[:, 1], axis=1),
        atol=2e-7,
    )
    assert np.abs(own @ turns[0]) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_mirrored_poses_are_mirrored(mean: Standing, seed: int) -> None:
    lowest, highest = np.maximum(RANGES[..., 0], -2.0), np.minimum(RANGES[..., 1], 2.0)
    turns = turns_at(np.random.default_rng(seed).uniform(lowest, highest))
    mirror = mean.template.mirror[: mean.template.body_vertices]
    other_side = [INDEX[_other(bone)] for bone in BONES]
    heads = (mean.heads + mean.heads[other_side] * [-1.0, 1.0, 1.0]) / 2.0
    flesh = mean.flesh.skin.on(mean.vertices, heads)
    here, own = flesh.body(Stance.of(turns, heads, mean.template.parents), mean.vertices)
    there, other = flesh.body(Stance.of(swapped(turns), heads, mean.template.parents), mean.vertices)
    np.testing.assert_allclose(there[mirror] * [-1.0, 1.0, 1.0], here, atol=1e-6)
    assert np.abs(np.sum(mirrored(other[mirror]) * own, axis=1)).min() > 0.9999


def _other(bone: str) -> str:
    swaps = {"L": bone.replace("Left", "Right", 1), "R": bone.replace("Right", "Left", 1)}
    return swaps[bone[0]] if bone.startswith(("Left", "Right")) else bone

"""Face shapes on people of the shape space: lids meet, jaws open, eyes turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from bodymodel.expressions import ARKIT, EXPRESSIONS, VISEMES
from bodymodel.face import FaceShapes
from bodymodel.template import Template
from tests.unit.bodymodel.conftest import MODELS
from tests.unit.bodymodel.openings import seen_share
from training.body.face import STEP, symmetric
from training.body.visemes import MIXTURES

PEOPLE = range(6)
BLINK = {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}


@pytest.fixture(scope="session")
def face() -> FaceShapes:
    return FaceShapes.load(MODELS)


def dense(face: FaceShapes, name: str, count: int) -> np.ndarray:
    """(count, 3) offsets of one shape, as it was sculpted."""
    at = face.names.index(name)
    offsets = np.zeros((count, 3))
    offsets[face.vertices[at]] = face.offsets[at]
    return offsets


def wearing(face: FaceShapes, vertices: np.ndarray, weights: Mapping[str, float]) -> np.ndarray:
    """(V, 3) a body with an expression."""
    scales = dict(zip(face.names, face.scales(vertices), strict=True))
    moved = vertices.copy()
    for name, weight in weights.items():
        moved += weight * scales[name] * dense(face, name, len(vertices))
    return moved


def eye_share(template: Template, vertices: np.ndarray, side: str) -> float:
    return seen_share(vertices, template.groups[f"helper-{side}-eye"].triangles, template.body.triangles)


def group(template: Template, name: str) -> np.ndarray:
    return np.unique(template.groups[f"helper-{name}"].quads)


def test_all_shapes_are_there_in_their_order(face: FaceShapes, template: Template) -> None:
    assert face.names == EXPRESSIONS
    assert len(face.vertices) == len(face.offsets) == 67
    still = {name for name, vertices in zip(face.names, face.vertices, strict=True) if len(vertices) == 0}
    assert still == {"viseme_sil"}
    for vertices, offsets in zip(face.vertices, face.offsets, strict=True):
        assert (np.diff(vertices) > 0).all()
        assert offsets.any(axis=1).all()
        assert np.abs(offsets).max(initial=0.0) < 0.05


def test_no_shape_moves_anything_but_head_and_neck(face: FaceShapes, template: Template) -> None:
    moved = np.unique(np.concatenate(face.vertices))
    body = moved[moved < template.body_vertices]
    names = np.array(template.bones)[template.dominant_bones()[body]]
    assert set(names) <= {"Head", "Neck", "Spine2", "LeftShoulder", "RightShoulder"}
    assert np.mean(names == "Head") > 0.8
    inner = ("l-eye", "r-eye", "lower-teeth", "upper-teeth", "tongue")
    lashes = [name for name in template.groups if "eyelashes" in name]
    of_head = np.concatenate([group(template, name.removeprefix("helper-")) for name in (*inner, *lashes)])
    assert set(moved[moved >= template.body_vertices]) <= set(of_head)


def test_left_and_right_are_mirror_images(face: FaceShapes, template: Template) -> None:
    shapes = {name: dense(face, name, len(template.mirror)) for name in ARKIT}
    for name, offsets in symmetric(shapes, template.mirror).items():
        assert np.abs(offsets - shapes[name]).max() < STEP, name
    lopsided = shapes | {"jawOpen": shapes["jawLeft"]}
    assert np.abs(symmetric(lopsided, template.mirror)["jawOpen"] - lopsided["jawOpen"]).max() > 0.005


@pytest.mark.parametrize("viseme", VISEMES)
def test_a_viseme_is_its_mixture(face: FaceShapes, template: Template, viseme: str) -> None:
    count = len(template.mirror)
    parts = [weight * dense(face, name, count) for name, weight in MIXTURES[viseme].items()]
    mixed = np.sum([np.zeros((count, 3)), *parts], axis=0)
    np.testing.assert_allclose(dense(face, viseme, count), mixed, rtol=0, atol=2.0 * STEP)


def test_offsets_grow_with_the_head(face: FaceShapes, some_body: Callable[[int], np.ndarray]) -> None:
    vertices = some_body(0)
    np.testing.assert_allclose(face.scales(1.2 * vertices + 3.0), 1.2 * face.scales(vertices), rtol=1e-5)
    scales = np.array([face.scales(some_body(seed)) for seed in range(20)])
    assert (scales > 0.55).all()
    assert (scales < 1.4).all()
    assert np.ptp(scales[:, face.names.index("jawOpen")]) > 0.03


@pytest.mark.parametrize("seed", PEOPLE)
def test_a_blink_closes_the_eyes(
    face: FaceShapes, template: Template, some_body: Callable[[int], np.ndarray], seed: int
) -> None:
    awake = some_body(seed)
    asleep = wearing(face, awake, BLINK)
    for side in "lr":
        assert eye_share(template, awake, side) > 0.1
        assert eye_share(template, asleep, side) == 0.0
    half = wearing(face, awake, dict.fromkeys(BLINK, 0.5))
    assert 0.02 < eye_share(template, half, "l") < 0.7 * eye_share(template, awake, "l")
    winking = wearing(face, awake, {"eyeBlinkLeft": 1.0})
    assert (eye_share(template, winking, "l") == 0.0, eye_share(template, winking, "r") > 0.1) == (True, True)
    # The lid does not run on over the cheek: without their own scale lashes would pass each other by up to 3.7 mm.
    gap = asleep[face.upper_lids, 1].mean() - asleep[face.lower_lids, 1].mean()
    assert -0.0021 < gap < 0.0


@pytest.mark.parametrize("seed", PEOPLE)
def test_an_open_jaw_takes_lower_teeth_and_tongue_with_it(
    face: FaceShapes, template: Template, some_body: Callable[[int], np.ndarray], seed: int
) -> None:
    shut = some_body(seed)
    wide = wearing(face, shut, {"jawOpen": 1.0})
    upper, lower = group(template, "upper-teeth"), group(template, "lower-teeth")
    tongue = group(template, "tongue")
    np.testing.assert_array_equal(wide[upper], shut[upper])
    front = lower[shut[lower, 2] > np.quantile(shut[lower, 2], 0.7)]
    assert (wide[front, 1] - shut[front, 1]).max() < -0.012
    assert wide[tongue, 1].mean() < shut[tongue, 1].mean() - 0.008
    lips = lip_gap(template, face, wide) - lip_gap(template, face, shut)
    assert 0.02 < lips < 0.06
    # Teeth are bone: they turn and move, and keep their shape.
    assert rigid_residual(shut[lower], wide[lower]) < 5e-4


def lip_gap(template: Template, face: FaceShapes, vertices: np.ndarray) -> float:
    """Height in metres between the lips' middles: the points that bare the teeth farthest."""
    middle = np.abs(vertices[: template.body_vertices, 0]) < 0.008
    up = dense(face, "mouthUpperUpLeft", len(vertices))[: template.body_vertices, 1]
    down = dense(face, "mouthLowerDownLeft", len(vertices))[: template.body_vertices, 1]
    upper = np.flatnonzero(middle & (up > 0.9 * up[middle].max()))
    lower = np.flatnonzero(middle & (down < 0.9 * down[middle].min()))
    return float(vertices[upper, 1].mean() - vertices[lower, 1].mean())


def rigid_residual(before: np.ndarray, after: np.ndarray) -> float:
    """Longest distance in metres that the best rigid motion leaves between two point sets."""
    a, b = before - before.mean(axis=0), after - after.mean(axis=0)
    left, _, right = np.linalg.svd(a.T @ b)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return float(np.linalg.norm(a @ left @ flip @ right - b, axis=1).max())


@pytest.mark.parametrize(
    ("shape", "axis", "sign"),
    [
        ("eyeLookInLeft", 0, -1.0),
        ("eyeLookOutLeft", 0, 1.0),
        ("eyeLookInRight", 0, 1.0),
        ("eyeLookUpLeft", 1, 1.0),
        ("eyeLookDownRight", 1, -1.0),
    ],
)
def test_a_look_turns_the_eyeball(
    face: FaceShapes,
    template: Template,
    some_body: Callable[[int], np.ndarray],
    shape: str,
    axis: int,
    sign: float,
) -> None:
    ahead = some_body(1)
    aside = wearing(face, ahead, {shape: 1.0})
    ball = group(template, f"{shape[-5 if shape.endswith('Right') else -4].lower()}-eye")
    pupil = ball[ahead[ball, 2].argmax()]
    assert sign * (aside - ahead)[pupil, axis] > 0.002
    assert rigid_residual(ahead[ball], aside[ball]) < 1e-3
    other = group(template, "r-eye" if shape.endswith("Left") else "l-eye")
    np.testing.assert_array_equal(aside[other], ahead[other])

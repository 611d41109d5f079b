"""Faces as drawn styles have them: larger eyes, and everything that touched still touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from services.mesher.domain import staging, stylised, surface
from services.mesher.domain.model import Part, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.stage import Backdrop, Prop, Style, Substance
from services.mesher.domain.stylised import Spot
from services.mesher.domain.surface import FloatArray
from services.mesher.domain.views import Camera

ROOM = st.floats(-6.0, 6.0)


@pytest.fixture(scope="module")
def person(outfitter: Outfitter, dressed: Scene, mean_body) -> Scene:
    return replace(dressed, parts=outfitter.fringed(dressed.parts, mean_body, "#3b2417", brows=True))


def prop(scene: Scene, style: Style, substance: Substance) -> Prop:
    stage = staging.staged(scene, Camera.PORTRAIT, style, 64, Backdrop())
    return next(each for each in stage.props if each.substance is substance)


def turned(scene: Scene, turn: Rotation) -> Scene:
    """All of somebody, turned about the world's middle."""

    def part(each: Part) -> Part:
        positions, normals = (
            turn.apply(values).astype(np.float32) for values in (each.positions, each.normals)
        )
        return replace(each, positions=positions, normals=normals)

    heads = turn.apply(scene.rig.heads).astype(np.float32)
    return replace(scene, parts=[part(each) for each in scene.parts], rig=replace(scene.rig, heads=heads))


def extent(points: FloatArray) -> FloatArray:
    left = points[points[:, 0] > np.median(points[:, 0])]
    size: FloatArray = np.ptp(left, axis=0)
    return size


def test_eyes_are_half_again_as_wide_and_twice_as_tall(person: Scene) -> None:
    plain, drawn = (prop(person, style, Substance.EYE).positions for style in (Style.REALISTIC, Style.ANIME))
    wider, taller, deeper = extent(drawn) / extent(plain)
    assert 1.3 < wider < 1.6
    assert 1.7 < taller < 2.2
    # In profile eyes do not stand out.
    assert 0.95 < deeper < 1.05


def test_the_nose_is_smaller_and_the_body_is_left_alone(person: Scene) -> None:
    plain, drawn = (prop(person, style, Substance.SKIN).positions for style in (Style.REALISTIC, Style.ANIME))
    tip = np.where(plain[:, 1] > 1.4, plain[:, 2], 0.0).argmax()
    assert 0.004 < plain[tip, 2] - drawn[tip, 2] < 0.015
    below = plain[:, 1] < plain[tip, 1] - 0.25
    np.testing.assert_array_equal(drawn[below], plain[below])
    assert below.mean() > 0.4


@given(st.sampled_from(list(stylised.PROPORTIONS.values())), ROOM, ROOM, ROOM)
def test_space_is_pushed_together_and_never_folds(
    spots: Sequence[Spot], x: float, y: float, z: float
) -> None:
    point, step = np.array([[x, y, z]]), 1e-4
    ways = [
        (stylised._warped(point + step * axis, spots) - stylised._warped(point - step * axis, spots))[0]
        / (2.0 * step)
        for axis in np.eye(3)
    ]
    assert np.linalg.det(np.array(ways)) > 0.15


def test_normals_stay_square_to_the_skin(person: Scene) -> None:
    skin = next(part for part in person.parts if part.name == "body")
    drawn = prop(person, Style.ANIME, Substance.SKIN)
    corners = surface.incidence(skin.triangles, len(skin.positions))
    before, after = (
        surface.vertex_normals(points.astype(np.float64), skin.triangles, corners)
        for points in (skin.positions, drawn.positions)
    )
    moved = np.linalg.norm(drawn.positions - skin.positions, axis=1) > 1e-3
    off_before, off_after = (
        np.degrees(np.arccos(np.clip(np.einsum("nx,nx->n", *pair), -1.0, 1.0)))[moved]
        for pair in ((skin.normals, before), (drawn.normals, after))
    )
    assert moved.sum() > 500
    assert np.median(off_after) < np.median(off_before) + 2.0
    # As they were they would lie farther off.
    stale = np.degrees(np.arccos(np.clip(np.einsum("nx,nx->n", skin.normals, after), -1.0, 1.0)))[moved]
    assert off_after.mean() < 0.6 * stale.mean()


@pytest.mark.parametrize("degrees", [37.0, 90.0, 141.0, 270.0])
def test_a_head_is_drawn_alike_wherever_it_faces(person: Scene, degrees: float) -> None:
    turn = Rotation.from_euler("yxz", [degrees, 25.0, -10.0], degrees=True)
    plain, around = (
        staging._face(scene).drawn([skin_of(scene)], Style.ANIME)[0].positions
        for scene in (person, turned(person, turn))
    )
    # The middle of an eyeball is that of its box, which turns with the world by a hair.
    np.testing.assert_allclose(around, turn.apply(plain), atol=2e-4)


@pytest.mark.parametrize("degrees", [0.0, 90.0, 180.0, 233.0])
def test_eyes_are_told_apart_and_look_ahead_wherever_a_head_faces(person: Scene, degrees: float) -> None:
    turn = Rotation.from_euler("yx", [degrees, 20.0], degrees=True)
    eyes = next(part for part in turned(person, turn).parts if part.name == "eyes")
    balls = staging._balls(eyes)
    assert [len(ball.vertices) for ball in balls] == [len(eyes.positions) // 2] * 2
    for ball in balls:
        assert ball.ahead @ turn.apply([0.0, 0.0, 1.0]) > np.cos(np.radians(8.0))
        radius = np.linalg.norm(eyes.positions[ball.vertices] - ball.middle, axis=1)
        assert radius.max() < 0.02


def skin_of(scene: Scene) -> Prop:
    part = next(part for part in scene.parts if part.name == "body")
    return Prop(Substance.SKIN, part.positions, part.normals, part.triangles, (1.0, 1.0, 1.0))

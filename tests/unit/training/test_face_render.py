"""Renders of our own heads: what is said about a picture is what the picture shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facemodel import color
from facemodel.arrays import FloatArray
from facemodel.features.tone import MONK
from facemodel.topology import FaceTopology
from services.mesher.domain.model import HairPattern
from training.face.accessories import Earring, Frame, Glasses, Hat, Worn
from training.face.camera import turned
from training.face.draws import draw_setting, draw_sitter, draw_worn
from training.face.heads import BUMPS, Look, bumped
from training.face.render import Portrait, Seated, Setting, Sitter, Studio
from training.face.scene import Lighting

MODELS = Path(__file__).parents[3] / "models"
SIDE = 160
EVEN = Lighting(np.ones(3), ())


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(MODELS)


@pytest.fixture(scope="module")
def topology() -> FaceTopology:
    return FaceTopology.load(MODELS)


def seat(studio: Studio, look: Look, worn: Worn | None = None, **expression: float) -> Seated:
    sitter = Sitter(np.zeros(studio.heads.space.size), look, expression=expression, worn=worn or Worn())
    return studio.seat(sitter, np.random.default_rng(1))


def shoot(seated: Seated, yaw: float = 0.0, side: int = SIDE) -> Portrait:
    background = np.zeros((side, side, 3), np.float32)
    return seated.shoot(Setting(EVEN, background, yaw_deg=yaw, noise=0.0), np.random.default_rng(1))


def shown(seated: Seated, portrait: Portrait) -> set[str]:
    """Names of the surfaces that the picture shows."""
    return {seated.scene.surfaces[number].name for number in np.unique(portrait.hits.surface) if number >= 0}


def test_a_pixel_shows_what_the_camera_projects_into_it(studio: Studio) -> None:
    seated = seat(studio, Look("#a07e56"))
    portrait = shoot(seated, yaw=25.0)
    row, column = (each[::97] for each in np.nonzero(portrait.hits.surface == 0))
    skin = seated.scene.surfaces[0]
    corners = skin.triangles[portrait.hits.triangle[row, column]]
    points = np.einsum("pc,pcx->px", portrait.hits.weights[row, column], skin.vertices[corners])
    seen = portrait.camera.project(points)
    np.testing.assert_allclose(seen[:, :2], np.column_stack([column, row]) + 0.5, atol=0.01)
    np.testing.assert_allclose(seen[:, 2], portrait.hits.depth[row, column], atol=1e-4)


def test_a_head_turns_to_its_own_left_looks_up_and_leans_right() -> None:
    forward, up = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    assert (turned(90.0, 0.0, 0.0) @ forward).round(9).tolist() == [1.0, 0.0, 0.0]  # right in the picture
    assert (turned(0.0, 90.0, 0.0) @ forward).round(9).tolist() == [0.0, 1.0, 0.0]
    assert (turned(0.0, 0.0, 90.0) @ up).round(9).tolist() == [-1.0, 0.0, 0.0]  # left in the picture


def test_the_far_cheek_is_hidden(studio: Studio, topology: FaceTopology) -> None:
    seated = seat(studio, Look("#a07e56"))
    points = topology.on_template(seated.vertices)
    visible = seated.visible(shoot(seated, yaw=75.0).camera, points)
    assert visible[topology.regions["right_cheek"]].all()
    assert not visible[topology.regions["left_cheek"]].any()
    assert seated.visible(shoot(seated).camera, points)[topology.regions["nose"]].mean() > 0.9


@pytest.mark.parametrize("tone", [1, 5, 8, 10])
def test_the_forehead_has_the_tone_that_is_told(studio: Studio, topology: FaceTopology, tone: int) -> None:
    seated = seat(studio, Look(MONK[tone - 1]))
    portrait = shoot(seated)
    x, y, _ = portrait.camera.project(topology.on_template(seated.vertices)[[151]])[0]
    patch = portrait.pixels[int(y) - 3 : int(y) + 3, int(x) - 3 : int(x) + 3].reshape(-1, 3)
    true = np.array([int(MONK[tone - 1][at : at + 2], 16) for at in (1, 3, 5)])
    lit = color.light(patch).mean(axis=0) / color.light(true.astype(np.uint8))
    assert np.abs(lit - lit.mean()).max() < 0.03  # the same colour, a little darker where the skin looks down
    assert 0.75 < lit.mean() <= 1.02


@pytest.mark.parametrize("frame", list(Frame))
def test_glasses_are_before_the_eyes(studio: Studio, topology: FaceTopology, frame: Frame) -> None:
    look = Look("#d7bd96")
    dark = seat(studio, look, Worn(glasses=Glasses(frame, tint=0.9)))
    bare, portrait = shoot(seat(studio, look)), shoot(dark)
    assert "glasses" in shown(dark, portrait)
    eyes = portrait.camera.project(dark.eyes)[:, :2].astype(int)
    for x, y in eyes:
        behind, seen = (
            int(each.pixels[y - 3 : y + 4, x - 6 : x + 7].astype(int).sum()) for each in (bare, portrait)
        )
        assert seen < 0.6 * behind


@pytest.mark.parametrize("hat", list(Hat))
def test_hats_cover_the_head_and_leave_the_eyes_free(studio: Studio, hat: Hat) -> None:
    seated = seat(studio, Look("#d7bd96"), Worn(hat=hat))
    portrait = shoot(seated)
    names = np.array([surface.name for surface in seated.scene.surfaces])
    rows = np.nonzero((portrait.hits.surface >= 0) & (names[portrait.hits.surface] == "hat"))[0]
    eyes = portrait.camera.project(seated.eyes)[:, 1]
    assert len(rows) > 0.02 * SIDE**2
    assert np.percentile(rows, 99) < eyes.min() - 2
    crown = portrait.camera.project(studio.heads.mean[[studio.heads.mean[:, 1].argmax()]])[0, 1]
    assert rows.min() <= crown + 1


@pytest.mark.parametrize("earring", list(Earring))
def test_earrings_hang_at_the_ear_that_is_seen(studio: Studio, earring: Earring) -> None:
    seated = seat(studio, Look("#d7bd96"), Worn(earring=earring))
    assert "earring" in shown(seated, shoot(seated, yaw=40.0, side=320))
    assert "earring" not in shown(
        seat(studio, Look("#d7bd96")), shoot(seat(studio, Look("#d7bd96")), yaw=40.0)
    )


def test_a_smile_lifts_the_corners_of_the_mouth(studio: Studio, topology: FaceTopology) -> None:
    def lift(seated: Seated) -> float:
        points = topology.on_template(seated.vertices)
        return float(points[[61, 291], 1].mean() - points[[13, 14], 1].mean())

    smiling = seat(studio, Look("#d7bd96"), mouthSmileLeft=1.0, mouthSmileRight=1.0)
    assert lift(smiling) > lift(seat(studio, Look("#d7bd96"))) + 0.004


def test_irises_are_drawn_as_large_as_they_are(studio: Studio) -> None:
    def painted(iris_mm: float) -> FloatArray:
        surfaces = seat(studio, Look("#d7bd96", iris_mm=iris_mm)).scene.surfaces
        eyes = next(surface for surface in surfaces if surface.name == "eyes")
        assert eyes.uv is not None
        return eyes.uv - 0.5

    np.testing.assert_allclose(painted(10.0), 1.2 * painted(12.0), atol=1e-5)


def test_bumps_change_both_sides_alike_and_leave_the_back(studio: Studio) -> None:
    template, mean = studio.heads.template, studio.heads.mean.astype(np.float64)
    even = (mean + mean[template.mirror] * [-1.0, 1.0, 1.0]) / 2.0
    moved = bumped(template, even, dict.fromkeys(BUMPS, 2.0)) - even
    np.testing.assert_allclose(moved[template.mirror] * [-1.0, 1.0, 1.0], moved, atol=1e-9)
    assert np.abs(moved).max() > 0.01
    head_bone = template.dominant_bones() == template.bones.index("Head")
    back = head_bone & (even[:, 2] < np.percentile(even[head_bone, 2], 20))
    assert np.abs(moved[back]).max() < 0.25 * np.abs(moved).max()
    assert np.abs(moved[even[:, 1] < 1.2]).max() < 1e-6


def test_the_same_numbers_make_the_same_picture(studio: Studio) -> None:
    def picture(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        worn = draw_worn(rng, glasses=True, hat=True, earrings=True)
        seated = studio.seat(draw_sitter(rng, worn=worn, hair=HairPattern.BOB), rng)
        return seated.shoot(draw_setting(rng, size=96), rng).pixels.tobytes()

    assert picture(4) == picture(4) != picture(5)

"""What makes a drawing, told by its pixels: calm shadows, features on every skin, lines where things meet, a band on hair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from facemodel import color
from facemodel.features.tone import MONK_LIGHT
from services.mesher.adapters.drawing import sketch
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.drawing.toon import MANNERS
from services.mesher.domain import fringe, palette, staging, views
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.model import Appearance, HairPattern, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.stage import Rgb, Stage, Style, Substance
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.views import Camera
from tests.unit.mesher.conftest import DRESS
from tests.unit.mesher.test_mesher_drawing import TRANSPARENT, block, on_screen, picture

SIZE = 512
Mask = NDArray[np.bool_]
STYLES = pytest.mark.parametrize("style", list(MANNERS), ids=lambda style: style.value)


@pytest.fixture(scope="module")
def faced(outfitter: Outfitter, mean_body, person: Scene) -> Scene:
    """The person, with cropped hair that leaves the face free."""
    appearance = Appearance("#d7a98c", HairPattern.CROP, "#15100d")
    dressed = outfitter.dress(mean_body, appearance, [DRESS])
    parts = outfitter.fringed(dressed, mean_body, "#15100d", brows=True)
    return replace(person, parts=parts)


def skinned(scene: Scene, tone: Rgb) -> Scene:
    """With skin of another colour."""
    return replace(
        scene,
        parts=[
            replace(part, material=replace(part.material, color=tone)) if part.name == "body" else part
            for part in scene.parts
        ],
    )


def portrait(scene: Scene, style: Style, size: int = SIZE) -> Stage:
    return picture(scene, Camera.PORTRAIT, style, size)


def seen_at(drawn: IntArray, stage: Stage, points: FloatArray) -> FloatArray:
    """(3,) CIELAB that is seen most about points (n, 3)."""
    at = np.rint(on_screen(stage, points.astype(np.float64))).astype(int)
    around = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2)
    x, y = np.moveaxis(at[:, None] + around, -1, 0)
    middle: FloatArray = np.median(color.lab(color.light(drawn[y, x, :3])).reshape(-1, 3), axis=0)
    return middle


def on_face(scene: Scene, stage: Stage, x: float, y: float) -> FloatArray:
    """(3, 3) of the stage's skin: the points nearest to a place of the face, in half the eyes' distance."""
    skin = next(part for part in scene.parts if part.name == "body")
    own = staging._face(scene).inside(skin.positions)
    far = np.hypot(own[:, 0] - x, own[:, 1] - y) + np.where(own[:, 2] < 0.0, 9.0, 0.0)
    prop = next(prop for prop in stage.props if prop.substance is Substance.SKIN)
    return prop.positions[np.argsort(far)[:3]]


@STYLES
@pytest.mark.parametrize("tone", [0, 5, 7, 9])
def test_lips_and_brows_stand_out_from_the_skin(
    draughtsman: OpenGlDraughtsman, faced: Scene, style: Style, tone: int
) -> None:
    scene = skinned(faced, tuple(MONK_LIGHT[tone].tolist()))
    stage = portrait(scene, style)
    drawn = draughtsman.draw(stage)
    brow = next(
        prop for part, prop in zip(scene.parts, stage.props, strict=True) if part.name == fringe.BROWS
    )
    # The middle of the brow on the lit side, the lower lip, and the cheek above it.
    strokes = np.split(brow.positions.reshape(-1, 3, 3)[:, 1], 2)
    lit = min(strokes, key=lambda stroke: float(on_screen(stage, stroke[8:9].astype(float))[0, 0]))
    cheek = seen_at(drawn, stage, on_face(scene, stage, -0.9, -1.3))
    brows, lips = seen_at(drawn, stage, lit[6:11]), seen_at(drawn, stage, on_face(scene, stage, -0.2, -2.6))
    assert color.difference(brows[None], cheek[None])[0] > 14.0
    assert color.difference(lips[None], cheek[None])[0] > 10.0


def shadow_and_light(drawn: IntArray, style: Style, tone: Rgb) -> tuple[Mask, Mask]:
    """Pixels of skin in the shadow, and in the light."""
    tones = palette.tones(tone, Substance.SKIN, MANNERS[style].shading)
    codes = [
        color.pixels(np.array(tone) * np.array(each)).astype(int) for each in (tones.shadow, tones.light)
    ]
    to_shadow, to_light = (np.abs(drawn[..., :3].astype(int) - code).max(axis=2) for code in codes)
    near = (np.minimum(to_shadow, to_light) < 20) & (drawn[..., 3] == 255)
    # Pixels on the edge of a tone are of neither; eyes are no skin, though they have its colours.
    pieces, count = ndimage.label(ndimage.binary_closing(near, np.ones((3, 3))))
    skin = pieces == 1 + ndimage.sum_labels(near, pieces, np.arange(1, count + 1)).argmax()
    # Beside ink and outlines pixels hold some of those.
    skin = ndimage.binary_erosion(skin, iterations=4)
    return skin & (to_shadow < to_light), skin & (to_shadow >= to_light)


def border(mask: Mask, other: Mask) -> int:
    """Neighbours of which one is in the mask and one in the other."""
    across = (mask[:, 1:] & other[:, :-1]) | (mask[:, :-1] & other[:, 1:])
    down = (mask[1:] & other[:-1]) | (mask[:-1] & other[1:])
    return int(across.sum() + down.sum())


def unrest(shadow: Mask, light: Mask) -> tuple[float, float]:
    """Length of the largest shadow's edge beside that of itself evened out, and share of all shadow in specks."""
    pieces, count = ndimage.label(shadow)
    sizes = ndimage.sum_labels(shadow, pieces, np.arange(1, count + 1))
    largest = pieces == 1 + sizes.argmax()
    either = largest | light
    total = ndimage.gaussian_filter(either.astype(float), 3.0)
    evened = ndimage.gaussian_filter(largest.astype(float), 3.0) > 0.5 * total
    return (
        border(largest, light) / border(evened & either, ~evened & either),
        float(sizes[sizes < 16].sum() / sizes.sum()),
    )


@STYLES
def test_a_shadow_is_one_calm_shape(draughtsman: OpenGlDraughtsman, person: Scene, style: Style) -> None:
    drawn = draughtsman.draw(portrait(person, style, 1024))
    shadow, light = shadow_and_light(drawn, style, linear_rgb("#d7a98c"))
    assert shadow.sum() > 8_000 < light.sum()
    ragged, specks = unrest(shadow, light)
    assert ragged < 1.035
    assert specks < 0.0012


def test_unrest_can_tell() -> None:
    side = np.arange(200)
    calm = np.broadcast_to(side[:, None] < 100 + 20 * np.sin(side / 30.0), (200, 200))
    ragged = side[:, None] < 100 + 4 * np.random.default_rng(1).standard_normal(200)
    specked = calm ^ (np.random.default_rng(2).random((200, 200)) < 0.01)
    assert unrest(calm, ~calm)[0] < 1.05
    assert unrest(ragged, ~ragged)[0] > 1.1
    assert unrest(specked, ~specked)[1] > 0.003


@STYLES
def test_there_is_a_line_where_two_surfaces_meet(draughtsman: OpenGlDraughtsman, style: Style) -> None:
    # One block stands half before the other, and both have one colour.
    white = (0.7, 0.7, 0.7)
    back, front = block(0.0, 1.0, white), block(0.3, 1.0, white)
    front = replace(front, positions=front.positions + np.array([0.0, 0.0, 0.15], np.float32))
    # From the left the valley between the front of the one and the side of the other is seen.
    corner = np.array([[0.07, height, 0.2] for height in np.linspace(0.95, 1.05, 9)])
    stage = Stage([back, front], views.whole(corner, -20.0), style, 256, TRANSPARENT)
    drawn = draughtsman.draw(stage)
    x, y = np.rint(on_screen(stage, corner)).astype(int).T
    darkest = np.min([drawn[y, x + step, :3].max(axis=1) for step in (-2, -1, 0, 1, 2)], axis=0)
    beside = np.min([drawn[y, x + step, :3].max(axis=1) for step in (-12, 12)], axis=0)
    assert (darkest < 0.75 * beside).all()


@STYLES
@pytest.mark.parametrize("camera", [Camera.PORTRAIT, Camera.BACK])
def test_hair_has_one_band_of_light_around_the_head(
    draughtsman: OpenGlDraughtsman, faced: Scene, style: Style, camera: Camera
) -> None:
    stage = picture(faced, camera, style, 768 if camera is Camera.BACK else SIZE)
    drawn = draughtsman.draw(stage)
    hair = next(prop for prop in stage.props if prop.substance is Substance.HAIR)
    place = on_screen(stage, hair.positions.astype(np.float64))
    left, right = place[:, 0].min(), place[:, 0].max()
    low, high = place[:, 1].min(), place[:, 1].max()
    brightness = drawn[..., :3].max(axis=2).astype(int)
    drawn_hair = color.pixels(
        np.array(palette.drawn(hair.color, Substance.HAIR, MANNERS[style].shading))
    ).max()
    rows, columns = np.mgrid[: stage.size, : stage.size]
    within = (columns > left) & (columns < right) & (rows > low) & (rows < low + 0.6 * (high - low))
    skin = (drawn[..., 0].astype(int) - drawn[..., 2]) > 40
    bright = within & ~skin & (drawn[..., 3] == 255) & (brightness > int(drawn_hair) + 25)
    pieces, count = ndimage.label(bright, np.ones((3, 3)))
    sizes = ndimage.sum_labels(bright, pieces, np.arange(1, count + 1))
    band = pieces == 1 + sizes.argmax()
    assert sizes.max() > 0.85 * sizes[sizes > 8].sum()
    assert np.ptp(columns[band]) > 0.4 * (right - left)
    # Broader than high, above the middle of the hair, and no stamp: it is thin wherever it is.
    assert np.ptp(columns[band]) > 2.0 * np.ptp(rows[band])
    assert band.sum(axis=0).max() < 0.3 * (high - low)


def test_nobodys_photo_is_painted_over(faced: Scene) -> None:
    skin = next(prop for prop in portrait(faced, Style.ANIME).props if prop.substance is Substance.SKIN)
    assert sketch.lips(skin)["made_up"] == 1.0
    assert sketch.lips(replace(skin, color=(1.0, 1.0, 1.0)))["made_up"] == 0.0

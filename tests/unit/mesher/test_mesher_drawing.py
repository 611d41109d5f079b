"""What the renderer draws, told by facts of the picture: on a real driver, skipped where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from benchmarks.likeness import likeness
from facemodel import color
from facemodel.arrays import RgbImage
from facemodel.features.tone import MONK, MONK_LIGHT
from services.mesher.adapters.drawing.context import open_context
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.domain import ambience, views
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.expressions import Weights
from services.mesher.domain.model import Appearance, HairPattern, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.seat import _block
from services.mesher.domain.stage import Backdrop, Prop, Stage, Style, Substance
from services.mesher.domain.staging import staged
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.variants import Variants
from services.mesher.domain.views import Camera

GOLDEN = Path(__file__).parent / "drawn"
APPROVED = (
    (Camera.PORTRAIT, Style.REALISTIC),
    (Camera.FULL_BODY, Style.REALISTIC),
    (Camera.PORTRAIT, Style.CARTOON),
    (Camera.PORTRAIT, Style.ANIME),
)
TRANSPARENT = Backdrop(transparent=True)
SKIN = "#d7a98c"


@pytest.fixture(scope="module")
def bare(model, outfitter: Outfitter, mean_body) -> Scene:
    parts = outfitter.bare(mean_body, Appearance(SKIN, HairPattern.NONE, ""))
    return Scene(parts, Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads), {})


def picture(
    scene: Scene,
    camera: Camera = Camera.FULL_BODY,
    style: Style = Style.REALISTIC,
    size: int = 256,
    backdrop: Backdrop = TRANSPARENT,
) -> Stage:
    return staged(scene, camera, style, size, backdrop)


def block(x: float, y: float, code: tuple[float, float, float]) -> Prop:
    """A block of 0.4 m, with its middle beside and above the world's."""
    positions, normals, triangles = _block(0.4)
    return Prop(
        Substance.CLOTH, positions + np.array([x, y - 0.2, 0.0], np.float32), normals, triangles, code
    )


def solid(pixels: IntArray) -> np.ndarray:
    """Where the figure is: shadows on the floor never cover more than two thirds."""
    return pixels[..., 3] > 190


def frame(stage: Stage) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Backwards, to the right and up, of the camera."""
    back = np.array(stage.view.eye) - np.array(stage.view.target)
    back /= np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    return back, right, np.cross(back, right)


def sight_rays(stage: Stage) -> FloatArray:
    """(size, size, 6) float32 origin and direction of what the middle of each pixel sees."""
    back, right, up = frame(stage)
    side = (np.arange(stage.size) + 0.5) / stage.size * 2.0 - 1.0
    across = np.tan(np.radians(stage.view.field_of_view / 2.0)) * side
    ways = across[None, :, None] * right - across[:, None, None] * up - back
    origins = np.broadcast_to(np.array(stage.view.eye), ways.shape)
    return np.concatenate([origins, ways], axis=2).astype(np.float32)


def on_screen(stage: Stage, points: FloatArray) -> FloatArray:
    """(n, 2) pixels, from the upper left, of points in the world."""
    back, right, up = frame(stage)
    way = points - np.array(stage.view.eye)
    scale = stage.size / 2.0 / np.tan(np.radians(stage.view.field_of_view / 2.0)) / -(way @ back)
    middle = stage.size / 2.0
    return np.stack([middle + (way @ right) * scale, middle - (way @ up) * scale], axis=1)


def test_right_is_right_and_up_is_up(draughtsman: OpenGlDraughtsman) -> None:
    props = [block(0.5, 1.0, (0.8, 0.02, 0.02)), block(0.0, 1.6, (0.02, 0.02, 0.8))]
    points = np.concatenate([prop.positions for prop in props]).astype(np.float64)
    drawn = draughtsman.draw(Stage(props, views.whole(points, 0.0), Style.REALISTIC, 128, TRANSPARENT))
    rows, columns = np.mgrid[0:128, 0:128]
    red = solid(drawn) & (drawn[..., 0] > 2 * drawn[..., 2].astype(np.int64))
    blue = solid(drawn) & (drawn[..., 2] > 2 * drawn[..., 0].astype(np.int64))
    # Seen from the front, what stands at +X is on the right.
    assert columns[red].mean() > columns[blue].mean() + 15
    assert rows[blue].mean() < rows[red].mean() - 15


def test_the_backdrop_is_what_was_asked_for(draughtsman: OpenGlDraughtsman, bare: Scene) -> None:
    plain = draughtsman.draw(picture(bare, backdrop=Backdrop((1, 200, 77), (1, 200, 77))))
    assert {tuple(corner) for corner in plain[::255, ::255].reshape(-1, 4).tolist()} == {(1, 200, 77, 255)}
    graded = draughtsman.draw(picture(bare, backdrop=Backdrop((250, 10, 10), (10, 10, 250)))).astype(int)
    assert np.abs(graded[0, :, :3] - (250, 10, 10)).max() <= 2
    assert (np.diff(graded[:, 0, 0]) <= 1).all()
    nothing = draughtsman.draw(picture(bare))
    assert nothing[0, 0, 3] == nothing[0, -1, 3] == 0
    assert nothing[..., 3].max() == 255


@pytest.mark.parametrize("style", Style)
def test_a_picture_behind_comes_through_pixel_by_pixel_but_for_the_shadow(
    draughtsman: OpenGlDraughtsman, bare: Scene, style: Style
) -> None:
    scenery = np.random.default_rng(7).integers(60, 256, (128, 128, 3), np.uint8)
    stage = picture(bare, style=style, size=128)
    alone = draughtsman.draw(stage).astype(int)
    drawn = draughtsman.draw(replace(stage, backdrop=Backdrop(picture=scenery))).astype(int)
    nobody, person = alone[..., 3] == 0, alone[..., 3] == 255
    assert (drawn[..., 3] == 255).all()
    # The last of a shadow that fades is less than a step of 255.
    beside = np.abs(drawn[nobody, :3] - scenery[nobody])
    assert beside.max() <= 1
    assert (drawn[:90][nobody[:90], :3] == scenery[:90][nobody[:90]]).all()
    assert 0.5 < np.abs(drawn[person, :3] - alone[person, :3]).mean() < 12.0
    shadow = (
        ~solid(alone) & ~ndimage.binary_dilation(solid(alone), np.ones((3, 3), bool)) & (alone[..., 3] > 30)
    )
    # It lies about the feet, and takes the same share of light from whatever is there; it is not quite black.
    assert shadow.sum() > 50
    assert np.nonzero(shadow)[0].min() > 90
    there = ambience.of(scenery)
    share = alone[shadow, 3:] / 255.0 * (there.shadow / ambience.STUDIO.shadow)
    left = drawn[shadow, :3] - (1.0 - share) * scenery[shadow]
    most = 255.0 * color.encode(np.array(there.shade)).max() * share
    # Half a step of 255 each is lost by both opacities, by the shadow's colour and by the picture's.
    assert (left.min() > -2.0, (left - most).max() < 2.0) == (True, True)


@pytest.mark.parametrize("style", Style)
def test_who_stands_before_a_picture_is_lit_from_where_it_is_bright(
    draughtsman: OpenGlDraughtsman, bare: Scene, style: Style
) -> None:
    stage = picture(bare, Camera.PORTRAIT, style, 128)
    scenery = np.full((128, 128, 3), 60, np.uint8)
    scenery[:, 64:] = (250, 190, 120)

    def brighter_right(behind: RgbImage) -> float:
        drawn = draughtsman.draw(replace(stage, backdrop=Backdrop(picture=behind)))
        light = color.luminance(color.light(drawn[..., :3])) * head
        return float(light[:, 64:].sum() / light[:, :64].sum())

    rows = np.arange(128)[:, None]
    head = solid(draughtsman.draw(stage)) & (rows < 72)
    assert brighter_right(scenery) > 1.1 * brighter_right(np.ascontiguousarray(scenery[:, ::-1]))


@pytest.mark.parametrize("tone", range(len(MONK_LIGHT)), ids=MONK)
def test_skin_is_recognised_before_the_worst_of_pictures(
    draughtsman: OpenGlDraughtsman, bare: Scene, tone: int
) -> None:
    """All ten tones of the scale, before walls of one colour: nothing changes the light more."""
    skin = (float(MONK_LIGHT[tone][0]), float(MONK_LIGHT[tone][1]), float(MONK_LIGHT[tone][2]))
    stage = picture(bare, Camera.PORTRAIT, size=96)
    props = [replace(prop, color=skin, tone=skin) for prop in stage.props if prop.substance is Substance.SKIN]
    stage = replace(stage, props=props)

    def shown(wall: tuple[int, int, int] | None) -> FloatArray:
        behind = None if wall is None else np.full((96, 96, 3), wall, np.uint8)
        drawn = draughtsman.draw(replace(stage, backdrop=Backdrop(picture=behind)))
        return color.lab(np.median(color.light(drawn[face][:, :3]), axis=0))

    face = ndimage.binary_erosion(solid(draughtsman.draw(stage)), iterations=4)
    walls = {"black": (0, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "red": (160, 0, 0)}
    apart = {name: float(color.difference(shown(None), shown(wall))) for name, wall in walls.items()}
    assert max(apart.values()) < 12.0, apart
    assert min(apart.values()) > 0.5, apart


def test_the_outline_is_the_bodys_own(draughtsman: OpenGlDraughtsman, bare: Scene) -> None:
    open3d = pytest.importorskip("open3d")
    stage = picture(bare)
    rays = open3d.t.geometry.RaycastingScene()
    for prop in stage.props:
        mesh = open3d.t.geometry.TriangleMesh(
            open3d.core.Tensor(prop.positions), open3d.core.Tensor(prop.triangles.astype(np.uint32))
        )
        rays.add_triangles(mesh)
    hit = np.isfinite(rays.cast_rays(open3d.core.Tensor(sight_rays(stage)))["t_hit"].numpy())
    drawn = solid(draughtsman.draw(stage))
    near = np.ones((3, 3), bool)
    assert not (drawn & ~ndimage.binary_dilation(hit, near)).any()
    assert not (ndimage.binary_erosion(hit, near) & ~drawn).any()
    assert drawn.sum() > 5_000


def test_a_mirrored_stage_gives_a_mirrored_outline(draughtsman: OpenGlDraughtsman, person: Scene) -> None:
    stage = picture(person)
    flip = np.array([-1.0, 1.0, 1.0], np.float32)
    mirrored = [
        replace(
            prop,
            positions=prop.positions * flip,
            normals=prop.normals * flip,
            triangles=prop.triangles[:, ::-1],
            grain=None if prop.grain is None else prop.grain * np.append(flip, np.float32(1.0)),
        )
        for prop in stage.props
        if prop.substance is not Substance.HAIR  # its strands' shades are nobody's mirror image
    ]
    (x, y, z), (a, b, c) = stage.view.eye, stage.view.target
    kept = [prop for prop in stage.props if prop.substance is not Substance.HAIR]
    one = solid(draughtsman.draw(replace(stage, props=kept)))
    view = replace(stage.view, eye=(-x, y, z), target=(-a, b, c))
    other = solid(draughtsman.draw(replace(stage, props=mirrored, view=view)))
    assert (one != other[:, ::-1]).sum() < 0.02 * one.sum()
    assert (one != other).sum() > 0.05 * one.sum()


@pytest.mark.parametrize("code", ["#f0cdb5", "#d7a98c", "#8d5a3a", "#4a2c1d"])
def test_skin_has_the_colour_asked_for(
    draughtsman: OpenGlDraughtsman, model, outfitter: Outfitter, mean_body, code: str
) -> None:
    parts = outfitter.bare(mean_body, Appearance(code, HairPattern.NONE, ""))
    scene = Scene(parts, Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads), {})
    stage = picture(scene)
    drawn = draughtsman.draw(stage)
    # The torso, without the edges where light from behind shines.
    middle = ndimage.binary_erosion(solid(drawn), iterations=6)
    shown = lab(np.median(drawn[middle][:, :3], axis=0))
    asked = lab(np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], float))
    assert np.linalg.norm(shown[1:] - asked[1:]) < 8.0
    assert abs(shown[0] - asked[0]) < 14.0


def test_eyes_have_a_light_in_them(draughtsman: OpenGlDraughtsman, person: Scene) -> None:
    stage = picture(person, Camera.PORTRAIT, size=512)
    drawn = draughtsman.draw(stage)
    eyes = next(prop for prop in stage.props if prop.substance is Substance.EYE)
    assert eyes.grain is not None
    for side in (eyes.positions[:, 0] > 0.0, eyes.positions[:, 0] <= 0.0):
        points = eyes.positions[side].astype(np.float64)
        pupil = (points.min(axis=0) + points.max(axis=0)) / 2.0 + 0.014 * eyes.grain[side][0, :3]
        column, row = np.rint(on_screen(stage, pupil[None])[0]).astype(int)
        around = color.light(drawn[row - 7 : row + 8, column - 9 : column + 10, :3]).mean(axis=2)
        assert around.max() > 0.75
        assert around.min() < 0.05
        # Eyes look at whoever looks at the picture.
        to_camera = np.array(stage.view.eye) - pupil
        assert eyes.grain[side][0, :3] @ to_camera / np.linalg.norm(to_camera) > 0.999


@pytest.mark.parametrize("style", [Style.CARTOON, Style.ANIME])
def test_drawn_styles_have_few_tones(draughtsman: OpenGlDraughtsman, person: Scene, style: Style) -> None:
    def tones(how: Style) -> int:
        drawn = draughtsman.draw(picture(person, style=how, size=512))
        cloth = drawn[solid(drawn)].astype(int)
        cloth = cloth[cloth[:, 2] > cloth[:, 0] + 12, :3]
        _, counts = np.unique(cloth // 3, axis=0, return_counts=True)
        return int(np.searchsorted(np.cumsum(np.sort(counts)[::-1]), 0.9 * len(cloth))) + 1

    assert tones(style) <= 6
    assert tones(Style.REALISTIC) > 30


@pytest.mark.parametrize("style", Style)
def test_eyes_that_blink_are_behind_their_lids_in_every_style(
    draughtsman: OpenGlDraughtsman, model, outfitter: Outfitter, person: Scene, mean_body, style: Style
) -> None:
    variants = Variants(model, outfitter)

    def seen_of_the_eyes(weights: Weights) -> int:
        stage = picture(variants.faced(person, mean_body, weights), Camera.PORTRAIT, style)
        blind = replace(stage, props=[prop for prop in stage.props if prop.substance is not Substance.EYE])
        one, other = (draughtsman.draw(each)[..., :3].astype(np.int64) for each in (stage, blind))
        return int((np.abs(one - other).max(axis=2) > 48).sum())

    closed, opened = (
        seen_of_the_eyes({"eyeBlinkLeft": weight, "eyeBlinkRight": weight}) for weight in (1.0, 0.0)
    )
    assert closed <= 4
    assert opened > 40


def test_the_same_stage_gives_the_same_picture(draughtsman: OpenGlDraughtsman, person: Scene) -> None:
    first = draughtsman.draw(picture(person, Camera.PORTRAIT, size=128))
    draughtsman.draw(picture(person, Camera.BACK, Style.CARTOON, 64))
    again = draughtsman.draw(picture(person, Camera.PORTRAIT, size=128))
    assert (first == again).all()
    other = OpenGlDraughtsman()
    assert (first == other.draw(picture(person, Camera.PORTRAIT, size=128))).all()
    # Two of them do not get into each other's way.
    assert (first == draughtsman.draw(picture(person, Camera.PORTRAIT, size=128))).all()
    other.close()


def test_after_a_failure_it_draws_again(draughtsman: OpenGlDraughtsman, bare: Scene) -> None:
    before = draughtsman.draw(picture(bare, size=64))
    with pytest.raises(DrawingUnavailable):
        draughtsman.draw(picture(bare, size=1 << 20))
    assert np.abs(draughtsman.draw(picture(bare, size=64)).astype(int) - before).max() == 0


def test_without_a_driver_it_says_so() -> None:
    with pytest.raises(DrawingUnavailable) as refused:
        open_context(library="libNoSuchDriver.so")
    assert refused.value.metadata["part"] == "drawing"
    assert "libNoSuchDriver" in refused.value.metadata["why"]


@pytest.mark.parametrize(("camera", "style"), APPROVED)
def test_it_looks_as_it_was_approved(
    draughtsman: OpenGlDraughtsman, person: Scene, camera: Camera, style: Style
) -> None:
    """By structure, as drivers differ in last bits; `python -m tests.unit.mesher.drawn` draws them anew."""
    drawn = draughtsman.draw(picture(person, camera, style, 256, Backdrop()))
    approved = Image.open(GOLDEN / f"{camera.value}_{style.value}.webp").convert("RGB")
    assert likeness(drawn[..., :3], np.asarray(approved)) > 0.97


def test_likeness_can_tell(draughtsman: OpenGlDraughtsman, person: Scene) -> None:
    one = draughtsman.draw(picture(person, Camera.PORTRAIT, size=256, backdrop=Backdrop()))[..., :3]
    assert likeness(one, np.roll(one, 2, axis=1)) < 0.97
    assert likeness(one, one) == pytest.approx(1.0)


def lab(code: Sequence[float] | FloatArray) -> FloatArray:
    """sRGB 0..255 -> CIE L*a*b* under D65."""
    linear = color.decode(np.asarray(code, np.float64) / 255.0)
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ linear
        / [0.9505, 1.0, 1.089]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])

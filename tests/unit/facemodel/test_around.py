"""Hair and cloth around a face in made-up photos whose colours are known."""

from __future__ import annotations

import numpy as np
import pytest

from facemodel import color
from facemodel.arrays import FloatArray, RgbImage
from facemodel.features.around import Surroundings, surroundings
from facemodel.features.light import Light
from facemodel.features.model import MeasuredColor
from facemodel.topology import FaceTopology
from facemodel.view import View
from tests.unit.facemodel import sitter

SKIN, HAIR, CLOTH, WALL = (200, 150, 125), (60, 40, 30), (30, 60, 120), (230, 230, 225)
SCALE, MIDDLE = 800.0, (320.0, 160.0)
WHITE_LIGHT = Light(np.ones(3), known=True)
Rgb = tuple[int, int, int]


def seen(topology: FaceTopology) -> View:
    return sitter.view(topology, scale=SCALE, middle=MIDDLE)


def photo(view: View, *, hair: Rgb = HAIR, cloth: Rgb = CLOTH, noise: float = 3.0) -> RgbImage:
    """Bands across the photo, along the face's own axis: hair, face, cloth; with a sensor's noise."""
    brow, chin = view.mesh.points[[10, 152], :2]
    width, height = view.size
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    share = (places - chin) @ (brow - chin) / ((brow - chin) @ (brow - chin))
    painted = np.full((height, width, 3), SKIN, np.float64)
    painted[share > 1.02] = hair
    painted[share < -0.2] = cloth
    rng = np.random.default_rng(3)
    return (painted + noise * rng.standard_normal(painted.shape)).clip(0, 255).astype(np.uint8)


def told(view: View, image: RgbImage, light: Light = WHITE_LIGHT) -> Surroundings:
    return surroundings(view, image, light)


def apart(found: MeasuredColor | None, painted: Rgb) -> float:
    """CIEDE2000."""
    assert found is not None
    one, other = (color.lab(color.light(np.array(rgb, np.uint8))) for rgb in (found.rgb, painted))
    return float(color.difference(one, other))


@pytest.mark.parametrize("roll", [0.0, 12.0])
def test_hair_and_cloth_are_what_was_painted(topology: FaceTopology, roll: float) -> None:
    view = seen(topology)
    if roll:
        turned = sitter.points(topology.mean, sitter.rotation(0.0, 0.0, roll), SCALE, MIDDLE)
        view = View.of(type(view.mesh)(turned, 1.0), view.size, topology)
    found = told(view, photo(view))
    assert apart(found.hair, HAIR) < 2.0
    assert apart(found.clothes, CLOTH) < 2.0
    assert found.hair is not None
    assert found.clothes is not None
    assert min(found.hair.confidence, found.clothes.confidence) > 0.9


def test_a_bald_head_has_no_hair_and_a_bare_chest_no_cloth(topology: FaceTopology) -> None:
    view = seen(topology)
    assert told(view, photo(view, hair=SKIN, cloth=SKIN)) == Surroundings(None, None)


def test_what_lies_outside_the_photo_is_not_told(topology: FaceTopology) -> None:
    view = sitter.view(topology, scale=2800.0, middle=(320.0, 160.0))
    assert told(view, photo(view)) == Surroundings(None, None)


def test_a_wall_above_short_hair_is_not_taken_for_it(topology: FaceTopology) -> None:
    view = seen(topology)
    image = photo(view)
    brow, chin = view.mesh.points[[10, 152], :2]
    above = int(brow[1] - 0.22 * (chin[1] - brow[1]))
    image[:above] = WALL
    assert apart(told(view, image).hair, HAIR) < 2.0


def test_a_motley_cloth_is_hardly_believed(topology: FaceTopology) -> None:
    view = seen(topology)
    image = photo(view)
    stripes = (np.arange(view.size[0]) // 8) % 4
    below = int(view.mesh.points[152, 1] + 20)
    colours: FloatArray = np.array([(220, 30, 30), (30, 160, 40), (20, 20, 20), (240, 240, 240)], np.float64)
    image[below:] = colours[stripes].astype(np.uint8)
    found = told(view, image).clothes
    assert found is None or found.confidence < 0.4


def test_colours_are_brought_to_white_light(topology: FaceTopology) -> None:
    view = seen(topology)
    dimmed = Light(np.array([2.0, 2.0, 2.0]), known=True)
    image = photo(view)
    plain, corrected = told(view, image), told(view, image, dimmed)
    assert plain.clothes is not None
    assert corrected.clothes is not None
    linear = color.light(np.array([plain.clothes.rgb, corrected.clothes.rgb], np.uint8))
    assert linear[1] == pytest.approx(2.0 * linear[0], rel=0.1)

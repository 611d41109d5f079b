"""What a picture behind somebody tells of the light: where it is bright and of which colours, and never more than so much."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from facemodel.arrays import RgbImage
from services.mesher.domain.ambience import STUDIO, Ambience, of
from services.mesher.domain.stage import Rgb

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24), st.just(3)))


def plain(*colors: tuple[int, int, int], down: bool = False) -> RgbImage:
    """Stripes of colours beside or below one another."""
    stripes = np.array(colors, np.uint8)
    wide = np.repeat(stripes, 240 // len(colors), axis=0)
    across = np.broadcast_to(wide[None], (240, len(wide), 3))
    return np.ascontiguousarray(across.swapaxes(0, 1) if down else across)


def lights(ambience: Ambience) -> dict[str, Rgb]:
    return {name: getattr(ambience, name) for name in ("lamp", "around", "above", "below", "left", "right")}


def warmth(light: Rgb) -> float:
    return light[0] / light[2]


def test_where_nothing_stands_behind_it_is_the_studios_light() -> None:
    assert of(None) is STUDIO
    assert set(lights(STUDIO).values()) == {(1.0, 1.0, 1.0)}


def test_a_grey_wall_changes_no_colour_and_moves_no_lamp() -> None:
    seen = of(plain((128, 128, 128)))
    assert not seen.mirrored
    for light in (*lights(seen).values(), seen.shade):
        assert max(light) - min(light) < 1e-9


def test_the_darker_the_place_the_darker_the_person() -> None:
    levels = [of(plain((value, value, value))).lamp[0] for value in (0, 60, 100, 140, 255)]
    assert levels == sorted(levels)
    assert levels[0] < 0.75 < 1.0 < levels[-1]


def test_the_lamp_stands_where_it_is_bright() -> None:
    assert of(plain((90, 90, 90), (200, 200, 200))).mirrored
    assert not of(plain((200, 200, 200), (90, 90, 90))).mirrored
    assert not of(plain((140, 140, 140), (144, 144, 144))).mirrored


def test_each_side_gives_its_own_light() -> None:
    """A warm window on the left, and grass under a blue sky."""
    seen = of(plain((220, 140, 60), (60, 90, 160)))
    assert warmth(seen.left) > 1.5 > 1.0 > warmth(seen.right)
    assert min(seen.left) > max(seen.right) * 0.6
    field = of(plain((120, 160, 230), (120, 160, 230), (60, 110, 30), down=True))
    assert field.above[2] > field.above[0]
    assert field.below[1] > max(field.below[0], field.below[2])
    assert field.shade[1] > field.shade[0] > field.shade[2]
    assert field.shadow < of(plain((235, 225, 200))).shadow


def test_a_small_bright_lamp_tells_more_of_the_light_than_the_dark_around_it() -> None:
    street = plain((10, 12, 30))
    street[40:60, 40:60] = (255, 160, 50)
    assert warmth(of(street).lamp) > 1.0 > warmth(of(plain((10, 12, 30))).lamp)


@given(PICTURES)
def test_no_picture_changes_the_light_by_more_than_so_much(picture: RgbImage) -> None:
    seen = of(picture)
    for name, light in lights(seen).items():
        low, high = (0.61, 1.21) if name in ("lamp", "around") else (0.25, 2.8)
        assert low < min(light) <= max(light) < high
    assert max(seen.shade) < 0.06
    assert 0.4 < seen.shadow < 0.7


@given(PICTURES)
def test_a_mirrored_picture_mirrors_the_light(picture: RgbImage) -> None:
    even = picture[:, : picture.shape[1] // 2 * 2] if picture.shape[1] > 1 else np.repeat(picture, 2, axis=1)
    seen, mirrored = of(even), of(np.ascontiguousarray(even[:, ::-1]))
    assert (seen.left, seen.right) == (mirrored.right, mirrored.left)
    assert (seen.lamp, seen.above, seen.shade) == (mirrored.lamp, mirrored.above, mirrored.shade)
    assert not (seen.mirrored and mirrored.mirrored)


@pytest.mark.parametrize("times", [2, 5])
def test_a_larger_picture_of_the_same_place_gives_the_same_light(times: int) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (129, 129, 3), np.uint8)
    larger = picture.repeat(times, axis=0).repeat(times, axis=1)
    assert astuple(of(larger)) == astuple(of(picture))

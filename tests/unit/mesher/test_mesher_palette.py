"""Colours of drawn styles: a shadow leans to another hue, and what a face says is seen on every skin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemodel import color
from facemodel.features.tone import MONK_LIGHT
from services.mesher.adapters.drawing.toon import MANNERS
from services.mesher.domain import palette
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.palette import Shading
from services.mesher.domain.stage import Rgb, Style, Substance
from services.mesher.domain.surface import FloatArray

SHADINGS = [manner.shading for manner in MANNERS.values()]
SKINS: list[Rgb] = [tuple(tone) for tone in MONK_LIGHT.tolist()]
SHARE = st.floats(0.0, 1.0)
COLORS = st.tuples(SHARE, SHARE, SHARE)
SUBSTANCES = st.sampled_from([Substance.SKIN, Substance.HAIR, Substance.CLOTH])


def lab(light: Rgb) -> FloatArray:
    found: FloatArray = color.lab(np.array([light]))[0]
    return found


def apart(one: Rgb, other: Rgb) -> float:
    """CIEDE2000."""
    return float(color.difference(color.lab(np.array([one])), color.lab(np.array([other])))[0])


def shown(one: Rgb, factor: Rgb) -> Rgb:
    """A colour in the light or in the shadow."""
    red, green, blue = (np.maximum(one, palette._LEAST) * np.array(factor)).tolist()
    return red, green, blue


@pytest.mark.parametrize("shading", SHADINGS, ids=[style.value for style in MANNERS])
def test_lips_and_brows_are_seen_on_all_ten_monk_tones(shading: Shading) -> None:
    for skin in SKINS:
        drawn = palette.drawn(skin, Substance.SKIN, shading)
        assert apart(palette.lips(skin, shading), drawn) > 12.0
        for hair in ("#15100d", "#6b3f22", "#a8432a", "#e8c878", "#e6e6e6"):
            brows = palette.brows(linear_rgb(hair), skin, shading)
            assert apart(brows, drawn) > 15.0
            assert lab(brows)[0] < lab(drawn)[0]
    # Brows as they are would not be seen on the darkest skin.
    assert apart(linear_rgb("#15100d"), SKINS[-1]) < 10.0


@pytest.mark.parametrize("shading", SHADINGS, ids=[style.value for style in MANNERS])
def test_tones_stay_in_their_order_and_near_what_was_asked_for(shading: Shading) -> None:
    drawn = [palette.drawn(skin, Substance.SKIN, shading) for skin in SKINS]
    order = np.argsort([lab(skin)[0] for skin in SKINS])
    lightness = np.array([lab(each)[0] for each in drawn])[order]
    assert (np.diff(lightness) > 0.5).all()
    # Seven of ten are hardly changed; the three darkest are lifted, so that what is drawn on them shows.
    assert max(apart(*pair) for pair in zip(drawn[:7], SKINS[:7], strict=True)) < 6.5
    assert max(apart(*pair) for pair in zip(drawn[7:], SKINS[7:], strict=True)) < 16.0


@pytest.mark.parametrize("style", MANNERS)
def test_the_shadow_of_skin_is_warmer_and_that_of_grey_cloth_is_violet(style: Style) -> None:
    shading = MANNERS[style].shading
    for skin in SKINS:
        tones = palette.tones(skin, Substance.SKIN, shading)
        light, shadow = (lab(shown(skin, factor)) for factor in (tones.light, tones.shadow))
        hue = [np.degrees(np.arctan2(each[2], each[1])) for each in (light, shadow)]
        assert 4.0 < hue[0] - hue[1] < 60.0
        assert 0.66 < shadow[0] / light[0] < 0.92
    grey = linear_rgb("#909090")
    tones = palette.tones(grey, Substance.CLOTH, shading)
    _, a, b = lab(shown(grey, tones.shadow))
    assert (a > 1.0, b < -3.0) == (True, True)
    assert np.abs(lab(shown(grey, tones.light))[1:]).max() < 0.5


@given(COLORS, SUBSTANCES, st.sampled_from(SHADINGS))
def test_a_shadow_is_never_lighter_and_ink_never_lighter_than_it(
    one: Rgb, substance: Substance, shading: Shading
) -> None:
    tones = palette.tones(one, substance, shading)
    light, shadow = shown(one, tones.light), shown(one, tones.shadow)
    assert all(np.isfinite([*tones.light, *tones.shadow]))
    assert lab(shadow)[0] <= lab(light)[0] + 0.5
    assert lab(palette.ink(one, substance, shading))[0] <= lab(shadow)[0] + 0.5


@pytest.mark.parametrize("shading", SHADINGS)
@pytest.mark.parametrize("code", ["#15100d", "#3b2417", "#a8432a", "#e8c878", "#8c8c8c", "#3a5fa8"])
def test_the_band_on_hair_is_a_lighter_shade_of_it(code: str, shading: Shading) -> None:
    hair = linear_rgb(code)
    drawn, shine = (
        lab(each(hair, *rest))
        for each, *rest in ((palette.drawn, Substance.HAIR, shading), (palette.shine, shading))
    )
    assert shine[0] > drawn[0] + 7.0
    if np.hypot(*drawn[1:]) > 12.0:
        turn = np.degrees(np.arctan2(shine[2], shine[1]) - np.arctan2(drawn[2], drawn[1]))
        assert abs((turn + 180.0) % 360.0 - 180.0) < 25.0

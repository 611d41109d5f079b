from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemodel import color
from facemodel.features import calibration
from facemodel.features.calibration import calibrated
from facemodel.features.tone import MONK_LIGHT


@pytest.mark.parametrize("tone", range(1, 11))
def test_skin_that_is_shown_as_it_is_hardly_changes(tone: int) -> None:
    own = MONK_LIGHT[tone - 1].astype(np.float64)
    assert color.difference(color.lab(calibrated(own)), color.lab(own)) < 3.0


@pytest.mark.parametrize("tone", range(1, 11))
def test_more_light_is_never_told_as_darker_skin(tone: int) -> None:
    lights = MONK_LIGHT[tone - 1] * np.linspace(0.4, 1.3, 40)[:, None]
    told = np.array([color.luminance(calibrated(light)) for light in lights])
    assert (np.diff(told) > -1e-6).all()
    assert told[-1] > 1.3 * told[0]


@given(light=st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_no_light_is_bent_far(light: list[float]) -> None:
    """Whatever the colour: the curve knows skin alone."""
    shown = np.array(light)
    told = calibrated(shown)
    assert (told <= np.minimum(shown * np.exp(0.3), 1.0) + 1e-12).all()
    assert (told >= shown * np.exp(-0.3) - 1e-12).all()


def test_terms_are_all_products_up_to_two_and_three_with_the_first() -> None:
    found = calibration.terms(np.array([2.0, 3.0, 5.0]))
    assert found.tolist() == [1, 2, 3, 5, 4, 6, 10, 9, 15, 25, 8, 12, 20]

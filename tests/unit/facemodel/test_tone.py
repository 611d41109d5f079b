from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facemodel import color
from facemodel.features import light
from facemodel.features.eyes import irises
from facemodel.features.model import Reason, SkinTone
from facemodel.features.tone import MONK_LIGHT, skin
from facemodel.topology import FaceTopology
from tests.unit.facemodel.painted import Painted, painted

TONES = range(1, 11)
monk_tones = st.sampled_from(TONES)


def code(tone: int):
    return color.pixels(MONK_LIGHT[tone - 1])


def told(face: Painted, topology: FaceTopology, *, hidden: bool = False) -> SkinTone:
    view = face.view(topology)
    return skin([view], [face.image], [light.of(view, face.image, hidden=hidden)])


def apart(one: SkinTone, other: SkinTone) -> float:
    first, second = (lab(each) for each in (one, other))
    return float(color.difference(first, second))


def lab(tone: SkinTone):
    assert tone.color is not None
    return color.lab(color.light(np.array(tone.color.rgb, np.uint8)))


@pytest.mark.parametrize("tone", TONES)
def test_each_tone_is_told_by_its_number(tone: int, topology: FaceTopology) -> None:
    # The three lightest are hardly to be told from each other.
    off = 1 if tone <= 3 else 0
    assert told(painted(topology, code(tone)), topology).monk == pytest.approx(tone, abs=off)


@pytest.mark.parametrize("tone", [2, 5, 8])
def test_warm_light_is_taken_out_by_the_whites(tone: int, topology: FaceTopology) -> None:
    face = painted(topology, code(tone))
    warm = Painted(color.pixels(color.light(face.image) * np.array([0.95, 0.85, 0.68])), face.points)
    honest = told(face, topology)
    without = told(warm, topology, hidden=True)
    assert apart(told(warm, topology), honest) < 0.6 * apart(without, honest)
    assert without.color is not None
    assert honest.color is not None
    assert without.color.confidence < honest.color.confidence


@settings(max_examples=25, deadline=None)
@given(tone=monk_tones)
def test_the_mirror_changes_nothing(tone: int, topology: FaceTopology) -> None:
    face = painted(topology, code(tone))
    assert apart(told(face.mirrored(topology), topology), told(face, topology)) < 0.5


@settings(max_examples=25, deadline=None)
@given(tone=monk_tones, times=st.integers(1, 3), right=st.integers(0, 200), down=st.integers(0, 200))
def test_size_and_place_change_nothing(
    tone: int, times: int, right: int, down: int, topology: FaceTopology
) -> None:
    face = painted(topology, code(tone))
    assert apart(told(face.enlarged(times, right, down), topology), told(face, topology)) < 0.5


@settings(max_examples=25, deadline=None)
@given(tone=monk_tones, gain=st.floats(0.7, 1.0))
def test_a_little_more_or_less_light_changes_little(tone: int, gain: float, topology: FaceTopology) -> None:
    face = painted(topology, code(tone))
    assert apart(told(face.brightened(gain), topology), told(face, topology)) < 6.0


def test_in_the_dark_nothing_is_told(topology: FaceTopology) -> None:
    face = painted(topology, code(9)).brightened(0.03)
    assert told(face, topology) == SkinTone(None, None, Reason.TOO_DARK)


def test_of_a_white_picture_nothing_is_told(topology: FaceTopology) -> None:
    face = painted(topology, code(2)).brightened(2.0)
    assert told(face, topology) == SkinTone(None, None, Reason.TOO_BRIGHT)


def test_photos_that_contradict_each_other_say_nothing(topology: FaceTopology) -> None:
    faces = [painted(topology, code(tone)) for tone in (1, 10)]
    views = [face.view(topology) for face in faces]
    images = [face.image for face in faces]
    lights = [light.of(view, image, hidden=True) for view, image in zip(views, images, strict=True)]
    assert skin(views, images, lights).reason is Reason.UNEVEN_LIGHT


@pytest.mark.parametrize("iris", [(0.12, 0.07, 0.03), (0.08, 0.16, 0.3), (0.1, 0.18, 0.06)])
def test_the_irises_keep_their_hue(iris: tuple[float, float, float], topology: FaceTopology) -> None:
    face = painted(topology, code(5), iris)
    view = face.view(topology)
    lights = [light.of(view, face.image, hidden=False)]
    found = irises([view], [face.image], lights, hidden=False)
    assert found.color is not None
    assert color.difference(
        color.lab(color.light(np.array(found.color.rgb, np.uint8))), color.lab(np.array(iris))
    ) == pytest.approx(0.0, abs=4.0)
    assert irises([view], [face.image], lights, hidden=True).reason is Reason.EYES_HIDDEN

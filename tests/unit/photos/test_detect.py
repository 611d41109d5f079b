from __future__ import annotations

import numpy as np
import pytest

from facemodel.detect import DETECTORS
from facemodel.networks import Range
from photos.detect import Detector, Sight
from tests.unit.photos.told import HEIGHT, WIDTH, raw

IMAGE = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
NEAR, FAR = DETECTORS[Range.SHORT], DETECTORS[Range.FULL]


@pytest.mark.parametrize(("detector", "count"), [(NEAR, 896), (FAR, 2304)])
def test_there_is_an_anchor_for_every_answer(detector: Detector, count: int) -> None:
    anchors = detector.anchors
    assert anchors.shape == (count, 2)
    assert 0.0 < anchors.min() < anchors.max() < 1.0
    assert anchors.mean(axis=0) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("points", [4, 6])
@pytest.mark.parametrize("detector", [NEAR, FAR])
def test_a_face_is_placed_in_the_photo(detector: Detector, points: int) -> None:
    [found] = Sight.of(IMAGE, detector).found(*raw(detector, [(200.0, 150.0, 90.0, 3.0)], points))
    assert (found.low + found.high) / 2.0 == pytest.approx((200.0, 150.0), abs=1e-3)
    assert found.high - found.low == pytest.approx((90.0, 90.0), abs=1e-3)
    assert found.points.shape == (points, 2)
    assert found.points[0] == pytest.approx((182.0, 141.0), abs=1e-3)
    assert found.score == pytest.approx(1.0 / (1.0 + np.exp(-3.0)))


def test_boxes_of_one_face_become_one_by_their_scores() -> None:
    sure, unsure = 1.0 / (1.0 + np.exp(-3.0)), 1.0 / (1.0 + np.exp(-1.0))
    [found] = Sight.of(IMAGE, NEAR).found(*raw(NEAR, [(200.0, 150.0, 90.0, 1.0), (206.0, 150.0, 90.0, 3.0)]))
    expected = (200.0 * unsure + 206.0 * sure) / (unsure + sure)
    assert (found.low + found.high)[0] / 2.0 == pytest.approx(expected, abs=1e-3)
    assert found.score == pytest.approx(sure)


def test_two_faces_stay_two_and_the_unlikely_are_left_out() -> None:
    found = Sight.of(IMAGE, NEAR).found(
        *raw(NEAR, [(150.0, 150.0, 90.0, 1.0), (400.0, 300.0, 120.0, 4.0), (300.0, 100.0, 60.0, -0.1)])
    )
    assert [round(float(face.low[0] + 60)) for face in found] == [400, 165]


def test_answers_beyond_any_probability_are_read() -> None:
    boxes, scores = raw(FAR, [(200.0, 150.0, 90.0, 1e30)])
    scores[0] = -1e30
    [found] = Sight.of(IMAGE, FAR).found(boxes, scores)
    assert found.score == pytest.approx(1.0)

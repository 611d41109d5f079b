from __future__ import annotations

import numpy as np
import pytest

from facemodel import detect
from facemodel.detect import Sight
from facemodel.networks import Range

WIDTH, HEIGHT = 640, 480
IMAGE = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def raw(reach: Range, faces: list[tuple[float, float, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """What a detector would say of faces (x, y, side in pixels of the photo, logit), each at its nearest anchor."""
    side, largest = detect.SIDES[reach], max(WIDTH, HEIGHT)
    anchors = detect.anchors_of(reach)
    boxes, scores = np.zeros((len(anchors), 16), np.float32), np.full((len(anchors), 1), -20.0, np.float32)
    taken: set[int] = set()
    for x, y, size, logit in faces:
        place = np.add((x, y), ((largest - WIDTH) / 2, (largest - HEIGHT) / 2)) / largest
        order = np.argsort(np.linalg.norm(anchors - place, axis=1), kind="stable")
        anchor = next(int(number) for number in order if int(number) not in taken)
        taken.add(anchor)
        away = (place - anchors[anchor]) * side
        extent = size / largest * side
        eyes = [np.add(away, (-0.2 * extent, -0.1 * extent)), np.add(away, (0.2 * extent, -0.1 * extent))]
        boxes[anchor] = np.concatenate([away, [extent, extent], *eyes, *[away] * 4])
        scores[anchor] = logit
    return boxes, scores


@pytest.mark.parametrize(("reach", "count"), [(Range.SHORT, 896), (Range.FULL, 2304)])
def test_there_is_an_anchor_for_every_answer(reach: Range, count: int) -> None:
    anchors = detect.anchors_of(reach)
    assert anchors.shape == (count, 2)
    assert 0.0 < anchors.min() < anchors.max() < 1.0
    assert anchors.mean(axis=0) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("reach", list(Range))
def test_a_face_is_placed_in_the_photo(reach: Range) -> None:
    [found] = Sight.of(IMAGE, reach).faces(*raw(reach, [(200.0, 150.0, 90.0, 3.0)]))
    assert (found.low + found.high) / 2.0 == pytest.approx((200.0, 150.0), abs=1e-3)
    assert found.high - found.low == pytest.approx((90.0, 90.0), abs=1e-3)
    assert found.points[0] == pytest.approx((182.0, 141.0), abs=1e-3)
    assert found.score == pytest.approx(1.0 / (1.0 + np.exp(-3.0)))


def test_boxes_of_one_face_become_one_by_their_scores() -> None:
    sure, unsure = 1.0 / (1.0 + np.exp(-3.0)), 1.0 / (1.0 + np.exp(-1.0))
    [found] = Sight.of(IMAGE, Range.SHORT).faces(
        *raw(Range.SHORT, [(200.0, 150.0, 90.0, 1.0), (206.0, 150.0, 90.0, 3.0)])
    )
    expected = (200.0 * unsure + 206.0 * sure) / (unsure + sure)
    assert (found.low + found.high)[0] / 2.0 == pytest.approx(expected, abs=1e-3)
    assert found.score == pytest.approx(sure)


def test_two_faces_stay_two_and_the_unlikely_are_left_out() -> None:
    found = Sight.of(IMAGE, Range.SHORT).faces(
        *raw(Range.SHORT, [(150.0, 150.0, 90.0, 1.0), (400.0, 300.0, 120.0, 4.0), (300.0, 100.0, 60.0, -0.1)])
    )
    assert [round(float(face.low[0] + 60)) for face in found] == [400, 165]


def test_answers_beyond_any_probability_are_read() -> None:
    boxes, scores = raw(Range.FULL, [(200.0, 150.0, 90.0, 1e30)])
    scores[0] = -1e30
    [found] = Sight.of(IMAGE, Range.FULL).faces(boxes, scores)
    assert found.score == pytest.approx(1.0)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facemodel.features import RawTraits, Reason
from facemodel.features.accessories import accessories
from facemodel.features.cuts import cuts, tensors
from facemodel.features.expressions import expressions, mouth
from facemodel.features.shape import MEAN, SHAPES, SPREAD, face_shape, ratios
from facemodel.topology import FaceTopology
from tests.unit.facemodel.painted import Painted, painted

SKIN = np.array([160, 126, 86], np.uint8)


def raw(worn=(0.1, 0.1, 0.1), shown=(0.1, 0.1, 0.1), at_ears=((0.9, 0.1), (0.9, 0.1)), views=3) -> RawTraits:
    return RawTraits(
        *(np.tile(np.array(each), (views, *[1] * np.ndim(each))) for each in (worn, shown, at_ears))
    )


@pytest.fixture
def face(topology: FaceTopology) -> Painted:
    return painted(topology, SKIN)


@settings(max_examples=30, deadline=None)
@given(
    scale=st.floats(0.2, 5.0),
    shift=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    roll=st.floats(-0.6, 0.6),
)
def test_place_size_and_turn_change_no_measure_of_the_mouth(
    scale: float, shift: tuple[float, float], roll: float, topology: FaceTopology
) -> None:
    points = painted(topology, SKIN).points
    cosine, sine = np.cos(roll), np.sin(roll)
    turned = points @ np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(mouth(turned * scale + [*shift, 0.0]), mouth(points), atol=1e-9)


def test_the_mirror_changes_no_measure_of_the_mouth(face: Painted, topology: FaceTopology) -> None:
    np.testing.assert_allclose(mouth(face.mirrored(topology).points), mouth(face.points), atol=2e-3)


def test_corners_that_rise_and_part_are_a_smile(face: Painted, topology: FaceTopology) -> None:
    smiling = face.points.copy()
    smiling[[61, 291]] += np.array([[-14.0, -17.0, 12.0], [14.0, -17.0, 12.0]])
    shown = expressions([Painted(face.image, smiling).view(topology)], raw(views=1), hidden=False)
    resting = expressions([face.view(topology)], raw(views=1), hidden=False)
    assert shown["smile"].present is True
    assert resting["smile"].present is False


def test_behind_dark_lenses_no_squint_is_told(face: Painted, topology: FaceTopology) -> None:
    told = expressions([face.view(topology)], raw(shown=(0.1, 0.1, 0.99), views=1), hidden=True)
    assert (told["squint"].present, told["squint"].reason) == (None, Reason.EYES_HIDDEN)
    assert told["frown"].present is False


def test_of_brows_lower_than_any_that_were_learnt_nothing_is_told(
    face: Painted, topology: FaceTopology
) -> None:
    low = face.points.copy()
    low[[46, 53, 52, 65, 55, 276, 283, 282, 295, 285], 1] += 20.0
    told = expressions(
        [Painted(face.image, low).view(topology)], raw(shown=(0.99, 0.01, 0.01), views=1), hidden=False
    )
    assert (told["frown"].present, told["frown"].reason) == (None, Reason.UNSURE)
    assert told["squint"].present is False


@pytest.mark.parametrize(("score", "present"), [(0.97, True), (0.03, False), (0.52, None)])
def test_what_is_in_the_middle_is_not_told(
    face: Painted, topology: FaceTopology, score: float, present: bool | None
) -> None:
    told = accessories([face.view(topology)], raw(worn=(score, 0.0, score)))
    assert [told[name].present for name in ("glasses", "hat")] == [present, present]
    assert told["hat"].reason is (Reason.UNSURE if present is None else None)


def test_no_hat_is_told_only_where_a_photo_goes_on_above_the_forehead(
    face: Painted, topology: FaceTopology
) -> None:
    whole, top = face.view(topology), int(face.points[10, 1])
    cut = Painted(face.image[top:], face.points - [0.0, top, 0.0]).view(topology)
    for score, views, present in ((0.02, [cut, whole], False), (0.02, [cut], None), (0.98, [cut], True)):
        told = accessories(views, raw(worn=(score, 0.0, score)))["hat"]
        assert (told.present, told.reason) == (present, Reason.HEAD_CUT_OFF if present is None else None)


def test_no_earring_is_told_only_where_ears_were_seen_twice() -> None:
    for ears in (((0.1, 0.02), (0.2, 0.02)), ((0.1, 0.02), (0.9, 0.02)), ((0.7, 0.02), (0.9, 0.02))):
        hidden = accessories([], raw(at_ears=ears, views=1))["earrings"]
        assert (hidden.present, hidden.reason) == (None, Reason.EARS_NOT_SEEN)
    assert accessories([], raw(at_ears=((0.9, 0.02), (0.9, 0.02)), views=1))["earrings"].present is False
    assert accessories([], raw(at_ears=((0.1, 0.98), (0.2, 0.02))))["earrings"].present is True


def test_left_and_right_ear_count_alike() -> None:
    one, other = ((0.9, 0.8), (0.3, 0.1)), ((0.3, 0.1), (0.9, 0.8))
    assert accessories([], raw(at_ears=one))["earrings"] == accessories([], raw(at_ears=other))["earrings"]


@pytest.mark.parametrize("name", SHAPES)
def test_a_face_with_the_ratios_of_a_shape_has_it(name: str, topology: FaceTopology) -> None:
    length, forehead, jaw, squareness = MEAN + SPREAD * np.array(SHAPES[name])
    points, width = topology.mean.copy(), 0.14
    points[[10, 152]] = [[0.0, length * width, 0.0], [0.0, 0.0, 0.0]]
    for pair, share in (
        ((234, 454), 1.0),
        ((103, 332), forehead),
        ((172, 397), jaw),
        ((149, 378), squareness * jaw),
    ):
        points[list(pair)] = np.array([[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0]]) * share * width
    found = face_shape(points)
    assert found.name == name
    assert set(found.scores) == set(SHAPES)
    assert sum(found.scores.values()) == pytest.approx(1.0)


def test_between_two_shapes_none_is_told(topology: FaceTopology) -> None:
    found = face_shape(topology.mean)
    two = sorted(found.scores.values())[-2:]
    assert (found.name is None) == (two[1] - two[0] < 0.08)


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(0.5, 2.0))
def test_size_changes_no_shape(scale: float, topology: FaceTopology) -> None:
    np.testing.assert_allclose(ratios(topology.mean * scale), ratios(topology.mean), rtol=1e-12)


def test_the_mirror_changes_no_shape(topology: FaceTopology) -> None:
    turned = topology.mean[topology.mirror] * [-1.0, 1.0, 1.0]
    np.testing.assert_allclose(ratios(turned), ratios(topology.mean), rtol=1e-3)


def test_cuts_of_the_mirrored_face_are_the_mirrored_cuts(face: Painted, topology: FaceTopology) -> None:
    plain, turned = cuts(face.image, face.points), face.mirrored(topology)
    other = cuts(turned.image, turned.points)
    off = np.abs(plain.eyes[:, ::-1].astype(int) - other.eyes.astype(int))
    assert np.percentile(off, 95) <= 8
    half = len(plain.marks) // 2
    expected = np.concatenate([plain.marks[half:], plain.marks[:half]]) * [-1.0, 1.0]
    np.testing.assert_allclose(other.marks, expected, atol=0.006)


def test_tensors_hold_the_contract_of_the_network(face: Painted) -> None:
    made = tensors([cuts(face.image, face.points)] * 2)
    shapes = {name: array.shape for name, array in made.items()}
    assert shapes == {
        "head": (2, 3, 64, 64),
        "eyes": (2, 3, 80, 80),
        "ears": (2, 2, 3, 40, 40),
        "marks": (2, 62, 2),
    }
    assert {array.dtype for array in made.values()} == {np.dtype(np.float32)}

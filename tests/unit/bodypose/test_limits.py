"""Limits of the joints: what is outside is brought back, once and for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodypose.joints import angles_of, turns_at
from bodypose.limits import RANGES, RANGES_DEG, clamp, clamped, excess
from bodypose.skeleton import BONES, INDEX, Pose, Support, UnknownBoneError, matrices, pose_of, swapped

ANY_TURN = st.tuples(*[st.floats(-1.0, 1.0)] * 4).filter(lambda turn: np.linalg.norm(turn) > 1e-3)
POSES = st.builds(Pose, st.dictionaries(st.sampled_from(BONES), ANY_TURN), st.sampled_from(Support))


def at(bone: str, *degrees: float) -> np.ndarray:
    angles = np.zeros((len(BONES), 3))
    angles[INDEX[bone]] = np.radians(degrees)
    return turns_at(angles)


@given(POSES)
def test_clamping_twice_is_clamping_once_to_the_bit(pose: Pose) -> None:
    once, bones = clamp(pose)
    twice, again = clamp(once)
    assert twice == once
    assert again == ()
    assert once.support == pose.support
    assert once.turns.keys() == pose.turns.keys()
    assert {bone for bone in pose.turns if once.turns[bone] != pose.turns[bone]} == set(bones)


@given(st.integers(0, 2**32 - 1))
def test_what_is_clamped_is_within_and_what_was_within_stays(seed: int) -> None:
    turns = np.random.default_rng(seed).standard_normal((8, len(BONES), 4))
    turns /= np.linalg.norm(turns, axis=-1, keepdims=True)
    before = excess(turns)
    after = clamped(turns)
    assert before.max() > 0.5
    assert excess(after).max() == 0.0
    np.testing.assert_array_equal(after[before == 0.0], turns[before == 0.0])
    np.testing.assert_allclose(np.linalg.norm(after, axis=-1), 1.0, atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_both_sides_have_the_same_limits(seed: int) -> None:
    turns = np.random.default_rng(seed).standard_normal((4, len(BONES), 4))
    turns /= np.linalg.norm(turns, axis=-1, keepdims=True)
    np.testing.assert_allclose(
        matrices(clamped(swapped(turns))), matrices(swapped(clamped(turns))), atol=1e-9
    )


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("end", range(2))
@pytest.mark.parametrize("bone", [bone for bone in BONES if not bone.startswith("Right") and bone != "Hips"])
def test_a_joint_stops_at_the_end_of_each_range(bone: str, number: int, end: int) -> None:
    limit = RANGES_DEG[bone.removeprefix("Left")][number][end]
    degrees = np.zeros(3)
    degrees[number] = limit * 0.999
    assert excess(at(bone, *degrees)).max() == 0.0
    degrees[number] = limit * 1.02
    beyond = at(bone, *degrees)
    assert np.degrees(excess(beyond)[INDEX[bone]]) == pytest.approx(0.02 * abs(limit), rel=1e-6)
    stopped = np.degrees(angles_of(clamped(beyond))[INDEX[bone]])
    assert stopped[number] == pytest.approx(limit, abs=1e-3)
    np.testing.assert_allclose(np.delete(stopped, number), 0.0, atol=1e-6)


def test_the_whole_body_turns_as_it_likes() -> None:
    assert excess(at("Hips", 170.0, 0.0, 0.0)).max() == 0.0
    assert excess(at("Hips", 0.0, 0.0, 179.0)).max() == 0.0


def test_two_largest_swings_at_once_are_too_much() -> None:
    flexion, abduction = (ends[1] for ends in RANGES_DEG["UpLeg"][:2])
    corner = at("LeftUpLeg", flexion, abduction, 0.0)
    assert excess(corner)[INDEX["LeftUpLeg"]] > 0.2
    brought = np.degrees(angles_of(clamped(corner))[INDEX["LeftUpLeg"]])
    np.testing.assert_allclose(brought[:2], np.array([flexion, abduction]) * 0.5 ** (1.0 / 3.0), atol=1e-3)


def test_every_range_holds_the_a_pose() -> None:
    assert (RANGES[..., 0] < 0.0).all()
    assert (RANGES[..., 1] > 0.0).all()
    assert clamp(Pose({})) == (Pose({}), ())


def test_a_knee_that_bends_forward_is_told() -> None:
    pose = pose_of(at("RightLeg", -40.0, 0.0, 0.0))
    straightened, bones = clamp(pose)
    assert bones == ("RightLeg",)
    assert straightened.turns.keys() == {"RightLeg"}


def test_an_unknown_bone_is_refused() -> None:
    with pytest.raises(UnknownBoneError):
        clamp(Pose({"Tail": (0.0, 0.0, 0.0, 1.0)}))

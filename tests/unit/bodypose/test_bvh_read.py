from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodypose.bvh.refusal import MotionRefused
from bodypose.bvh.retarget import read
from bodypose.limits import clamped
from bodypose.skeleton import BONES, INDEX, Support, swapped, turns_of
from tests.unit.bodypose.dancer import LEVEL_ARMS, SKELETONS, Writer, directions
from tests.unit.bodypose.sitter import STANCES, turns_in

POSE = clamped(turns_in(STANCES["lunge"]))
Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
TO_THE_RIGHT = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


def away_degrees(found: np.ndarray, wanted: np.ndarray, bones: list[int]) -> float:
    """The largest angle between the directions of these bones."""
    cosines = np.sum(directions(found)[bones] * directions(wanted)[bones], axis=1)
    return float(np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))).max())


@pytest.mark.parametrize("name", SKELETONS)
@pytest.mark.parametrize("order", ["ZXY", "XYZ", "YZX"])
def test_skeletons_of_many_programs_are_known_by_their_names(name: str, order: str) -> None:
    names = SKELETONS[name]
    told = read(Writer(names, order, LEVEL_ARMS).write(POSE), 0)
    bones = [
        number
        for number, bone in enumerate(BONES)
        if bone in names and bone not in ("Hips", "Spine", "Spine1")
    ]
    assert away_degrees(turns_of(told.pose), POSE, bones) < 0.5
    assert told.unknown == ()
    assert away_degrees(turns_of(told.pose), swapped(POSE), bones) > 40.0


def test_our_own_skeleton_comes_back_as_it_was() -> None:
    told = read(Writer(SKELETONS["Mixamo"]).write(POSE), 0)
    found = turns_of(told.pose)
    assert np.abs(np.abs(np.sum(found * POSE, axis=1)) - 1.0).max() < 1e-6
    assert told.clamped == ()


@pytest.mark.parametrize("axes", [np.eye(3), Z_UP, TO_THE_RIGHT])
@pytest.mark.parametrize("unit", [1.0, 39.37])
def test_neither_axes_nor_units_count(axes: np.ndarray, unit: float) -> None:
    told = read(Writer(SKELETONS["Unreal"], axes=axes, unit=unit).write(POSE), 0)
    assert away_degrees(turns_of(told.pose), POSE, list(range(1, len(BONES)))) < 0.5


def test_each_frame_has_its_pose() -> None:
    standing = turns_in(STANCES["standing"])
    motion = Writer(SKELETONS["CMU"]).write(standing, POSE, turns_in(STANCES["on a chair"]))
    assert away_degrees(turns_of(read(motion, 0).pose), standing, [INDEX["LeftFoot"]]) < 0.5
    assert away_degrees(turns_of(read(motion, 1).pose), POSE, [INDEX["LeftFoot"]]) < 0.5
    assert read(motion, 1).pose.support is Support.FEET
    assert read(motion, 2).pose.support is Support.SEAT
    for missing in (3, 2**31):
        with pytest.raises(MotionRefused) as refused:
            read(motion, missing)
        assert refused.value.code == "frame_missing"


def test_joints_beyond_their_limits_are_turned_back_and_named() -> None:
    beyond = turns_in({"RightLeg": (-60.0, 0.0, 0.0), "LeftArm": (0.0, -38.0, 0.0)})
    told = read(Writer(SKELETONS["Rokoko"]).write(beyond), 0)
    assert told.clamped == ("RightLeg",)
    assert read(Writer(SKELETONS["Rokoko"]).write(clamped(beyond)), 0).clamped == ()


def test_bones_that_a_skeleton_lacks_are_named() -> None:
    names = {
        bone: name for bone, name in SKELETONS["Mixamo"].items() if "Hand" not in bone and "Toe" not in bone
    }
    told = read(Writer(names).write(POSE), 0)
    assert told.unknown == ("LeftToeBase", "RightToeBase", "LeftHand", "RightHand")


def test_another_creature_is_refused_with_what_it_lacks() -> None:
    spider = {bone: f"limb{number}" for number, bone in enumerate(BONES)}
    with pytest.raises(MotionRefused) as refused:
        read(Writer(spider).write(POSE), 0)
    assert refused.value.code == "joints_missing"
    assert "LeftArm" in refused.value.limit.split(", ")
    legless = {
        bone: name
        for bone, name in SKELETONS["Mixamo"].items()
        if bone not in ("LeftLeg", "LeftFoot", "LeftToeBase")
    }
    with pytest.raises(MotionRefused) as refused:
        read(Writer(legless).write(POSE), 0)
    assert refused.value.limit == "LeftLeg, LeftFoot"


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(list(SKELETONS)))
def test_limbs_point_where_the_motion_has_them(seed: int, name: str) -> None:
    angles = np.random.default_rng(seed).uniform(-25.0, 25.0, (len(BONES), 3))
    pose = clamped(turns_in({bone: tuple(angle) for bone, angle in zip(BONES, angles, strict=True)}))
    told = read(Writer(SKELETONS[name], rest_turns=LEVEL_ARMS).write(pose), 0)
    limbs = [
        INDEX[f"{side}{bone}"] for side in ("Left", "Right") for bone in ("ForeArm", "Hand", "Leg", "Foot")
    ]
    held = [limb for limb in limbs if BONES[limb] not in told.clamped]
    if not told.clamped:
        assert away_degrees(turns_of(told.pose), pose, held) < 0.5

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bodypose import body
from bodypose.joints import REST, turns_at
from bodypose.limits import RANGES, clamped, excess
from bodypose.photo.guess import HABITS
from bodypose.photo.read import PhotoPose, read
from bodypose.skeleton import BONES, Support, forward, turns_of
from photos.model import PhotoRefused
from tests.unit.bodypose.sitter import STANCES, seen, turns_in

JOINTS = [*range(11, 17), *range(23, 29)]
"""Shoulders to wrists, hips to ankles."""
LEGS = (*body.HIPS, *body.KNEES, *body.ANKLES, *body.HEELS, *body.TOES)


def joints_of(turns: np.ndarray) -> np.ndarray:
    """(33, 3) landmarks from the middle of the hips, metres."""
    landmarks = body.landmarks_of(*forward(turns, REST))
    from_hips: np.ndarray = landmarks - landmarks[list(body.HIPS)].mean(axis=0)
    return from_hips


def away_mm(told: PhotoPose, turns: np.ndarray) -> np.ndarray:
    """(33,) between where a pose takes the middling body's landmarks and where they should be, however it leans."""
    found, wanted = joints_of(turns_of(told.pose)), joints_of(turns)
    turn, _ = Rotation.align_vectors(wanted, found)
    away: np.ndarray = np.linalg.norm(turn.apply(found) - wanted, axis=1) * 1000.0
    return away


@pytest.mark.parametrize("stance", STANCES)
def test_a_pose_is_found_again(stance: str) -> None:
    turns = turns_in(STANCES[stance])
    told = read([seen(turns)])
    assert np.nanmax(told.off) < 0.03
    assert told.unknown == ()
    assert (excess(turns_of(told.pose)) < 1e-6).all()
    assert away_mm(told, turns).max() < 60.0
    # It is not what any pose would give.
    other = turns_in(STANCES["arms up" if stance != "arms up" else "standing"])
    assert away_mm(told, other).max() > 200.0


@pytest.mark.parametrize(
    ("stance", "support"),
    [
        ("standing", Support.FEET),
        ("lunge", Support.FEET),
        ("on a chair", Support.SEAT),
        ("on the floor", Support.FLOOR),
        ("kneeling", Support.FLOOR),
    ],
)
@pytest.mark.parametrize("yaw", [0.0, 70.0])
def test_what_carries_a_body_is_told_by_its_bones(stance: str, support: Support, yaw: float) -> None:
    assert read([seen(turns_in(STANCES[stance]), yaw=yaw)]).pose.support is support


@pytest.mark.parametrize("tilt", [-15.0, 15.0])
@pytest.mark.parametrize("hidden", [(), LEGS[2:]])
def test_a_tilted_camera_does_not_make_a_body_lean(tilt: float, hidden: tuple[int, ...]) -> None:
    turns = turns_in(STANCES["standing"])
    told = read([seen(turns, tilt=tilt, hidden=hidden)])
    head, pelvis = BONES.index("Neck"), BONES.index("Hips")
    _, heads = forward(turns_of(told.pose), REST)
    _, straight = forward(turns, REST)
    lean, wanted = ((at[head] - at[pelvis])[2] for at in (heads, straight))
    assert lean == pytest.approx(wanted, abs=0.06)


def test_whoever_turns_away_is_seen_from_behind() -> None:
    told = read([seen(turns_in(STANCES["standing"]), yaw=180.0)])
    facing = forward(turns_of(told.pose), REST)[0][0] @ [0.0, 0.0, 1.0]
    assert facing[2] < -0.95


def test_bones_that_cannot_be_seen_are_named_and_at_ease() -> None:
    told = read([seen(turns_in(STANCES["akimbo"]), hidden=(*LEGS[2:], 16, 20))])
    legs = [f"{side}{bone}" for side in ("Left", "Right") for bone in ("UpLeg", "Leg", "Foot")]
    assert set(told.unknown) == {*legs, "RightForeArm", "RightHand"}
    assert np.isnan(told.off[[27, 16]]).all()
    # The lunge's front leg would be 200 mm and more from one at ease.
    assert away_mm(told, turns_in(STANCES["standing"]))[[27, 28]].max() < 120.0


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), yaw=st.floats(-60.0, 60.0))
def test_any_pose_is_pictured_as_it_was(seed: int, yaw: float) -> None:
    angles = np.zeros((len(BONES), 3))
    numbers = np.random.default_rng(seed)
    drawn = HABITS.ease + HABITS.reach * numbers.normal(size=len(HABITS.ease)) / 2.0
    limits = RANGES[HABITS.bones, HABITS.axes]
    angles[HABITS.bones, HABITS.axes] = np.clip(drawn, limits[:, 0] * 0.8, limits[:, 1] * 0.8)
    told = read([seen(clamped(turns_at(angles)), yaw=yaw, noise_px=1.0)])
    # Of the torso: the figure that photos must reach.
    assert np.nanmax(told.off[JOINTS]) < 0.06


def test_nobody_is_refused() -> None:
    with pytest.raises(PhotoRefused) as refused:
        read([])
    assert refused.value.code == "person_not_found"


def test_two_people_are_refused_and_passers_by_are_not() -> None:
    turns = turns_in(STANCES["standing"])
    one, other = seen(turns), seen(turns, at=(900.0, 400.0))
    with pytest.raises(PhotoRefused) as refused:
        read([one, other])
    assert (refused.value.code, refused.value.values) == ("several_people", {"people": 2})
    small = replace(other, flat=other.flat * 0.3)
    assert read([one, small]).pose == read([one]).pose


def test_a_photo_without_shoulders_is_refused() -> None:
    with pytest.raises(PhotoRefused) as refused:
        read([seen(turns_in(STANCES["standing"]), hidden=(11,))])
    assert refused.value.code == "person_hidden"


def test_landmarks_that_make_no_person_are_refused() -> None:
    person = seen(turns_in(STANCES["standing"]))
    scattered = person.flat[np.random.default_rng(2).permutation(33)]
    with pytest.raises(PhotoRefused) as refused:
        read([replace(person, flat=scattered)])
    assert refused.value.code == "person_unclear"

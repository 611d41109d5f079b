"""Composing poses: feet stand where they are put, joints bend about their own axes, overlaps are found."""

from __future__ import annotations

import numpy as np
import pytest

from bodypose.joints import REST, angles_of, turns_at
from bodypose.skeleton import BONES, INDEX, forward, swapped
from training.poses.bodies import middling
from training.poses.compose import Recipe, compose
from training.poses.contact import _of_part, _parts, overlaps
from training.poses.judge import distances_deg, signature
from training.poses.library import rounded
from training.poses.rig import Puppet, euler
from training.poses.words import description

RECIPE = Recipe("contrapposto", "hip", "down", "over left")


def bent(bone: str, *degrees: float) -> np.ndarray:
    angles = np.zeros((len(BONES), 3))
    angles[INDEX[bone]] = np.radians(degrees)
    return turns_at(angles)


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_an_arm_reaches_its_wrist_s_place_by_bending_the_elbow_alone(side: str) -> None:
    puppet = Puppet(REST)
    puppet.hips = REST[0].copy()
    outward = 1.0 if side == "Left" else -1.0
    wrist = np.array([outward * 0.25, 1.15, 0.3])
    puppet.place_arm(side, wrist, euler(turn=20.0 * outward), np.array([outward, -1.0, -0.3]))
    _, heads = forward(puppet.turns(), REST)
    np.testing.assert_allclose(heads[INDEX[f"{side}Hand"]], wrist, atol=1e-6)
    elbow = np.degrees(angles_of(puppet.turns())[INDEX[f"{side}ForeArm"]])
    assert elbow[0] > 10.0
    assert abs(elbow[1]) < 1e-6


def test_the_weight_lies_over_the_leg_that_carries_it() -> None:
    turns = compose(RECIPE)
    world, heads = forward(turns, middling().heads)
    centre = middling().centre_of_mass(world, heads)
    left, right = (heads[INDEX[f"{side}ToeBase"]] for side in ("Left", "Right"))
    assert abs(centre[0] - left[0]) < 0.4 * abs(centre[0] - right[0])


def test_composing_again_gives_the_same() -> None:
    np.testing.assert_array_equal(compose(RECIPE), compose(RECIPE))


def test_a_body_at_rest_has_no_overlaps_and_an_arm_through_the_hip_is_found() -> None:
    rest = middling().posed(bent("LeftArm", 0.0, 0.0, 0.0)).skin
    assert overlaps(rest) == []
    through = overlaps(middling().posed(bent("LeftArm", 0.0, -60.0, 0.0)).skin)
    assert through[0].depth_mm > 20.0
    assert "left" in through[0].first + through[0].second


def test_what_lies_before_another_part_s_skin_is_not_in_it() -> None:
    """As if every ray of the thighs had grazed an edge."""
    parts, rest = _parts(), middling().posed(bent("LeftArm", 0.0, 0.0, 0.0)).skin
    thigh = parts.names.index("left thigh")
    assert _of_part(parts, rest, thigh, np.flatnonzero(parts.of_vertex == thigh)) == []


def test_distance_is_the_mean_angle_of_the_major_joints() -> None:
    still = signature(bent("LeftLeg", 0.0, 0.0, 0.0))
    knee = signature(bent("LeftLeg", 70.0, 0.0, 0.0))
    assert distances_deg(still[None], knee)[0] == pytest.approx(70.0 / 14.0, abs=1e-6)
    turned = bent("Hips", 0.0, 0.0, 90.0)
    assert distances_deg(still[None], signature(turned))[0] == pytest.approx(0.0, abs=1e-5)


def test_the_file_s_numbers_are_turns() -> None:
    turns = compose(RECIPE)
    kept = rounded(turns)
    np.testing.assert_allclose(np.linalg.norm(kept, axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(np.abs((kept * turns).sum(axis=1)), 1.0, atol=1e-8)
    assert not np.array_equal(swapped(kept), kept)


def test_names_say_the_sides_of_the_pose_and_of_its_mirror_image() -> None:
    assert description(RECIPE, mirrored=False)[0] == (
        "Contrapposto on the left leg, left hand on the hip, looking over the left shoulder"
    )
    assert description(RECIPE, mirrored=True)[1] == (
        "Contrapposto, appui sur la jambe droite, main droite sur la hanche, regard par-dessus l'épaule droite"
    )

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemodel.pose import head_pose
from facemodel.topology import FaceTopology
from tests.unit.facemodel import sitter


@given(
    yaw=st.floats(-80, 80), pitch=st.floats(-60, 60), roll=st.floats(-170, 170), scale=st.floats(200, 9000)
)
def test_a_pose_is_what_the_head_was_turned_by(
    topology: FaceTopology, yaw: float, pitch: float, roll: float, scale: float
) -> None:
    turn = sitter.rotation(yaw, pitch, roll)
    found = head_pose(sitter.points(topology.mean, turn, scale), topology)
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx((yaw, pitch, roll), abs=1e-6)
    assert found.scale == pytest.approx(scale)
    assert np.abs(found.rotation - turn).max() < 1e-9


def test_a_head_turned_to_its_left_shows_its_right_cheek(topology: FaceTopology) -> None:
    seen = sitter.points(topology.mean, sitter.rotation(40.0))
    right_ear, left_ear, nose = seen[234, 0], seen[454, 0], seen[4, 0]
    assert nose - right_ear > 2 * (left_ear - nose)
    assert head_pose(seen, topology).yaw_deg == pytest.approx(40.0)


def test_an_open_mouth_turns_no_head(topology: FaceTopology) -> None:
    face = topology.mean.copy()
    face[topology.regions["chin"], 1] -= 0.02
    assert head_pose(sitter.points(face, sitter.rotation(10.0)), topology).pitch_deg == pytest.approx(
        0.0, abs=1e-6
    )

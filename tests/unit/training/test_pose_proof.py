"""Poses that fail on some body leave the catalogue, the worst first, and no others change."""

from __future__ import annotations

import numpy as np
import pytest

from training.poses import proof
from training.poses.contact import _nearest
from training.poses.judge import Held
from training.poses.proof import Proof, faults, to_drop

KEPT = dict.fromkeys(proof.JOINTS, 0.95)
SOUND = Proof(Held(0.0, 2.0, "left hand in trunk", 40.0), KEPT)


def deep(overlap_mm: float) -> Proof:
    return Proof(Held(0.0, overlap_mm, "left hand in trunk", 40.0), KEPT)


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (Proof(Held(0.1, 0.0, "", 40.0), KEPT), "beyond a limit on the thin body"),
        (deep(8.6), "left hand in trunk by 9 mm on the thin body"),
        (Proof(Held(0.0, 0.0, "", 4.0), KEPT), "falls over: 4 mm on the thin body"),
        (Proof(Held(0.0, 0.0, "", 40.0), KEPT | {"hip": 0.842}), "hip keeps 84.2% on the thin body"),
    ],
)
def test_each_fault_is_named(found: Proof, fault: str) -> None:
    assert faults({"mean": SOUND, "thin": found}) == [fault]


def test_a_pose_at_the_edge_of_what_is_allowed_has_no_fault() -> None:
    edge = Proof(Held(0.0, 8.0, "left hand in trunk", 5.0), KEPT | {"hip": 0.85})
    assert faults({"thin": edge}) == []


def test_those_with_the_most_faults_go_first_and_enough_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "sound": {"thin": SOUND, "mean": SOUND},
        "once": {"thin": deep(9.0), "mean": SOUND},
        "deeper": {"thin": deep(30.0), "mean": SOUND},
        "thinner": {"thin": Proof(SOUND.held, KEPT | {"hip": 0.80}), "mean": SOUND},
        "twice": {"thin": deep(9.0), "mean": deep(9.0)},
        "falls": {"thin": SOUND, "mean": Proof(Held(0.0, 0.0, "", -1.0), KEPT)},
    }
    monkeypatch.setattr(proof, "ENOUGH", 4)
    assert list(to_drop(found)) == ["twice", "deeper"]
    monkeypatch.setattr(proof, "ENOUGH", 0)
    assert list(to_drop(found)) == ["twice", "deeper", "falls", "thinner", "once"]
    monkeypatch.setattr(proof, "ENOUGH", 6)
    assert to_drop(found) == {}


def test_a_point_is_inside_of_what_it_lies_behind() -> None:
    skin = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    points = np.array([[0.2, 0.2, 0.05], [0.2, 0.2, -0.03]])
    depth, triangle, behind = _nearest(skin, np.array([[0, 1, 2]]), points)
    np.testing.assert_allclose(depth, [0.05, 0.03], atol=1e-6)
    assert triangle.tolist() == [0, 0]
    assert behind.tolist() == [False, True]

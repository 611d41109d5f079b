from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodypose.bvh.parse import DEEPEST, LARGEST_FILE, MOST_JOINTS, parse
from bodypose.bvh.refusal import MotionRefused
from bodypose.bvh.retarget import read
from tests.unit.bodypose.dancer import SKELETONS, Writer
from tests.unit.bodypose.sitter import STANCES, turns_in
from tests.work import counted

GOOD = Writer(SKELETONS["Mixamo"]).write(turns_in(STANCES["lunge"]))
TEXT = GOOD.decode()
SMALL = """HIERARCHY
ROOT Hips {
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Spine {
    OFFSET 0 10 0
    CHANNELS 3 Yrotation Xrotation Zrotation
    End Site { OFFSET 0 10 0 }
  }
}
MOTION
Frames: 2
Frame Time: 0.04
1 2 3 90 0 0 0 90 0
1 2 3 0 0 0 0 0 0
"""


def refusal(data: bytes | str, frame: int = 0) -> MotionRefused:
    with pytest.raises(MotionRefused) as refused:
        read(data.encode() if isinstance(data, str) else data, frame)
    return refused.value


def test_joints_and_turns_are_as_the_file_has_them() -> None:
    motion = parse(SMALL.encode())
    assert [(joint.name, joint.parent, joint.tip) for joint in motion.joints] == [
        ("Hips", -1, False),
        ("Spine", 0, False),
        ("Site", 1, True),
    ]
    assert motion.joints[1].offset == (0.0, 10.0, 0.0)
    hips, spine, tip = motion.turns(0)
    # About z, what points to x points to y; about x, what points to y points to z.
    assert hips @ [1.0, 0.0, 0.0] == pytest.approx([0.0, 1.0, 0.0])
    assert spine @ [0.0, 1.0, 0.0] == pytest.approx([0.0, 0.0, 1.0])
    assert tip == pytest.approx(np.eye(3))


def test_channels_turn_in_their_order() -> None:
    both = SMALL.replace("1 2 3 90 0 0 0 90 0", "1 2 3 90 90 0 0 0 0")
    [hips, *_] = parse(both.encode()).turns(0)
    # Z first in the file is the outermost: y goes to z by x, and stays there by z.
    assert hips @ [0.0, 1.0, 0.0] == pytest.approx([0.0, 0.0, 1.0])
    swapped = both.replace("Zrotation Xrotation Yrotation", "Xrotation Zrotation Yrotation")
    [hips, *_] = parse(swapped.encode()).turns(0)
    assert hips @ [0.0, 1.0, 0.0] == pytest.approx([-1.0, 0.0, 0.0])


@pytest.mark.parametrize("newline", ["\r\n", "\n\n", "\r"])
def test_line_ends_of_all_systems_are_read(newline: str) -> None:
    assert len(parse(SMALL.replace("\n", newline).encode("utf-8-sig")).rows) == 2


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("HIERARCHY", "HIERARCHIE", "does not begin"),
        ("ROOT Hips", "JOINT Hips", "one root"),
        ("  JOINT Spine", "  ROOT Spine", "one root"),
        ("OFFSET 0 10 0\n    CHANNELS", "OFFSET 0 10\n    CHANNELS", "OFFSET"),
        ("OFFSET 0 10 0\n    CHANNELS", "OFFSET 0 nan 0\n    CHANNELS", "without bounds"),
        ("OFFSET 0 10 0\n    CHANNELS", "OFFSET 0 1e300 0\n    CHANNELS", "without bounds"),
        ("CHANNELS 3", "CHANNELS 4", "CHANNELS"),
        ("Yrotation Xrotation Zrotation", "Yrotation Yrotation Zrotation", "channel twice"),
        ("Yrotation Xrotation Zrotation", "Yrotation Wrotation Zrotation", "channel twice"),
        ("MOTION", "EMOTION", "not expected"),
        ("    End Site { OFFSET 0 10 0 }\n  }\n}", "    End Site { OFFSET 0 10 0 }\n  }", "does not end"),
        ("End Site { OFFSET 0 10 0 }", "}", "closes"),
        ("Frames: 2", "Frames: many", "how many frames"),
        ("Frames: 2", "Frames: 3", "2 lines"),
        ("Frame Time: 0.04", "Frame Time: soon", "numbers"),
        ("Frame Time: 0.04\n", "", "how long"),
        ("90 0 0 0 90 0", "90 0 0 0 90", "too few"),
        ("90 0 0 0 90 0", "90 0 0 0 90 0 0", "too many"),
        ("90 0 0 0 90 0", "90 0 inf 0 90 0", "without bounds"),
        ("90 0 0 0 90 0", "90 0 0x1 0 90 0", "numbers"),
        ("90 0 0 0 90 0", "90 0 1_0 0 90 0", "numbers"),
    ],
)
def test_what_is_not_as_it_should_be_is_told(before: str, after: str, told: str) -> None:
    assert before in SMALL
    with pytest.raises(MotionRefused) as refused:
        parse(SMALL.replace(before, after, 1).encode()).turns(0)
    assert refused.value.code == "motion_unreadable"
    assert told in refused.value.message


def _nested(joints: int, deep: bool) -> str:
    """So many joints, each in the one before it or all in the root."""
    one = "JOINT a{n} {{\nOFFSET 0 1 0\nCHANNELS 3 Xrotation Yrotation Zrotation\n"
    body = "".join(one.format(n=n) + ("" if deep else "}\n") for n in range(joints)) + (
        "}\n" * joints if deep else ""
    )
    root = "HIERARCHY\nROOT a {\nOFFSET 0 0 0\nCHANNELS 3 Xrotation Yrotation Zrotation\n"
    return f"{root}{body}}}\nMOTION\nFrames: 1\nFrame Time: 1\n{'0 ' * 3 * (joints + 1)}\n"


@pytest.mark.attack("A63")
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (_nested(DEEPEST, deep=True), "deep"),
        (_nested(50_000, deep=True), "deep"),
        (_nested(MOST_JOINTS, deep=False), "joints"),
        (SMALL.replace("Frames: 2", "Frames: 1000000000"), "lines"),
        (SMALL.replace("Frames: 2", "Frames: " + "9" * 5000), "how many"),
        (SMALL.replace("Spine", "S" * 1_000_000), "name"),
        (SMALL.replace("CHANNELS 3", "CHANNELS 3" + " Xrotation" * 500_000), "CHANNELS"),
        ("HIERARCHY\n" + "{" * 5_000_000, "not expected"),
        ("HIERARCHY\n" + "\n" * 5_000_000, "does not end"),
        ("HIERARCHY\n" + " \r" * 2_500_000, "does not end"),
        (SMALL.replace("1 2 3 90", "9" * 4_000_000 + " 2 3 90"), ""),
        (b"\x00" * 1_000_000, "begin"),
        (b"\xff\xfe" + "HIERARCHY".encode("utf-16-le"), "not text"),
        (b"H" * (LARGEST_FILE + 1), "too large"),
    ],
)
def test_a_bomb_costs_neither_work_nor_memory(data: bytes | str, told: str) -> None:
    raw = data.encode() if isinstance(data, str) else data
    with counted() as work:
        refused = refusal(raw)
    assert told in refused.message
    assert len(refused.message) < 300
    assert work.lines < 100_000
    assert work.most_bytes < 3 * LARGEST_FILE


def _words() -> list[str]:
    return re.findall(r"\S+|\s+", TEXT)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_gives_a_pose_or_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    words = _words()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(words) - 1))
        odd = st.sampled_from(
            ["", "{", "}", "nan", "-1e999", "ROOT x", "End Site", "\n", "0", "1e5", "\x00", "é", "MOTION"]
        )
        words[place] = data.draw(odd)
    try:
        told = read("".join(words).encode(), 0)
    except MotionRefused:
        return
    turns = np.array(list(told.pose.turns.values()))
    assert np.isfinite(turns).all()
    assert np.linalg.norm(turns, axis=1) == pytest.approx(1.0)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400), frame=st.integers(-5, 2**31))
def test_bytes_of_no_kind_are_refused(data: bytes, frame: int) -> None:
    assert refusal(data, frame).code in ("motion_unreadable", "joints_missing")
    assert refusal(b"HIERARCHY\n" + data, frame).code in ("motion_unreadable", "joints_missing")

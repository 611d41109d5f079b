"""The text of a BVH file to its skeleton and the turns of one frame.

Files come from strangers. So nothing recurses, nothing is made as large as the file claims to be, and only the frame that
is asked for becomes numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.arrays import FloatArray
from bodypose.bvh.refusal import MotionRefused, unreadable

LARGEST_FILE = 10_485_760
"""Bytes: half an hour of 60 joints at 30 frames a second takes about 15 MB, a minute 0.5 MB."""
MOST_JOINTS = 512
DEEPEST = 64
LONGEST_NAME = 64
MOST_FRAMES = 1_000_000
FARTHEST = 1e6
"""Degrees, or whatever unit of length: larger numbers are mistakes."""

_AXES = {"xrotation": "X", "yrotation": "Y", "zrotation": "Z"}
_SHIFTS = ("xposition", "yposition", "zposition")
_PARTS = re.compile(r"[{}]|[^{}\s][^{}\r\n]*")
"""A brace, or what stands on a line before and after one."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint of the file's skeleton."""

    name: str
    parent: int
    """Its number, smaller than this joint's; -1 for the root."""
    offset: tuple[float, float, float]
    """From the parent at rest, in the file's axes and unit."""
    channels: tuple[str, ...]
    """What each number of a frame is, in lower case, in the file's order."""
    tip: bool = False
    """Whether this is an end site: a place without a turn of its own."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A file that can be read."""

    joints: tuple[Joint, ...]
    rows: tuple[str, ...]
    """A line of numbers for each frame."""

    def turns(self, frame: int) -> FloatArray:
        """(J, 3, 3) each joint's turn in its parent's frame. MotionRefused where the frame is not there or damaged."""
        if not 0 <= frame < len(self.rows):
            text = f"The motion has {len(self.rows)} frames, counted from 0."
            raise MotionRefused("frame_missing", text, str(len(self.rows)))
        values = iter(_numbers(self.rows[frame].split(), f"frame {frame}"))
        turns = np.tile(np.eye(3), (len(self.joints), 1, 1))
        try:
            for number, joint in enumerate(self.joints):
                told = {channel: next(values) for channel in joint.channels}
                order = "".join(_AXES[channel] for channel in joint.channels if channel in _AXES)
                if order:
                    angles = [told[channel] for channel in joint.channels if channel in _AXES]
                    # Upper case: each turn about the axes that those before it have turned.
                    turns[number] = Rotation.from_euler(order, angles, degrees=True).as_matrix()
        except StopIteration:
            raise unreadable(f"frame {frame} has too few numbers") from None
        if next(values, None) is not None:
            raise unreadable(f"frame {frame} has too many numbers")
        return turns


def parse(data: bytes) -> Motion:
    """The motion of a file. MotionRefused says what is wrong with any other."""
    if len(data) > LARGEST_FILE:
        raise MotionRefused("motion_too_large", "The file is too large. Maximum size is 10MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable("it is not text") from None
    lines = _lines(text)
    return Motion(tuple(_joints(lines)), _rows(lines))


def _lines(text: str) -> Iterator[str]:
    """Lines without the empty ones; braces stand alone, wherever the file has them."""
    return (part[0].rstrip() for part in _PARTS.finditer(text))


def _joints(lines: Iterator[str]) -> Iterator[Joint]:
    if next(lines, "").upper() != "HIERARCHY":
        raise unreadable("it does not begin with HIERARCHY")
    reading = _Hierarchy()
    for line in lines:
        if line.upper() == "MOTION":
            break
        reading.take(line, lines)
    return iter(reading.finished())


class _Hierarchy:
    """The joints so far, and which of them are open."""

    def __init__(self) -> None:
        self._joints: list[Joint] = []
        self._open: list[int] = []

    def take(self, line: str, lines: Iterator[str]) -> None:
        """One line, and those that belong to it."""
        kind, _, name = line.partition(" ")
        if kind == "}":
            if not self._open:
                raise unreadable("a brace closes that none has opened")
            self._open.pop()
        elif kind.upper() in ("ROOT", "JOINT", "END"):
            self._begin(kind.upper(), name.strip(), lines)
        else:
            raise unreadable(f"{_quoted(line)} is not expected in the hierarchy")

    def finished(self) -> Sequence[Joint]:
        if self._open or not self._joints:
            raise unreadable("its hierarchy does not end")
        return self._joints

    def _begin(self, kind: str, name: str, lines: Iterator[str]) -> None:
        if (kind == "ROOT") == bool(self._joints) or (kind != "ROOT" and not self._open):
            raise unreadable("it has not exactly one root")
        if len(self._joints) >= MOST_JOINTS:
            raise unreadable(f"it has more than {MOST_JOINTS} joints")
        if len(self._open) >= DEEPEST:
            raise unreadable(f"its joints hang more than {DEEPEST} deep")
        if not 0 < len(name) <= LONGEST_NAME:
            raise unreadable(f"a joint's name must have 1 to {LONGEST_NAME} letters")
        if next(lines, "") != "{":
            raise unreadable(f"the joint {_quoted(name)} does not begin with a brace")
        parent = self._open[-1] if self._open else -1
        tip = kind == "END"
        offset = _offset(next(lines, ""))
        channels = () if tip else _channels(next(lines, ""))
        self._open.append(len(self._joints))
        self._joints.append(Joint(name, parent, offset, channels, tip))


def _offset(line: str) -> tuple[float, float, float]:
    words = line.split(maxsplit=5)[:5]
    if len(words) != 4 or words[0].upper() != "OFFSET":
        raise unreadable("a joint has no OFFSET of three numbers")
    x, y, z = _numbers(words[1:], "an offset")
    return x, y, z


def _channels(line: str) -> tuple[str, ...]:
    words = line.lower().split(maxsplit=9)[:9]
    channels = tuple(words[2:])
    if words[:2] != ["channels", str(len(channels))]:
        raise unreadable("a joint has no CHANNELS, or not as many as it says")
    if len(set(channels)) != len(channels) or not set(channels) <= {*_AXES, *_SHIFTS}:
        raise unreadable("a joint has a channel twice, or one that is neither a position nor a rotation")
    return channels


def _rows(lines: Iterator[str]) -> tuple[str, ...]:
    kind, _, count = next(lines, "").partition(":")
    if kind.upper() != "FRAMES" or not count.strip().isdecimal() or len(count) > 12:
        raise unreadable("it does not say how many frames there are")
    kind, _, seconds = next(lines, "").partition(":")
    if kind.upper() != "FRAME TIME":
        raise unreadable("it does not say how long a frame is")
    _numbers([seconds], "the frame time")
    rows = tuple(lines)
    if len(rows) != int(count) or not 0 < len(rows) <= MOST_FRAMES:
        raise unreadable(f"it has {len(rows)} lines of numbers and says {int(count)} frames")
    return rows


def _numbers(words: Sequence[str], where: str) -> list[float]:
    try:
        # Python would take 1_000 for a number, and no other program does.
        values = [float(word.replace("_", " _ ")) for word in words]
    except ValueError:
        raise unreadable(f"{where} has something else than numbers") from None
    if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in values):
        raise unreadable(f"{where} has a number without bounds")
    return values


def _quoted(text: str) -> str:
    return repr(text[:LONGEST_NAME])

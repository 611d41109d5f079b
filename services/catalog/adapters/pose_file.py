"""The pose library's file: small enough for the repository, and one pose a line.

A pose is a row; `fields` names its columns. Its `turns` are the bones of `bones` in their order, each the x, y and z of a
unit quaternion whose w is not negative, as little-endian 16-bit numbers in base64, of which 32767 is one. Each hand has
one of the shapes of `hands`.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.catalog.domain.model import Text
from services.catalog.domain.poses import (
    BodyType,
    Difficulty,
    Pose,
    PoseCategory,
    PoseSummary,
    Quaternion,
    Support,
)

_ONE = 32767.0
_STILL = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class PoseLibrary:
    """All poses, in their order."""

    categories: tuple[PoseCategory, ...]
    poses: tuple[Pose, ...]


def read(path: Path) -> PoseLibrary:
    """The library of a file."""
    data = json.loads(path.read_text("utf-8"))
    rows = (dict(zip(data["fields"], row, strict=True)) for row in data["poses"])
    return PoseLibrary(
        categories=tuple(PoseCategory(each["id"], Text(**each["name"])) for each in data["categories"]),
        poses=tuple(_pose(row, data["bones"], data["hands"]) for row in rows),
    )


def _pose(row: Mapping[str, Any], bones: list[str], hands: Mapping[str, Mapping[str, str]]) -> Pose:
    summary = PoseSummary(
        id=row["id"],
        name=Text(row["en"], row["fr"]),
        description=Text(row["description_en"], row["description_fr"]),
        category=row["category"],
        tags=tuple(row["tags"]),
        difficulty=Difficulty(row["difficulty"]),
        suits=tuple(map(BodyType, row["suits"])),
        support=Support(row["support"]),
    )
    turns = dict(zip(bones, _quaternions(row["turns"]), strict=True))
    for side, shape in zip(("Left", "Right"), row["hands"], strict=True):
        bones_of_hand = hands["bones"][side]
        turns |= zip(bones_of_hand, _quaternions(hands[shape][side]), strict=True)
    return Pose(summary, {bone: turn for bone, turn in turns.items() if turn != _STILL})


def _quaternions(text: str) -> Iterator[Quaternion]:
    for numbers in struct.iter_unpack("<3h", base64.b64decode(text)):
        x, y, z = (number / _ONE for number in numbers)
        w = math.sqrt(max(1.0 - x * x - y * y - z * z, 0.0))
        # Six places: what the database and the twin in memory both hold.
        yield round(x, 6), round(y, 6), round(z, 6), round(w, 6)

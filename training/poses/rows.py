"""The catalogue's file: what a row is made of, and how it is written. `services/catalog/adapters/pose_file.py` reads it.

Of a pose are stored what it was composed of, how hard it is, the shapes of its hands and its turns; all else of a row follows
from these, so that other words need no other poses.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.joints import turns_at
from bodypose.skeleton import BONES, INDEX, Pose, Support, turns_of
from services.catalog.adapters import pose_file
from training.poses.arms import ARMS
from training.poses.compose import Recipe
from training.poses.hands import HANDS
from training.poses.stances import CATEGORIES, STANCES
from training.poses.words import description, name, slug, tags

ROOT = Path(__file__).parents[2]
DATA = ROOT / "services" / "catalog" / "migrations" / "data" / "0003_poses.json"
ONE = 32767.0
_FINGERS = tuple(bone for bone in BONES if "Hand" in bone and not bone.endswith("Hand"))
_BODY = tuple(bone for bone in BONES if bone not in _FINGERS)
_FIELDS = (
    "id",
    "of",
    "en",
    "fr",
    "description_en",
    "description_fr",
    "category",
    "tags",
    "difficulty",
    "suits",
    "support",
    "hands",
    "turns",
)
_SUITS = {"feminine": ["feminine", "neutral"], "masculine": ["masculine", "neutral"]}
_EVERYBODY = ["feminine", "masculine", "neutral"]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A pose of the library."""

    id: str
    recipe: Recipe
    difficulty: str
    hands: tuple[str, str]
    """Shapes of the left and the right one, as the file holds them."""
    turns: FloatArray
    """(52, 4) as the file holds them, mirrored where it is."""

    @property
    def support(self) -> Support:
        """What carries it."""
        return STANCES[self.recipe.stance].support


def mirrored(recipe: Recipe) -> bool:
    """Half of the poses are to the other side: which ones, their words decide."""
    return hashlib.sha256(repr(recipe).encode()).digest()[0] % 2 == 1


def hands_of(recipe: Recipe) -> tuple[str, str]:
    """The shapes of a new pose's hands, left and right, as the file would hold them."""
    left, right = ARMS[recipe.left].hand, ARMS[recipe.right].hand
    return (right, left) if mirrored(recipe) else (left, right)


def numbered(recipe: Recipe, number: int) -> str:
    """The id of a new pose."""
    return f"{slug(recipe)}-{number:03d}"


def read() -> list[Entry]:
    """The file's poses; none where there is no file."""
    if not DATA.exists():
        return []
    poses = {pose.summary.id: turns_of(Pose(pose.turns)) for pose in pose_file.read(DATA).poses}
    data = json.loads(DATA.read_text("utf-8"))
    rows = (dict(zip(data["fields"], row, strict=True)) for row in data["poses"])
    return [
        Entry(row["id"], Recipe(*row["of"]), row["difficulty"], (*row["hands"],), poses[row["id"]])
        for row in rows
    ]


def write(entries: Iterable[Entry]) -> None:
    """Make these the file's poses: by category, those of one in the order in which they come."""
    DATA.write_text(written(entries), encoding="utf-8")


def written(entries: Iterable[Entry]) -> str:
    """The text of the file."""
    heads = {
        "categories": [{"id": id, "name": {"en": en, "fr": fr}} for id, (en, fr) in CATEGORIES.items()],
        "bones": _BODY,
        "fields": _FIELDS,
    }
    lines = [f'"{key}":{_json(value)}' for key, value in heads.items()]
    lines.append('"hands":{\n' + ",\n".join(f'"{key}":{_json(value)}' for key, value in _hands()) + "\n}")
    order = list(CATEGORIES)
    rows = sorted(entries, key=lambda entry: order.index(STANCES[entry.recipe.stance].category))
    lines.append('"poses":[\n' + ",\n".join(_json(_row(entry)) for entry in rows) + "\n]")
    return "{" + ",\n".join(lines) + "}\n"


def _row(entry: Entry) -> list[Any]:
    recipe, stance = entry.recipe, STANCES[entry.recipe.stance]
    return [
        entry.id,
        [recipe.stance, recipe.left, recipe.right, recipe.look],
        *name(recipe),
        *description(recipe, mirrored=mirrored(recipe)),
        stance.category,
        list(tags(recipe)),
        entry.difficulty,
        _suits(recipe),
        stance.support.value,
        entry.hands,
        _packed(entry.turns[[INDEX[bone] for bone in _BODY]]),
    ]


def _suits(recipe: Recipe) -> list[str]:
    leanings = {STANCES[recipe.stance].leaning, ARMS[recipe.left].leaning, ARMS[recipe.right].leaning} - {""}
    return _SUITS[leanings.pop()] if leanings else _EVERYBODY


def _hands() -> Iterator[tuple[str, Any]]:
    """Bones of either hand, then the turns of each shape."""
    sides = ("Left", "Right")
    yield "bones", {side: _fingers(side) for side in sides}
    for shape, hand in HANDS.items():
        angles = np.zeros((len(BONES), 3))
        for side in sides:
            for bone, degrees in hand.angles(side).items():
                angles[INDEX[bone]] = np.radians(degrees)
        turns = turns_at(angles)
        yield shape, {side: _packed(turns[[INDEX[bone] for bone in _fingers(side)]]) for side in sides}


def _fingers(side: str) -> Sequence[str]:
    return [bone for bone in _FINGERS if bone.startswith(side)]


def _packed(turns: FloatArray) -> str:
    return base64.b64encode(np.rint(turns[..., :3] * ONE).astype("<i2").tobytes()).decode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

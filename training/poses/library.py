"""Compose, judge and choose the pose library, and write the catalogue's file: `make pose-library`.

What was composed and judged is kept in `build/poses`, so that a run that was stopped goes on, and one after a change
judges only what changed. The file is the same to the byte either way.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.joints import turns_at
from bodypose.limits import excess
from bodypose.skeleton import BONES, INDEX, Support, swapped
from training.poses.arms import ARMS
from training.poses.candidates import candidates
from training.poses.compose import Recipe, compose
from training.poses.hands import HANDS
from training.poses.judge import Verdict, distances_deg, hardest_first, holdable, signature, verdict
from training.poses.stances import CATEGORIES, STANCES
from training.poses.words import english, french, slug, tags

ROOT = Path(__file__).parents[2]
DATA = ROOT / "services" / "catalog" / "migrations" / "data" / "0003_poses.json"
_KEPT = ROOT / "build" / "poses"
COUNT = 830
_WORKERS = 3
_AT_ONCE = 48
_FIRST = 2
LEAST_DISTANCE_DEG = 8.0
_PER_STANCE = 26
_ONE = 32767.0
_FINGERS = tuple(bone for bone in BONES if "Hand" in bone and not bone.endswith("Hand"))
_BODY = tuple(bone for bone in BONES if bone not in _FINGERS)
_FIELDS = ("id", "en", "fr", "category", "tags", "difficulty", "suits", "support", "hands", "turns")
_SUITS = {"feminine": ["feminine", "neutral"], "masculine": ["masculine", "neutral"]}
_EVERYBODY = ["feminine", "masculine", "neutral"]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A pose of the library."""

    recipe: Recipe
    mirrored: bool
    turns: FloatArray
    """(52, 4) as the file holds them, mirrored where it is."""
    verdict: Verdict


def main() -> None:
    """Build the library and say what became of the candidates."""
    chosen = choose()
    DATA.write_text(written(chosen), encoding="utf-8")
    print(f"{len(chosen)} poses, {DATA.stat().st_size / 1000:.0f} kB")


def choose() -> list[Chosen]:
    """The library, in its order: by stance, as they were found.

    Two processes judge some candidates ahead; whether one is taken depends on those before it alone.
    """
    kept = _Kept(_KEPT)
    chosen: list[Chosen] = []
    queue = candidates()
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        for begin in range(0, len(queue), _AT_ONCE):
            some = [recipe for recipe in queue[begin : begin + _AT_ONCE] if _room(recipe, chosen)]
            held = zip(some, pool.map(composed, some), strict=True)
            poses = [_pose(recipe, turns) for recipe, turns in held if turns is not None]
            new = [pose for pose in poses if _unlike(pose, chosen)]
            verdicts = kept.verdicts(new, pool)
            for pose, found in zip(new, verdicts, strict=True):
                if not found.fault and _room(pose.recipe, chosen) and _unlike(pose, chosen):
                    chosen.append(replace(pose, verdict=found))
            DATA.write_text(written(chosen), encoding="utf-8")
            print(f"{begin + _AT_ONCE} of {len(queue)} tried, {len(chosen)} taken", flush=True)
            if len(chosen) >= COUNT:
                break
    order = list(STANCES)
    return sorted(chosen[:COUNT], key=lambda pose: order.index(pose.recipe.stance))


def composed(recipe: Recipe) -> FloatArray | None:
    """(52, 4) as the file would hold them; None where joints are far beyond their limits."""
    found = holdable(compose(recipe), STANCES[recipe.stance].support)
    return None if found is None else _snapped(found)


def judged_on(turns: FloatArray, support: Support) -> Verdict:
    """The verdict on the bodies that most poses fail on."""
    return verdict(turns, support, hardest_first()[:_FIRST])


def _pose(recipe: Recipe, turns: FloatArray) -> Chosen:
    mirrored = _mirrored(recipe)
    return Chosen(recipe, mirrored, swapped(turns) if mirrored else turns, Verdict("not judged"))


def _room(recipe: Recipe, chosen: list[Chosen]) -> bool:
    """Whether there are not enough poses of its stance yet."""
    return sum(pose.recipe.stance == recipe.stance for pose in chosen) < _PER_STANCE


def _unlike(pose: Chosen, chosen: list[Chosen]) -> bool:
    """Whether it is like none that was taken, not even in a mirror."""
    if not chosen:
        return True
    near = np.stack([signature(other.turns) for other in chosen])
    seen = (pose.turns, swapped(pose.turns))
    return min(float(distances_deg(near, signature(turns)).min()) for turns in seen) >= LEAST_DISTANCE_DEG


def written(chosen: list[Chosen]) -> str:
    """The catalogue's file."""
    heads = {
        "categories": [{"id": id, "name": {"en": en, "fr": fr}} for id, (en, fr) in CATEGORIES.items()],
        "bones": _BODY,
        "fields": _FIELDS,
    }
    lines = [f'"{key}":{_json(value)}' for key, value in heads.items()]
    lines.append('"hands":{\n' + ",\n".join(f'"{key}":{_json(value)}' for key, value in _hands()) + "\n}")
    order = list(CATEGORIES)
    chosen = sorted(chosen, key=lambda pose: order.index(STANCES[pose.recipe.stance].category))
    rows = [_json(_row(pose, number)) for number, pose in enumerate(chosen, 1)]
    lines.append('"poses":[\n' + ",\n".join(rows) + "\n]")
    return "{" + ",\n".join(lines) + "}\n"


def _row(pose: Chosen, number: int) -> list[Any]:
    recipe, stance = pose.recipe, STANCES[pose.recipe.stance]
    hands = [ARMS[recipe.left].hand, ARMS[recipe.right].hand]
    return [
        f"{slug(recipe)}-{number:03d}",
        english(recipe, mirrored=pose.mirrored),
        french(recipe, mirrored=pose.mirrored),
        stance.category,
        list(tags(recipe)),
        _difficulty(pose),
        _suits(recipe),
        stance.support.value,
        hands[::-1] if pose.mirrored else hands,
        _packed(pose.turns[[INDEX[bone] for bone in _BODY]]),
    ]


def _difficulty(pose: Chosen) -> str:
    """By what is hard: little to stand on, the centre near its edge, joints near the ends of their ranges."""
    stance, judged = STANCES[pose.recipe.stance], pose.verdict
    points = 0
    if stance.support is not Support.SEAT:
        points += (judged.margin_mm < 35.0) + (judged.margin_mm < 18.0) + (judged.area_cm2 < 220.0)
    points += (judged.strain >= 1.0) + (judged.strain >= 3.0)
    return "easy" if points <= 1 else "medium" if points <= 2 else "hard"


def _suits(recipe: Recipe) -> list[str]:
    leanings = {STANCES[recipe.stance].leaning, ARMS[recipe.left].leaning, ARMS[recipe.right].leaning} - {""}
    return _SUITS[leanings.pop()] if leanings else _EVERYBODY


def _mirrored(recipe: Recipe) -> bool:
    """Half of the poses are to the other side: which ones, their words decide."""
    return hashlib.sha256(repr(recipe).encode()).digest()[0] % 2 == 1


def _hands() -> Iterator[tuple[str, Any]]:
    """Bones of either hand, then the turns of each shape."""
    sides = ("Left", "Right")
    yield "bones", {side: [bone for bone in _FINGERS if bone.startswith(side)] for side in sides}
    for name, hand in HANDS.items():
        angles = np.zeros((len(BONES), 3))
        for side in sides:
            for bone, degrees in hand.angles(side).items():
                angles[INDEX[bone]] = np.radians(degrees)
        turns = turns_at(angles)
        yield (
            name,
            {
                side: _packed(turns[[INDEX[bone] for bone in _FINGERS if bone.startswith(side)]])
                for side in sides
            },
        )


def rounded(turns: FloatArray) -> FloatArray:
    """(..., 4) quaternions as the file holds them."""
    x_y_z = np.rint(np.where(turns[..., 3:] < 0.0, -turns, turns)[..., :3] * _ONE) / _ONE
    w = np.sqrt(np.maximum(1.0 - np.sum(x_y_z**2, axis=-1, keepdims=True), 0.0))
    return np.concatenate([x_y_z, w], axis=-1)


def _snapped(turns: FloatArray) -> FloatArray:
    """Rounded, and within the limits: a joint that stands at its limit is drawn back until no rounding crosses it."""
    found = rounded(turns)
    while excess(found).max() > 0.0:
        beyond = excess(found) > 0.0
        turns = np.where(beyond[:, None], _less(turns), turns)
        found = rounded(turns)
    return found


def _less(turns: FloatArray) -> FloatArray:
    """(..., 4) quaternions that turn by a two-thousandth less."""
    x_y_z = turns[..., :3] * (1.0 - 5e-4)
    w = np.sqrt(np.maximum(1.0 - np.sum(x_y_z**2, axis=-1, keepdims=True), 0.0))
    return np.concatenate([x_y_z, w], axis=-1)


def _packed(turns: FloatArray) -> str:
    return base64.b64encode(np.rint(turns[..., :3] * _ONE).astype("<i2").tobytes()).decode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Kept:
    """What earlier runs judged."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "verdicts.jsonl"
        self._known: dict[str, Verdict] = {}
        if self._file.exists():
            for line in self._file.read_text("utf-8").splitlines():
                row = json.loads(line)
                mark = row.pop("of")
                self._known[mark] = Verdict(**row)

    def verdicts(self, poses: list[Chosen], pool: ProcessPoolExecutor) -> list[Verdict]:
        """What was measured of poses; those that are new are judged."""
        marks = [self._mark(pose) for pose in poses]
        new = [(mark, pose) for mark, pose in zip(marks, poses, strict=True) if mark not in self._known]
        supports = [STANCES[pose.recipe.stance].support for _, pose in new]
        found = pool.map(judged_on, [pose.turns for _, pose in new], supports)
        with self._file.open("a", encoding="utf-8") as file:
            for (mark, _), each in zip(new, found, strict=True):
                self._known[mark] = each
                file.write(json.dumps({"of": mark, **asdict(each)}) + "\n")
        return [self._known[mark] for mark in marks]

    def _mark(self, pose: Chosen) -> str:
        support = STANCES[pose.recipe.stance].support.value
        return hashlib.sha256(pose.turns.tobytes() + support.encode()).hexdigest()


if __name__ == "__main__":
    main()

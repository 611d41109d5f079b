"""Compose, judge and choose the pose library, and write the catalogue's file: `make pose-library`.

Poses that the file has stay, with their ids: people's avatars are in them. What stances have room for is added, of some
categories where they are named (`python -m training.poses.library floor`). Without the file it begins with none.
What was judged is kept in `build/poses`, so that a run that was stopped goes on.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.limits import excess
from bodypose.skeleton import Support, swapped
from training.poses.candidates import candidates
from training.poses.compose import Recipe, compose
from training.poses.judge import Verdict, distances_deg, hardest_first, holdable, signature, verdict
from training.poses.rows import ONE, ROOT, Entry, hands_of, mirrored, numbered, read, write
from training.poses.stances import CATEGORIES, STANCES

_KEPT = ROOT / "build" / "poses"
COUNT = 900
_WORKERS = 3
_AT_ONCE = 48
_FIRST = 2
LEAST_DISTANCE_DEG = 8.0
_PER_STANCE = 26


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A pose that may be taken."""

    recipe: Recipe
    turns: FloatArray
    """(52, 4) as the file would hold them, mirrored where it is."""


def main() -> None:
    """Build the library, or let it grow, and say what became of the candidates."""
    categories = sys.argv[1:] or list(CATEGORIES)
    queue = [recipe for recipe in candidates() if STANCES[recipe.stance].category in categories]
    entries = grown(read(), queue)
    write(entries)
    print(f"{len(entries)} poses")


def grown(entries: Collection[Entry], queue: Sequence[Recipe]) -> list[Entry]:
    """The library with what of some candidates it has room for; it is written on the way.

    Some processes judge candidates ahead; whether one is taken depends on those before it alone.
    """
    kept, found = _Kept(_KEPT), list(entries)
    number = max((int(entry.id.rpartition("-")[2]) for entry in found), default=0)
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        for begin in range(0, len(queue), _AT_ONCE):
            some = [recipe for recipe in queue[begin : begin + _AT_ONCE] if _room(recipe, found)]
            composed_turns = zip(some, pool.map(composed, some), strict=True)
            poses = [_candidate(recipe, turns) for recipe, turns in composed_turns if turns is not None]
            new = [pose for pose in poses if _unlike(pose.turns, found)]
            verdicts = kept.verdicts(new, pool)
            for pose, judged in zip(new, verdicts, strict=True):
                if not judged.fault and _room(pose.recipe, found) and _unlike(pose.turns, found):
                    number += 1
                    id = numbered(pose.recipe, number)
                    difficulty = _difficulty(pose.recipe, judged)
                    found.append(Entry(id, pose.recipe, difficulty, hands_of(pose.recipe), pose.turns))
            write(found)
            print(f"{begin + _AT_ONCE} of {len(queue)} tried, {len(found)} taken", flush=True)
            if len(found) >= COUNT:
                break
    return found


def composed(recipe: Recipe) -> FloatArray | None:
    """(52, 4) as the file would hold them; None where joints are far beyond their limits."""
    found = holdable(compose(recipe), STANCES[recipe.stance].support)
    return None if found is None else _snapped(found)


def judged_on(turns: FloatArray, support: Support) -> Verdict:
    """The verdict on the bodies that most poses fail on."""
    return verdict(turns, support, hardest_first()[:_FIRST])


def _candidate(recipe: Recipe, turns: FloatArray) -> Candidate:
    return Candidate(recipe, swapped(turns) if mirrored(recipe) else turns)


def _room(recipe: Recipe, found: Sequence[Entry]) -> bool:
    """Whether there are not enough poses of its stance yet."""
    return sum(entry.recipe.stance == recipe.stance for entry in found) < _PER_STANCE


def _unlike(turns: FloatArray, found: Sequence[Entry]) -> bool:
    """Whether turns (52, 4) are like none that was taken, not even in a mirror."""
    if not found:
        return True
    near = np.stack([signature(entry.turns) for entry in found])
    both = (turns, swapped(turns))
    return min(float(distances_deg(near, signature(each)).min()) for each in both) >= LEAST_DISTANCE_DEG


def _difficulty(recipe: Recipe, judged: Verdict) -> str:
    """By what is hard: little to stand on, the centre near its edge, joints near the ends of their ranges."""
    points = 0
    if STANCES[recipe.stance].support is not Support.SEAT:
        points += (judged.margin_mm < 35.0) + (judged.margin_mm < 18.0) + (judged.area_cm2 < 220.0)
    points += (judged.strain >= 1.0) + (judged.strain >= 3.0)
    return "easy" if points <= 1 else "medium" if points <= 2 else "hard"


def rounded(turns: FloatArray) -> FloatArray:
    """(..., 4) quaternions as the file holds them."""
    x_y_z = np.rint(np.where(turns[..., 3:] < 0.0, -turns, turns)[..., :3] * ONE) / ONE
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

    def verdicts(self, poses: Sequence[Candidate], pool: ProcessPoolExecutor) -> list[Verdict]:
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

    def _mark(self, pose: Candidate) -> str:
        support = STANCES[pose.recipe.stance].support.value
        return hashlib.sha256(pose.turns.tobytes() + support.encode()).hexdigest()


if __name__ == "__main__":
    main()

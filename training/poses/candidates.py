"""Which stances, arms and looks are tried together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

import numpy as np

from training.poses.arms import ARMS
from training.poses.compose import Recipe
from training.poses.heads import LOOKS
from training.poses.stances import STANCES, Stance

T = TypeVar("T")

_SEED = 20261126
_PER_STANCE = 110
_TOGETHER = frozenset(
    map(
        frozenset,
        (
            {"low"},
            {"low", "hip"},
            {"low", "across"},
            {"low", "chest"},
            {"low", "head"},
            {"low", "air"},
            {"hip", "across"},
            {"hip", "chest"},
            {"hip", "head"},
            {"hip", "air"},
            {"across", "chest"},
            {"across", "head"},
            {"thighs"},
            {"thighs", "across"},
            {"thighs", "chest"},
            {"thighs", "head"},
            {"thighs", "knees"},
            {"thighs", "floor"},
            {"knees"},
            {"knees", "hip"},
            {"knees", "chest"},
            {"knees", "head"},
            {"knees", "floor"},
            {"floor", "head"},
            {"floor", "chest"},
        ),
    )
)
"""Zones of two arms that go together."""
_NEAR_FACE = ("ahead", "ahead leaning", "left", "right", "tilt left", "tilt right", "down")
"""Looks that a hand at the face leaves room for."""
_ARM_FREE = frozenset({"far elbow"})
"""Holds of the other arm, which hangs."""
_SWING = Recipe("", "swing back", "swing front", "")


def candidates() -> list[Recipe]:
    """In the order in which they are judged: one of each stance, then the next of each."""
    rng = np.random.default_rng(_SEED)
    rows = [_of_stance(name, stance, rng) for name, stance in STANCES.items()]
    return [row[turn] for turn in range(max(map(len, rows))) for row in rows if turn < len(row)]


def _of_stance(name: str, stance: Stance, rng: np.random.Generator) -> list[Recipe]:
    """Some pairs of arms, each kind of pair as often as the others, each with some look."""
    kinds: dict[frozenset[str], list[tuple[str, str]]] = {}
    for left, right in _pairs(stance):
        kinds.setdefault(frozenset({ARMS[left].zone, ARMS[right].zone}), []).append((left, right))
    queues = [_shuffled(pairs, rng) for _, pairs in sorted(kinds.items(), key=lambda item: sorted(item[0]))]
    chosen: list[Recipe] = []
    for turn in range(max(map(len, queues), default=0)):
        for queue in _shuffled([queue for queue in queues if turn < len(queue)], rng):
            left, right = queue[turn]
            chosen.append(Recipe(name, left, right, _look(left, right, rng)))
    if stance.motion:
        swings = [Recipe(name, _SWING.left, _SWING.right, look) for look in _shuffled(list(LOOKS), rng)[:4]]
        chosen = [recipe for pair in zip(swings, chosen, strict=False) for recipe in pair] + chosen[4:]
    return chosen[:_PER_STANCE]


def _pairs(stance: Stance) -> Iterator[tuple[str, str]]:
    names = [name for name, arm in ARMS.items() if arm.zone in stance.zones]
    for left, right in product(names, names):
        one, other = ARMS[left], ARMS[right]
        if {one.leaning, other.leaning, stance.leaning} >= {"feminine", "masculine"}:
            continue
        alike = left == right and bool(one.both_en)
        together = left != right and frozenset({one.zone, other.zone}) in _TOGETHER
        holding = {left, right} & _ARM_FREE
        if (alike or together) and not (holding and not {left, right} & {"down", "down back"}):
            yield left, right


def _look(left: str, right: str, rng: np.random.Generator) -> str:
    near = "head" in (ARMS[left].zone, ARMS[right].zone)
    looks = _NEAR_FACE if near else tuple(LOOKS)
    return looks[int(rng.integers(len(looks)))]


def _shuffled(items: Sequence[T], rng: np.random.Generator) -> list[T]:
    return [items[index] for index in rng.permutation(len(items))]

"""The released poses: whole, within limits, each like no other, and named for people."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from bodypose.limits import excess
from bodypose.skeleton import BONES, Pose, Support, turns_of
from services.catalog.adapters.seed import released
from services.catalog.domain.poses import BodyType

LIBRARY = released().library
SUMMARIES = [pose.summary for pose in LIBRARY.poses]
ENGLISH = {"left", "right"}
FRENCH = {"gauche", "droit", "droite"}
TURNS = np.stack([turns_of(Pose(pose.turns, Support(pose.summary.support.value))) for pose in LIBRARY.poses])


def test_there_are_enough() -> None:
    assert len(LIBRARY.poses) >= 800


def test_ids_and_names_are_no_others() -> None:
    for values in (
        [summary.id for summary in SUMMARIES],
        [summary.name.en for summary in SUMMARIES],
        [summary.name.fr for summary in SUMMARIES],
    ):
        assert len(set(values)) == len(values)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", summary.id) for summary in SUMMARIES)


def test_every_category_is_in_use_and_named_in_both_languages() -> None:
    assert [category.id for category in LIBRARY.categories] == list(
        dict.fromkeys(summary.category for summary in SUMMARIES)
    )
    assert all(category.name.en != category.name.fr for category in LIBRARY.categories)


@pytest.mark.parametrize("summary", SUMMARIES, ids=lambda summary: summary.id)
def test_words_say_the_same_in_both_languages(summary) -> None:
    english, french = summary.description.en, summary.description.fr
    left = [word == "left" for word in re.findall(r"\w+", english.lower()) if word in ENGLISH]
    gauche = [word == "gauche" for word in re.findall(r"\w+", french.lower()) if word in FRENCH]
    assert left == gauche
    for text in (english, french, summary.name.en, summary.name.fr):
        assert "{" not in text
        assert text[0].isupper()
    # A name says no side, so that it is the same for a pose and its mirror image.
    assert not ENGLISH & set(summary.name.en.lower().split())
    assert summary.name.en.count(":") == summary.name.fr.count(":")
    assert list(summary.tags) == sorted(set(summary.tags))
    assert summary.suits == tuple(kind for kind in BodyType if kind in summary.suits)


def test_turns_are_unit_quaternions_of_the_skeleton() -> None:
    for pose in LIBRARY.poses:
        assert pose.turns.keys() <= set(BONES)
        for turn in pose.turns.values():
            assert math.hypot(*turn) == pytest.approx(1.0, abs=5e-6)


def test_every_joint_is_within_its_limits() -> None:
    # The file's numbers are rounded in the sixth place.
    assert np.degrees(excess(TURNS).max()) < 1e-3


def test_neither_body_nor_hands_are_alike_on_both_sides() -> None:
    """Fashion is not symmetrical: no pose is its own mirror image."""
    mirror = TURNS[:, [BONES.index(_other(bone)) for bone in BONES]] * [1.0, -1.0, -1.0, 1.0]
    apart = np.degrees(2.0 * np.arccos(np.abs((TURNS * mirror).sum(axis=-1)).clip(0.0, 1.0))).max(axis=1)
    assert apart.min() > 5.0


def _other(bone: str) -> str:
    if bone.startswith("Left"):
        return bone.replace("Left", "Right", 1)
    return bone.replace("Right", "Left", 1)

"""Poses: which ones a search means, and the verbs over the twin in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atelierkit.errors import NotFound
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.domain.model import Text
from services.catalog.domain.poses import (
    BodyType,
    Difficulty,
    PoseFilter,
    PosePage,
    PoseSummary,
    Support,
    folded,
)
from services.catalog.use_cases.poses import GetPose, ListPoseFacets, ListPoses

SEED = released()
ALL = tuple(pose.summary for pose in SEED.library.poses)
LEANING = PoseSummary(
    id="leaning",
    name=Text("Leaning: hand on heart", "Adossé : main sur cœur"),
    description=Text("Leaning on a wall, left hand at the heart", "Adossé à un mur, main gauche sur le cœur"),
    category="standing",
    tags=("casual", "wall"),
    difficulty=Difficulty.MEDIUM,
    suits=(BodyType.MASCULINE, BodyType.NEUTRAL),
    support=Support.FEET,
)


def units() -> MemoryUnitOfWork:
    return MemoryUnitOfWork(SEED)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (PoseFilter(), True),
        (PoseFilter(category="standing"), True),
        (PoseFilter(category="seated"), False),
        (PoseFilter(tags=("wall",)), True),
        (PoseFilter(tags=("wall", "casual")), True),
        (PoseFilter(tags=("wall", "chair")), False),
        (PoseFilter(difficulty=Difficulty.MEDIUM), True),
        (PoseFilter(difficulty=Difficulty.HARD), False),
        (PoseFilter(suits=BodyType.MASCULINE), True),
        (PoseFilter(suits=BodyType.FEMININE), False),
        (PoseFilter(query="LEFT wall"), True),
        (PoseFilter(query="adosse coeur"), True),
        (PoseFilter(query="cœur"), True),
        (PoseFilter(query="casu"), True),
        (PoseFilter(query="left chair"), False),
        (PoseFilter(query="%"), False),
        (PoseFilter(query="   "), True),
        (PoseFilter(category="standing", query="wall", suits=BodyType.FEMININE), False),
    ],
)
def test_a_filter_means_what_fits_all_of_it(asked, meant) -> None:
    assert asked.admits(LEANING) is meant


def test_words_are_compared_without_case_and_accents() -> None:
    assert folded("À l'arrière, CŒUR Straße") == "a l'arriere, coeur strasse"


@pytest.mark.parametrize("limit", [1, 7, len(ALL)])
async def test_pages_put_together_are_the_whole_list(limit) -> None:
    asked = PoseFilter(category=ALL[0].category)
    listed: tuple[PoseSummary, ...] = ()
    after = ""
    while not listed or after:
        page = await ListPoses(units)(asked, limit, after)
        assert 0 < len(page.poses) <= limit
        listed, after = (*listed, *page.poses), page.next
    assert listed == tuple(pose for pose in ALL if pose.category == ALL[0].category)


async def test_an_unknown_cursor_ends_the_list() -> None:
    assert await ListPoses(units)(PoseFilter(), 10, "handstand") == PosePage((), "")


async def test_a_pose_comes_with_its_joints() -> None:
    pose = SEED.library.poses[-1]
    assert await GetPose(units)(pose.summary.id) == pose
    assert pose.turns


async def test_an_unknown_pose_is_not_found() -> None:
    with pytest.raises(NotFound):
        await GetPose(units)("handstand")


async def test_facets_count_what_is_in_use() -> None:
    first = replace(SEED.library, poses=SEED.library.poses[:1])
    facets = await ListPoseFacets(lambda: MemoryUnitOfWork(replace(SEED, library=first)))()
    [pose] = first.poses
    assert [(category.id, count) for category, count in facets.categories] == [(pose.summary.category, 1)]
    assert facets.tags == [(tag, 1) for tag in sorted(pose.summary.tags)]
    whole = await ListPoseFacets(units)()
    assert sum(count for _, count in whole.categories) == len(ALL)
    assert [tag for tag, _ in whole.tags] == sorted({tag for pose in ALL for tag in pose.tags})

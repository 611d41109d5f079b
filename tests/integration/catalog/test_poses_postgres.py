"""The pose library in PostgreSQL, as the migrations leave it, beside its twin in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.postgres import PostgresUnitOfWork
from services.catalog.adapters.postgres_poses import _meant
from services.catalog.adapters.seed import released
from services.catalog.domain.ports import UnitsOfWork
from services.catalog.domain.poses import BodyType, Difficulty, PoseFilter

SEED = released()
SUMMARIES = tuple(pose.summary for pose in SEED.library.poses)


@pytest.fixture
async def engine(migrated_url) -> AsyncIterator[AsyncEngine]:
    async with sql.engine(migrated_url("services.catalog"), schema="catalog") as made:
        yield made


@pytest.fixture
def memory_units() -> UnitsOfWork:
    return partial(MemoryUnitOfWork, SEED)


@pytest.fixture
def postgres_units(engine) -> UnitsOfWork:
    return partial(PostgresUnitOfWork, engine)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def units(request) -> UnitsOfWork:
    chosen: UnitsOfWork = request.getfixturevalue(f"{request.param}_units")
    return chosen


async def test_the_library_holds_the_released_poses_in_their_order(units) -> None:
    async with units() as unit:
        assert await unit.poses.listed(PoseFilter(), limit=2000, after="") == SUMMARIES


@pytest.mark.parametrize(
    "asked",
    [
        PoseFilter(category="seated"),
        PoseFilter(tags=("hand-on-hip", "weight-shift")),
        PoseFilter(difficulty=Difficulty.HARD),
        PoseFilter(suits=BodyType.MASCULINE),
        PoseFilter(query="MENTON levé"),
        PoseFilter(query="gauche left hanche"),
        PoseFilter(query="100%_"),
        PoseFilter(category="standing", tags=("pockets",), suits=BodyType.FEMININE, query="pocket"),
    ],
    ids=str,
)
async def test_both_mean_the_same_by_a_filter(units, asked) -> None:
    expected = tuple(pose for pose in SUMMARIES if asked.admits(pose))
    assert len(expected) < len(SUMMARIES)
    async with units() as unit:
        assert await unit.poses.listed(asked, limit=2000, after="") == expected
        if len(expected) > 1:
            behind = await unit.poses.listed(asked, limit=1, after=expected[0].id)
            assert behind == expected[1:2]


async def test_nothing_is_behind_a_pose_that_is_none(units) -> None:
    async with units() as unit:
        assert await unit.poses.listed(PoseFilter(), limit=3, after="handstand") == ()


async def test_poses_come_with_their_joints(units) -> None:
    async with units() as unit:
        for pose in SEED.library.poses[:: len(SUMMARIES) // 10]:
            assert await unit.poses.by_id(pose.summary.id) == pose
        assert await unit.poses.by_id("handstand") is None


@pytest.mark.postgres
async def test_both_count_the_same_facets(memory_units, postgres_units) -> None:
    async with memory_units() as twin, postgres_units() as real:
        expected, found = await twin.poses.facets(), await real.poses.facets()
    assert list(found.categories) == list(expected.categories)
    assert list(found.tags) == list(expected.tags)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE poses SET position = 1", "uq_poses_position"),
        ("UPDATE poses SET category = 'flying'", "fk_poses_category_pose_categories"),
        ("UPDATE poses SET difficulty = 'odd'", "ck_poses_difficulty"),
        ("UPDATE poses SET support = 'air'", "ck_poses_support"),
        ("UPDATE poses SET suits = '{}'", "ck_poses_suits"),
        ("UPDATE poses SET suits = '{giant}'", "ck_poses_suits"),
        ("UPDATE poses SET id = 'No!' WHERE position = 0", "ck_poses_id"),
        ("UPDATE pose_categories SET position = 1", "uq_pose_categories_position"),
    ],
)
async def test_the_database_refuses_what_no_pose_can_be(engine, statement, constraint) -> None:
    with pytest.raises(IntegrityError) as refused:
        async with sql.UnitOfWork(engine) as unit:
            await unit.session.execute(sa.text(statement))
    assert sql.violated(refused.value) == constraint


@pytest.mark.postgres
async def test_a_list_leaves_the_joints_where_they_are(engine) -> None:
    async with PostgresUnitOfWork(engine) as unit:
        assert await unit.poses.listed(PoseFilter(), limit=1, after="")
        row = (await unit.session.scalars(_meant(PoseFilter()).limit(1))).one()
        with pytest.raises(InvalidRequestError, match="raiseload"):
            _ = row.turns

"""The catalogue in PostgreSQL, as the migrations leave it, beside its twin in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine

from atelier.catalog.v1 import catalog_pb2 as pb
from atelier.catalog.v1.catalog_pb2_grpc import CatalogServiceStub
from atelierkit import migrations, sql
from atelierkit.errors import Unavailable
from atelierkit.testing import serve
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.postgres import PostgresUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.adapters.tables.garments import GarmentRow
from services.catalog.bootstrap import build
from services.catalog.domain.model import Category
from services.catalog.domain.ports import UnitsOfWork
from services.catalog.settings import CatalogSettings

SEED = released()


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


async def test_the_catalogue_holds_the_released_data_in_its_order(units) -> None:
    async with units() as unit:
        assert await unit.garments.listed(None, limit=100, after="") == SEED.garments
        assert await unit.hairstyles.listed() == SEED.hairstyles
        assert await unit.skins.listed() == SEED.skins


@pytest.mark.parametrize("category", Category)
async def test_a_category_holds_its_own(units, category) -> None:
    async with units() as unit:
        listed = await unit.garments.listed(category, limit=100, after="")
    assert listed == tuple(garment for garment in SEED.garments if garment.category is category)


async def test_a_page_begins_behind_a_garment_and_ends_at_its_limit(units) -> None:
    async with units() as unit:
        for begin, garment in enumerate(SEED.garments, 1):
            page = await unit.garments.listed(None, limit=3, after=garment.id)
            assert page == SEED.garments[begin : begin + 3]
            of_kind = await unit.garments.listed(garment.category, limit=1, after=garment.id)
            rest = [other for other in SEED.garments[begin:] if other.category is garment.category]
            assert list(of_kind) == rest[:1]
        assert await unit.garments.listed(None, limit=3, after="kilt") == ()


async def test_garments_are_found_by_their_ids_and_unknown_ones_left_out(units) -> None:
    async with units() as unit:
        found = await unit.garments.by_id({"skirt-romy", "kilt", "dress-ines"})
        assert await unit.garments.by_id([]) == {}
    assert found == {
        garment.id: garment for garment in SEED.garments if garment.id in {"skirt-romy", "dress-ines"}
    }


@pytest.mark.postgres
def test_the_migrations_make_the_tables_that_the_code_reads(migrated_url) -> None:
    migrations.check("services.catalog", migrated_url("services.catalog"))


@pytest.mark.postgres
async def test_migrating_again_changes_nothing(migrated_url) -> None:
    url = migrated_url("services.catalog")
    migrations.upgrade("services.catalog", url)
    async with sql.engine(url, schema="catalog") as engine, PostgresUnitOfWork(engine) as unit:
        assert await unit.garments.listed(None, limit=100, after="") == SEED.garments


@pytest.mark.postgres
async def test_the_service_that_the_process_builds_answers_from_the_database(migrated_url) -> None:
    settings = CatalogSettings(database_url=migrated_url("services.catalog"))
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(serve(await build(settings, stack)))
        look = await CatalogServiceStub(channel).ResolveLook(
            pb.ResolveLookRequest(outfit=[pb.OutfitItem(garment_id="dress-maud", size="S")])
        )
    assert look.garments[0].girths.chest_mm == 920


async def test_without_the_database_the_answer_is_unavailable() -> None:
    async with sql.engine("postgresql+psycopg://nobody@127.0.0.1:1/none", schema="catalog") as engine:
        with pytest.raises(Unavailable):
            async with PostgresUnitOfWork(engine) as unit:
                await unit.skins.listed()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE garments SET position = 1 WHERE id = 'dress-ines'", "uq_garments_position"),
        ("UPDATE garments SET category = 'hat'", "ck_garments_category"),
        ("UPDATE garments SET id = 'Dress Ines' WHERE id = 'dress-ines'", "ck_garments_id"),
        ("UPDATE garments SET pattern = 'cape'", "ck_garments_pattern"),
        ("UPDATE garments SET hem = 1.01", "ck_garments_hem"),
        ("UPDATE garments SET thickness_mm = 0", "ck_garments_thickness_mm"),
        ("UPDATE garment_sizes SET label = 'XXL'", "ck_garment_sizes_label"),
        ("UPDATE garment_sizes SET waist_mm = 0", "ck_garment_sizes_girths"),
        (
            "UPDATE garment_sizes SET chest_mm = NULL, waist_mm = NULL, hip_mm = NULL, upper_arm_mm = NULL, thigh_mm = NULL",
            "ck_garment_sizes_girths",
        ),
        (
            "UPDATE garment_sizes SET garment_id = 'kilt' WHERE garment_id = 'dress-ines'",
            "fk_garment_sizes_garment_id_garments",
        ),
        ("UPDATE garment_colors SET color = 'red'", "ck_garment_colors_color"),
        ("UPDATE garment_ease_ranges SET least_mm = ideal_mm", "ck_garment_ease_ranges_order"),
        ("UPDATE garment_ease_ranges SET zone = 'knee'", "ck_garment_ease_ranges_zone"),
        ("UPDATE hairstyles SET pattern = 'none'", "ck_hairstyles_pattern"),
        ("UPDATE hairstyle_colors SET color = '#ABCDEF'", "ck_hairstyle_colors_color"),
        ("UPDATE skins SET color = ''", "ck_skins_color"),
    ],
)
async def test_the_database_refuses_what_no_garment_can_be(engine, statement, constraint) -> None:
    with pytest.raises(IntegrityError) as refused:
        async with sql.UnitOfWork(engine) as unit:
            await unit.session.execute(sa.text(statement))
    assert sql.violated(refused.value) == constraint


@pytest.mark.postgres
async def test_a_relation_is_never_loaded_by_accident(engine) -> None:
    async with sql.UnitOfWork(engine) as unit:
        row = (await unit.session.scalars(sa.select(GarmentRow).limit(1))).one()
        with pytest.raises(InvalidRequestError, match="lazy='raise'"):
            _ = row.sizes

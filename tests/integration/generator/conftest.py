"""The units of work that the records' tests run on: memory, and PostgreSQL with the service's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from services.generator.adapters.memory import MemoryUnitsOfWork
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.domain.ports import UnitsOfWork

RAIL = Rail("", schema="generator")
"""Puts jobs, for which it needs no address."""


@pytest.fixture
async def engine(migrated_url) -> AsyncIterator[AsyncEngine]:
    async with sql.engine(migrated_url("services.generator"), schema="generator") as made:
        yield made


@pytest.fixture
def memory_units() -> UnitsOfWork:
    return MemoryUnitsOfWork()


@pytest.fixture
def postgres_units(engine) -> UnitsOfWork:
    return partial(PostgresUnitOfWork, engine, RAIL)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def units(request) -> UnitsOfWork:
    chosen: UnitsOfWork = request.getfixturevalue(f"{request.param}_units")
    return chosen

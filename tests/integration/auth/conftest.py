from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from atelierkit.testing.fixtures import MigratedUrl
from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.adapters.postgres import PostgresUnitOfWork
from services.auth.adapters.sealing import AesGcmSeals, new_key, ring_of
from services.auth.domain.ports import UnitsOfWork
from tests.unit.auth.world import SetClock, World, cheap_passwords


@pytest.fixture
def url(migrated_url: MigratedUrl) -> str:
    return migrated_url("services.auth")


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    async with sql.engine(url, schema="auth") as made:
        yield made


@pytest.fixture
def memory_units() -> UnitsOfWork:
    return MemoryUnitsOfWork()


@pytest.fixture
def seals() -> AesGcmSeals:
    return AesGcmSeals(ring_of(new_key("test")))


@pytest.fixture
def postgres_units(engine: AsyncEngine, url: str, seals: AesGcmSeals) -> UnitsOfWork:
    return functools.partial(PostgresUnitOfWork, engine, seals, Rail(url, schema="auth"), mail=True)


@pytest.fixture(scope="session")
def passwords() -> Iterator[Argon2Passwords]:
    with cheap_passwords() as made:
        yield made


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, passwords: Argon2Passwords, clock: SetClock) -> World:
    return World(request.getfixturevalue(f"{request.param}_units"), passwords, clock)


@pytest.fixture
def postgres_world(postgres_units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock) -> World:
    return World(postgres_units, passwords, clock)

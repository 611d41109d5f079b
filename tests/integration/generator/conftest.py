"""What tests of the records run on, memory and PostgreSQL with the service's schema, and photos of somebody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from photos.encode import jpeg
from services.generator.adapters.memory import MemoryUnitsOfWork
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.domain.faces import Slot
from services.generator.domain.model import Avatar, Look
from services.generator.domain.ports import UnitsOfWork
from tests.unit.generator.world import MODELS, World
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

YAWS_DEG = {Slot.FRONT: 0.0, Slot.LEFT: -35.0, Slot.RIGHT: 35.0}
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


@pytest.fixture
async def pattern() -> Avatar:
    """An avatar to copy: everything set."""
    return await World().avatar(look=Look("tone-09", "bob"))


@pytest.fixture(scope="session")
def album() -> Mapping[Slot, bytes]:
    """Three photos of one person who does not exist."""
    rng = np.random.default_rng(5)
    seated = Studio(MODELS).seat(draw_sitter(rng), rng)
    pictures = {
        slot: seated.shoot(draw_setting(rng, yaw_deg=yaw, pitch_deg=0.0, roll_deg=0.0), rng)
        for slot, yaw in YAWS_DEG.items()
    }
    return {slot: jpeg(picture.pixels) for slot, picture in pictures.items()}

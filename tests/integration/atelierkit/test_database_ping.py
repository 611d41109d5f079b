"""Whether the database answers: asked beside the pool, and again after the connection was lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from atelierkit import sql
from atelierkit.settings import DatabaseSettings
from deploy.local.topology import free_ports

pytestmark = pytest.mark.postgres


def settings(url: str) -> DatabaseSettings:
    return DatabaseSettings.model_validate(
        {"database_url": url, "database_pool_size": 1, "database_pool_overflow": 0}
    )


async def test_a_pool_in_full_use_is_not_a_database_that_is_gone(database_url: Callable[[str], str]) -> None:
    own = settings(database_url("auth"))
    async with (
        sql.engine_of(own, schema="auth") as engine,
        sql.pinging(own, schema="auth") as ping,
        engine.connect(),
    ):
        await ping()
        await ping()


async def test_a_lost_connection_is_told_once_and_made_anew(database_url: Callable[[str], str]) -> None:
    own = settings(database_url("auth"))
    async with AsyncExitStack() as stack:
        ping = await stack.enter_async_context(sql.pinging(own, schema="auth"))
        engine = await stack.enter_async_context(sql.engine_of(own, schema="auth"))
        await ping()
        async with engine.begin() as connection:
            ended = await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"),
                {"name": "atelier-auth-health"},
            )
            assert ended.scalars().all() == [True]
        with pytest.raises(DBAPIError):
            await ping()
        await ping()


async def test_a_database_that_is_not_there_is_told(database_url: Callable[[str], str]) -> None:
    own = settings(f"postgresql+psycopg://auth:secret@127.0.0.1:{free_ports(1)[0]}/atelier")
    async with sql.pinging(own, schema="auth") as ping:
        for _ in range(2):
            with pytest.raises(DBAPIError):
                await ping()

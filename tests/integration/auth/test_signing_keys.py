"""The keys that sign access tokens: one for all replicas, sealed, and sealed anew."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from services.auth.adapters import sealed_columns
from services.auth.adapters.postgres_signing_keys import load_signing_keys
from services.auth.adapters.sealing import AesGcmSeals, new_key, ring_of
from services.auth.adapters.tables.accounts import signing_keys
from services.auth.adapters.tokens import new_signing_key
from services.auth.domain.sealing import Unsealable

pytestmark = pytest.mark.postgres

OLD, NEW = new_key("old"), new_key("new")
SEALS = AesGcmSeals(ring_of(OLD))


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.execute(sa.select(signing_keys)))


async def add(engine: AsyncEngine, key: dict[str, Any], sealed: bytes | None = None) -> None:
    """Store a key, sealed with the old ring unless other bytes are given for it."""
    place = sealed_columns.SIGNING_KEYS.place(key["kid"])
    written = SEALS.seal(json.dumps(key).encode(), place) if sealed is None else sealed
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(sa.insert(signing_keys).values(kid=key["kid"], sealed_jwk=written))


async def test_many_replicas_that_start_at_once_share_one_key(engine: AsyncEngine) -> None:
    loaded = await asyncio.gather(*(load_signing_keys(engine, SEALS, new_signing_key) for _ in range(5)))
    assert all(keys == loaded[0] for keys in loaded)
    assert [row.kid for row in await rows(engine)] == [loaded[0][0]["kid"]]


async def test_the_newest_key_comes_first(engine: AsyncEngine) -> None:
    [older] = await load_signing_keys(engine, SEALS, new_signing_key)
    newer = new_signing_key()
    await add(engine, newer)
    assert await load_signing_keys(engine, SEALS, new_signing_key) == [newer, older]


async def test_no_key_lies_open(engine: AsyncEngine) -> None:
    [key] = await load_signing_keys(engine, SEALS, new_signing_key)
    assert key["d"] not in repr(await rows(engine))


async def test_a_key_that_moved_to_another_row_is_refused(engine: AsyncEngine) -> None:
    await load_signing_keys(engine, SEALS, new_signing_key)
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(sa.update(signing_keys).values(kid="another"))
    with pytest.raises(Unsealable):
        await load_signing_keys(engine, SEALS, new_signing_key)


async def test_after_sealing_anew_the_old_key_opens_nothing_and_may_go(engine: AsyncEngine) -> None:
    await load_signing_keys(engine, SEALS, new_signing_key)
    for _ in range(6):
        another = new_signing_key()
        await add(engine, another)
    before = await load_signing_keys(engine, SEALS, new_signing_key)

    both = AesGcmSeals(ring_of(f"{NEW},{OLD}"))
    assert await load_signing_keys(engine, both, new_signing_key) == before
    assert await sealed_columns.reseal(engine, both, sealed_columns.SIGNING_KEYS, at_once=3) == 7
    assert await sealed_columns.reseal(engine, both, sealed_columns.SIGNING_KEYS, at_once=3) == 0

    assert await load_signing_keys(engine, AesGcmSeals(ring_of(NEW)), new_signing_key) == before
    for row in await rows(engine):
        with pytest.raises(Unsealable):
            SEALS.open(row.sealed_jwk, sealed_columns.SIGNING_KEYS.place(row.kid))


async def test_sealing_anew_goes_on_where_it_was_interrupted(engine: AsyncEngine) -> None:
    broken = dict(new_signing_key(), kid="~ the last one")
    await load_signing_keys(engine, SEALS, new_signing_key)
    for _ in range(3):
        another = new_signing_key()
        await add(engine, another)
    keys = await load_signing_keys(engine, SEALS, new_signing_key)
    await add(engine, broken, b"no seal of ours")

    both = AesGcmSeals(ring_of(f"{NEW},{OLD}"))
    with pytest.raises(Unsealable):
        await sealed_columns.reseal(engine, both, sealed_columns.SIGNING_KEYS, at_once=2)
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(sa.delete(signing_keys).where(signing_keys.c.kid == broken["kid"]))
    left = await sealed_columns.reseal(engine, both, sealed_columns.SIGNING_KEYS)
    assert 0 <= left < len(keys)
    assert await load_signing_keys(engine, AesGcmSeals(ring_of(NEW)), new_signing_key) == keys


async def run(url: str, keys: str, data_dir: Path) -> tuple[int | None, str]:
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.auth.reseal"),
        env={
            "ATELIER_AUTH_DATABASE_URL": url,
            "ATELIER_AUTH_SEALING_KEYS": keys,
            "ATELIER_DATA_DIR": str(data_dir),
        },
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await command.communicate()
    return command.returncode, said.decode()


async def test_the_command_seals_and_says_what_it_cannot(
    engine: AsyncEngine, url: str, tmp_path: Path
) -> None:
    [key] = await load_signing_keys(engine, SEALS, new_signing_key)
    code, said = await run(url, NEW, tmp_path)
    assert code == 1
    assert said.splitlines()[-1] == "no key of the ring has sealed this"
    code, said = await run(url, f"{NEW},{OLD}", tmp_path)
    assert code == 0, said
    assert await load_signing_keys(engine, AesGcmSeals(ring_of(NEW)), new_signing_key) == [key]

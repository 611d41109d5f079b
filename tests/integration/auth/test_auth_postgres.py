"""What auth does with PostgreSQL alone, and the service as it is deployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from atelier.auth.v1 import auth_pb2 as pb
from atelier.auth.v1 import auth_pb2_grpc as rpc
from atelierkit import migrations, sql
from atelierkit.errors import AppError, Code, Unavailable
from atelierkit.testing import serve
from services.auth import admin
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.adapters.tables.accounts import failed_log_ins, session_secrets
from services.auth.bootstrap import build
from services.auth.domain.model import FAILURE_WINDOW, Failures, email_key
from services.auth.domain.ports import UnitsOfWork
from services.auth.settings import AuthSettings
from tests.unit.auth.world import EMAIL, PASSWORD, SetClock, World

pytestmark = pytest.mark.postgres


async def scalars(engine: AsyncEngine, statement: sa.Select[tuple[object]]) -> list[object]:
    async with engine.connect() as connection:
        return list(await connection.scalars(statement))


def test_the_migrations_make_the_tables_that_the_code_knows(url: str) -> None:
    migrations.check("services.auth", url)


async def test_no_two_live_secrets_fit_into_one_session(
    engine: AsyncEngine, postgres_units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock
) -> None:
    world = World(postgres_units, passwords, clock)
    await world.sign_up(EMAIL, PASSWORD)
    await world.log_in(EMAIL, PASSWORD)
    [session_id] = await scalars(engine, sa.select(session_secrets.c.session_id))
    with pytest.raises(IntegrityError) as refused:
        async with sql.UnitOfWork(engine) as unit:
            await unit.session.execute(
                sa.insert(session_secrets).values(digest=b"another", session_id=session_id)
            )
    assert sql.violated(refused.value) == "uq_session_secrets_live"


@pytest.mark.attack("A15")
async def test_nothing_at_rest_opens_a_session(
    engine: AsyncEngine, postgres_units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock
) -> None:
    world = World(postgres_units, passwords, clock)
    await world.sign_up(EMAIL, PASSWORD)
    pair = await world.log_in(EMAIL, PASSWORD)
    session = await world.open_browser_session(EMAIL, PASSWORD)
    async with engine.connect() as connection:
        rows = [
            repr(row)
            for table in ("accounts", "sessions", "session_secrets", "failed_log_ins")
            for row in await connection.execute(sa.text(f"SELECT * FROM {table}"))  # noqa: S608  names from above
        ]
    assert len(rows) == 5
    for secret in (PASSWORD, pair.refresh, pair.access.value, session.secret):
        assert not any(secret in row for row in rows)


async def test_a_failure_sweeps_out_old_ones_of_others(
    engine: AsyncEngine, postgres_units: UnitsOfWork, clock: SetClock
) -> None:
    keys = [email_key(f"{n}@example.org") for n in range(3)]
    for key in keys[:2]:
        async with postgres_units() as unit:
            await unit.failed_log_ins.save(key, Failures((clock.now,)))
        clock.advance(minutes=1)
    clock.now += FAILURE_WINDOW - timedelta(minutes=2)
    async with postgres_units() as unit:
        await unit.failed_log_ins.save(keys[2], Failures((clock.now,)))
    left = await scalars(engine, sa.select(failed_log_ins.c.email_key).order_by(failed_log_ins.c.latest_at))
    assert left == keys[1:]


async def test_two_replicas_serve_the_same_people(url: str, tmp_path: Path) -> None:
    settings = AuthSettings(database_url=url, data_dir=tmp_path)
    async with AsyncExitStack() as stack:
        replicas = [await build(settings, stack) for _ in range(2)]
        one, two = [
            rpc.AuthServiceStub(await stack.enter_async_context(serve(replica))) for replica in replicas
        ]
        account = (await one.SignUp(pb.SignUpRequest(email=EMAIL, password=PASSWORD))).account
        tokens = (await two.LogIn(pb.LogInRequest(email=EMAIL, password=PASSWORD))).tokens
        own = await one.GetAccount(
            pb.GetAccountRequest(), metadata=(("authorization", f"Bearer {tokens.access_token}"),)
        )
        assert own.account == account
        refresh = pb.RefreshTokensRequest(refresh_token=tokens.refresh_token)
        await one.RefreshTokens(refresh)
        with pytest.raises(AppError) as refused:
            await two.RefreshTokens(refresh)
        assert refused.value.reason == "INVALID_REFRESH_TOKEN"
        keys = [json.loads((await each.GetJwks(pb.GetJwksRequest())).jwks_json) for each in (one, two)]
        assert keys[0] == keys[1]

        await admin.run(settings, ["users", "grant-admin", EMAIL.lower()])
        tokens = (await two.LogIn(pb.LogInRequest(email=EMAIL, password=PASSWORD))).tokens
        own = await two.GetAccount(
            pb.GetAccountRequest(), metadata=(("authorization", f"Bearer {tokens.access_token}"),)
        )
        assert own.account.role == pb.ROLE_ADMIN


async def test_without_its_keys_it_is_not_ready_and_says_so(
    unused_tcp_port_factory: Callable[[], int], tmp_path: Path
) -> None:
    away = f"postgresql+psycopg://auth:x@127.0.0.1:{unused_tcp_port_factory()}/none"
    async with AsyncExitStack() as stack:
        service = await build(AuthSettings(database_url=away, data_dir=tmp_path), stack)
        with pytest.raises(Unavailable):
            await service.dependencies["signing_keys"].check()
        channel = await stack.enter_async_context(serve(service))
        stub: rpc.AuthServiceAsyncStub = rpc.AuthServiceStub(channel)
        with pytest.raises(AppError) as refused:
            await stub.GetJwks(pb.GetJwksRequest())
    assert refused.value.code is Code.UNAVAILABLE

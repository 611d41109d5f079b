from __future__ import annotations

import json
from collections.abc import Awaitable
from datetime import UTC
from typing import Any

import pytest
from google.protobuf.message import Message
from prometheus_client import REGISTRY

from atelier.auth.v1 import auth_pb2 as pb
from atelier.auth.v1 import auth_pb2_grpc as rpc
from atelierkit.errors import AppError, Code
from services.auth.domain.ports import UnitsOfWork
from services.auth.use_cases.accounts import GrantAdmin
from tests.unit.auth.world import EMAIL, PASSWORD, SIGNING_KEY, SetClock, access_tokens, verifier


async def refusal(call: Awaitable[Message]) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


async def sign_up(stub: rpc.AuthServiceAsyncStub) -> pb.Account:
    return (await stub.SignUp(pb.SignUpRequest(email=EMAIL, password=PASSWORD))).account


async def log_in(stub: rpc.AuthServiceAsyncStub, password: str = PASSWORD) -> pb.TokenPair:
    return (await stub.LogIn(pb.LogInRequest(email=EMAIL, password=password))).tokens


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


async def test_from_sign_up_to_log_out(stub: rpc.AuthServiceAsyncStub, clock: SetClock) -> None:
    account = await sign_up(stub)
    assert (account.email, account.role) == (EMAIL, pb.ROLE_USER)
    assert account.create_time.ToDatetime(UTC) == clock.now

    tokens = await log_in(stub)
    assert tokens.expires_in_s == 900
    own = await stub.GetAccount(pb.GetAccountRequest(), metadata=bearer(tokens.access_token))
    assert own.account == account

    clock.advance(minutes=16)
    late = await refusal(stub.GetAccount(pb.GetAccountRequest(), metadata=bearer(tokens.access_token)))
    assert (late.code, late.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")

    renewed = (await stub.RefreshTokens(pb.RefreshTokensRequest(refresh_token=tokens.refresh_token))).tokens
    own = await stub.GetAccount(pb.GetAccountRequest(), metadata=bearer(renewed.access_token))
    assert own.account == account

    await stub.LogOut(pb.LogOutRequest(session_secret=renewed.refresh_token))
    over = await refusal(stub.RefreshTokens(pb.RefreshTokensRequest(refresh_token=renewed.refresh_token)))
    assert (over.code, over.reason) == (Code.UNAUTHENTICATED, "INVALID_REFRESH_TOKEN")


async def test_a_browsers_session(stub: rpc.AuthServiceAsyncStub) -> None:
    account = await sign_up(stub)
    opened = await stub.OpenBrowserSession(pb.OpenBrowserSessionRequest(email=EMAIL, password=PASSWORD))
    assert opened.expires_in_s == 30 * 24 * 3600
    exchange = pb.ExchangeBrowserSessionRequest(session_secret=opened.session_secret)
    token = await stub.ExchangeBrowserSession(exchange)
    assert token.expires_in_s == 900
    own = await stub.GetAccount(pb.GetAccountRequest(), metadata=bearer(token.access_token))
    assert own.account == account

    await stub.LogOut(pb.LogOutRequest(session_secret=opened.session_secret))
    closed = await refusal(stub.ExchangeBrowserSession(exchange))
    assert (closed.code, closed.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_others_verify_tokens_with_the_published_keys(
    stub: rpc.AuthServiceAsyncStub, clock: SetClock
) -> None:
    account = await sign_up(stub)
    tokens = await log_in(stub)
    published = json.loads((await stub.GetJwks(pb.GetJwksRequest())).jwks_json)
    assert published == access_tokens().published()
    assert SIGNING_KEY["d"] not in json.dumps(published)
    caller = await verifier(access_tokens(), clock).verify(tokens.access_token)
    assert caller.subject == account.id


async def test_an_administrator_sees_the_role(stub: rpc.AuthServiceAsyncStub, units: UnitsOfWork) -> None:
    await sign_up(stub)
    await GrantAdmin(units)(EMAIL)
    tokens = await log_in(stub)
    own = await stub.GetAccount(pb.GetAccountRequest(), metadata=bearer(tokens.access_token))
    assert own.account.role == pb.ROLE_ADMIN


@pytest.mark.attack("A16")
@pytest.mark.parametrize("metadata", [(), bearer(""), bearer("a.b.c"), (("authorization", "Basic YTpi"),)])
async def test_an_account_is_shown_to_nobody_else(stub: rpc.AuthServiceAsyncStub, metadata: Any) -> None:
    refused = await refusal(stub.GetAccount(pb.GetAccountRequest(), metadata=metadata))
    assert (refused.code, refused.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")


@pytest.mark.attack("A08", ways=2)
async def test_neither_a_refresh_token_nor_a_browsers_secret_is_an_access_token(
    stub: rpc.AuthServiceAsyncStub,
) -> None:
    await sign_up(stub)
    tokens = await log_in(stub)
    opened = await stub.OpenBrowserSession(pb.OpenBrowserSessionRequest(email=EMAIL, password=PASSWORD))
    for secret in (tokens.refresh_token, opened.session_secret):
        refused = await refusal(stub.GetAccount(pb.GetAccountRequest(), metadata=bearer(secret)))
        assert refused.reason == "UNAUTHENTICATED"


async def test_logging_in_works_with_a_stale_token(stub: rpc.AuthServiceAsyncStub, clock: SetClock) -> None:
    await sign_up(stub)
    tokens = await log_in(stub)
    clock.advance(days=1)
    await stub.LogIn(pb.LogInRequest(email=EMAIL, password=PASSWORD), metadata=bearer(tokens.access_token))


@pytest.mark.attack("A12")
async def test_a_taken_address(stub: rpc.AuthServiceAsyncStub) -> None:
    await sign_up(stub)
    refused = await refusal(stub.SignUp(pb.SignUpRequest(email=EMAIL.lower(), password="needle & thread 5")))
    assert (refused.code, refused.reason) == (Code.ALREADY_EXISTS, "EMAIL_TAKEN")
    assert not refused.metadata


@pytest.mark.attack("A13")
@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short-1", "password.short"),
        ("password1", "password.common"),
        ("my-atelier-5512", "password.contains_name"),
    ],
)
async def test_a_weak_password(stub: rpc.AuthServiceAsyncStub, password: str, fault: str) -> None:
    refused = await refusal(stub.SignUp(pb.SignUpRequest(email=EMAIL, password=password)))
    assert (refused.code, refused.reason) == (Code.INVALID_ARGUMENT, "WEAK_PASSWORD")
    assert [(item.field, item.code) for item in refused.faults] == [("password", fault)]


@pytest.mark.attack("A14")
@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.SignUpRequest(email="not an address", password=PASSWORD), "email"),
        (pb.SignUpRequest(email=f"{'x' * 250}@example.org", password=PASSWORD), "email"),
        (pb.SignUpRequest(email="nul\0@example.org", password=PASSWORD), "email"),
        (pb.SignUpRequest(email=EMAIL, password="x" * 129), "password"),
        (pb.SignUpRequest(email=EMAIL, password="x" * 1_000_000), "password"),
        (pb.SignUpRequest(email=EMAIL), "password"),
        (pb.LogInRequest(email=EMAIL, password="x" * 129), "password"),
        (pb.LogInRequest(password=PASSWORD), "email"),
        (pb.OpenBrowserSessionRequest(email=EMAIL, password="x" * 1_000_000), "password"),
        (pb.RefreshTokensRequest(refresh_token="x" * 257), "refresh_token"),
        (pb.RefreshTokensRequest(), "refresh_token"),
        (pb.LogOutRequest(session_secret="x" * 257), "session_secret"),
        (pb.ExchangeBrowserSessionRequest(), "session_secret"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_the_schema_names_the_bad_field(
    stub: rpc.AuthServiceAsyncStub, request_: Message, field: str
) -> None:
    rpc = getattr(stub, type(request_).__name__.removesuffix("Request"))
    refused = await refusal(rpc(request_))
    assert (refused.code, refused.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert {fault.field for fault in refused.faults} == {field}


@pytest.mark.attack("A14")
async def test_passwords_are_taken_whole(stub: rpc.AuthServiceAsyncStub) -> None:
    password = " ✂️ needle\0& thread " * 6
    assert 64 < len(password) <= 128
    await stub.SignUp(pb.SignUpRequest(email=EMAIL, password=password))
    await log_in(stub, password)
    for other in (password[:-1], password.strip(), password.replace("\0", "")):
        assert (await refusal(log_in(stub, other))).reason == "INVALID_CREDENTIALS"


@pytest.mark.attack("A12", ways=3)
async def test_unknown_and_wrong_are_told_alike(stub: rpc.AuthServiceAsyncStub) -> None:
    await sign_up(stub)
    requests = [
        pb.LogInRequest(email=EMAIL, password="needle & thread 5"),
        pb.LogInRequest(email="nobody@example.org", password=PASSWORD),
        pb.LogInRequest(email="nul\0byte", password=PASSWORD),
    ]
    told = [await refusal(stub.LogIn(request)) for request in requests]
    assert {(error.code, error.reason, error.message, *error.metadata) for error in told} == {
        (Code.UNAUTHENTICATED, "INVALID_CREDENTIALS", "the e-mail or the password is not right")
    }


@pytest.mark.attack("A11")
async def test_too_many_wrong_passwords_say_when_to_come_back(
    stub: rpc.AuthServiceAsyncStub, clock: SetClock
) -> None:
    await sign_up(stub)
    for _ in range(10):
        assert (await refusal(log_in(stub, "needle & thread 5"))).reason == "INVALID_CREDENTIALS"
    clock.advance(minutes=5)
    refused = await refusal(log_in(stub))
    assert (refused.code, refused.reason, refused.retry_after_s) == (
        Code.RESOURCE_EXHAUSTED,
        "TOO_MANY_ATTEMPTS",
        600,
    )
    clock.advance(minutes=10)
    await log_in(stub)


def counts(name: str) -> dict[str, float]:
    return {
        sample.labels["outcome"]: sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == name
    }


def growth(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}


async def test_outcomes_are_counted(stub: rpc.AuthServiceAsyncStub) -> None:
    names = ("sign_ups", "log_ins", "refreshes")
    before = {name: counts(f"atelier_auth_{name}_total") for name in names}
    await sign_up(stub)
    await refusal(sign_up(stub))
    await refusal(stub.SignUp(pb.SignUpRequest(email="x@example.org", password="password1")))
    tokens = await log_in(stub)
    await stub.OpenBrowserSession(pb.OpenBrowserSessionRequest(email=EMAIL, password=PASSWORD))
    await stub.RefreshTokens(pb.RefreshTokensRequest(refresh_token=tokens.refresh_token))
    for token in (tokens.refresh_token, "unknown"):
        await refusal(stub.RefreshTokens(pb.RefreshTokensRequest(refresh_token=token)))
    for _ in range(11):
        await refusal(log_in(stub, "needle & thread 5"))
    grown = {name: growth(before[name], counts(f"atelier_auth_{name}_total")) for name in names}
    assert grown == {
        "sign_ups": {"ok": 1, "email_taken": 1, "weak_password": 1},
        "log_ins": {"ok": 2, "invalid_credentials": 10, "too_many_attempts": 1},
        "refreshes": {"ok": 1, "reused": 1, "invalid": 1},
    }

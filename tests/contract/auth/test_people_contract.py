"""PeopleService and AccountAdminService, as others call them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import grpc.aio
import pytest
from google.protobuf.message import Message

from atelier.auth.v1 import account_admin_pb2 as admin_pb
from atelier.auth.v1 import account_admin_pb2_grpc as admin_rpc
from atelier.auth.v1 import auth_pb2 as auth_pb
from atelier.auth.v1 import auth_pb2_grpc as auth_rpc
from atelier.auth.v1 import people_pb2 as pb
from atelier.auth.v1 import people_pb2_grpc as rpc
from atelierkit.errors import AppError, Code
from atelierkit.testing import serve
from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.bootstrap import assemble
from services.auth.domain.credits import Prices
from services.auth.domain.letters import LetterKind
from services.auth.use_cases.accounts import GrantAdmin
from tests.unit.auth.couriers import CourierDouble
from tests.unit.auth.people_world import NEW_PASSWORD, Mailbox
from tests.unit.auth.world import (
    EMAIL,
    PASSWORD,
    POLICIES,
    SEALS,
    SESSION_LIFE,
    SetClock,
    access_tokens,
    cheap_passwords,
)

Metadata = tuple[tuple[str, str], ...]


class Stubs:
    """The three services at one address, and everybody's mail."""

    def __init__(self, channel: grpc.aio.Channel, mail: Mailbox) -> None:
        self.auth: auth_rpc.AuthServiceAsyncStub = auth_rpc.AuthServiceStub(channel)
        self.people: rpc.PeopleServiceAsyncStub = rpc.PeopleServiceStub(channel)
        self.admin: admin_rpc.AccountAdminServiceAsyncStub = admin_rpc.AccountAdminServiceStub(channel)
        self.mail = mail

    async def sign_up(self, email: str = EMAIL) -> auth_pb.Account:
        return (await self.auth.SignUp(auth_pb.SignUpRequest(email=email, password=PASSWORD))).account

    async def log_in(
        self, email: str = EMAIL, password: str = PASSWORD
    ) -> tuple[auth_pb.TokenPair, Metadata]:
        request = auth_pb.LogInRequest(email=email, password=password, device="A browser")
        tokens = (await self.auth.LogIn(request)).tokens
        return tokens, bearer(tokens.access_token)


def bearer(token: str) -> Metadata:
    return (("authorization", f"Bearer {token}"),)


async def refusal(call: Awaitable[Message]) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


@asynccontextmanager
async def serving(mail: Mailbox, passwords: Argon2Passwords, clock: SetClock) -> AsyncIterator[Stubs]:
    service = assemble(
        units=mail.units,
        passwords=passwords,
        tokens=access_tokens(),
        seals=SEALS,
        clock=clock,
        session_life=SESSION_LIFE,
        prices=Prices(),
        policies=POLICIES,
        courier=CourierDouble(),
        letters_are_sent=True,
    )
    async with serve(service) as channel:
        yield Stubs(channel, mail)


@pytest.fixture
async def stubs(passwords: Argon2Passwords, clock: SetClock) -> AsyncIterator[Stubs]:
    async with serving(Mailbox(MemoryUnitsOfWork()), passwords, clock) as stubs:
        yield stubs


async def test_from_an_address_to_its_verification(stubs: Stubs) -> None:
    account = await stubs.sign_up()
    assert (account.email_verified, account.language, account.tier) == (False, "en", auth_pb.TIER_FREE)
    _, signed_in = await stubs.log_in()
    await stubs.people.ResendVerification(pb.ResendVerificationRequest(), metadata=signed_in)
    token = stubs.mail.token(LetterKind.VERIFY_EMAIL)
    await stubs.people.VerifyEmail(pb.VerifyEmailRequest(token=token))
    own = await stubs.auth.GetAccount(auth_pb.GetAccountRequest(), metadata=signed_in)
    assert own.account.email_verified
    again = await refusal(stubs.people.VerifyEmail(pb.VerifyEmailRequest(token=token)))
    assert (again.code, again.reason) == (Code.INVALID_ARGUMENT, "INVALID_LINK")


@pytest.mark.attack("A08")
async def test_a_letter_s_secret_is_no_access_token_and_no_refresh_token(stubs: Stubs) -> None:
    await stubs.sign_up()
    token = stubs.mail.token(LetterKind.VERIFY_EMAIL)
    shown = await refusal(stubs.auth.GetAccount(auth_pb.GetAccountRequest(), metadata=bearer(token)))
    assert shown.reason == "UNAUTHENTICATED"
    traded = await refusal(stubs.auth.RefreshTokens(auth_pb.RefreshTokensRequest(refresh_token=token)))
    assert traded.reason == "INVALID_REFRESH_TOKEN"
    tokens, _ = await stubs.log_in()
    for other in (tokens.access_token[:256], tokens.refresh_token):
        refused = await refusal(stubs.people.VerifyEmail(pb.VerifyEmailRequest(token=other)))
        assert refused.reason == "INVALID_LINK"


@pytest.mark.attack("A10")
async def test_after_a_change_of_password_old_refresh_tokens_are_dead_and_access_tokens_die(
    stubs: Stubs, clock: SetClock
) -> None:
    await stubs.sign_up()
    elsewhere, signed_in_elsewhere = await stubs.log_in()
    _, signed_in = await stubs.log_in()
    change = pb.ChangePasswordRequest(current=PASSWORD, new=NEW_PASSWORD)
    await stubs.people.ChangePassword(change, metadata=signed_in)
    refresh = auth_pb.RefreshTokensRequest(refresh_token=elsewhere.refresh_token)
    assert (await refusal(stubs.auth.RefreshTokens(refresh))).reason == "INVALID_REFRESH_TOKEN"
    clock.advance(minutes=16)
    late = await refusal(stubs.auth.GetAccount(auth_pb.GetAccountRequest(), metadata=signed_in_elsewhere))
    assert late.code is Code.UNAUTHENTICATED


async def test_a_wrong_password_is_told_to_whoever_is_logged_in(stubs: Stubs) -> None:
    await stubs.sign_up()
    _, signed_in = await stubs.log_in()
    wrong = pb.ChangePasswordRequest(current="not the password", new=NEW_PASSWORD)
    refused = await refusal(stubs.people.ChangePassword(wrong, metadata=signed_in))
    assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "WRONG_PASSWORD")
    weak = pb.ChangePasswordRequest(current=PASSWORD, new="short")
    refused = await refusal(stubs.people.ChangePassword(weak, metadata=signed_in))
    assert [(fault.field, fault.code) for fault in refused.faults] == [("password", "password.short")]


async def test_a_session_says_which_is_the_caller_s_own(stubs: Stubs) -> None:
    await stubs.sign_up()
    await stubs.log_in()
    _, signed_in = await stubs.log_in()
    listed = (await stubs.people.ListSessions(pb.ListSessionsRequest(), metadata=signed_in)).sessions
    assert sorted(one.current for one in listed) == [False, True]
    assert {one.device for one in listed} == {"A browser"}
    await stubs.people.EndOtherSessions(pb.EndOtherSessionsRequest(), metadata=signed_in)
    [left] = (await stubs.people.ListSessions(pb.ListSessionsRequest(), metadata=signed_in)).sessions
    assert left.current


@pytest.mark.attack("A62")
async def test_an_export_is_json_of_the_caller_alone(stubs: Stubs) -> None:
    account = await stubs.sign_up()
    await stubs.sign_up("other@example.org")
    _, signed_in = await stubs.log_in()
    token, seen = "", {}
    while True:
        request = pb.ExportPersonRequest(page_token=token)
        part = await stubs.people.ExportPerson(request, metadata=signed_in)
        seen[part.section] = [json.loads(record) for record in part.records_json]
        token = part.next_page_token
        if not token:
            break
    assert [record["id"] for record in seen["account"]] == [account.id]
    assert "other@example.org" not in json.dumps(seen)
    bad = pb.ExportPersonRequest(page_token="credits:1;DROP")
    refused = await refusal(stubs.people.ExportPerson(bad, metadata=signed_in))
    assert refused.faults[0].field == "page_token"


@pytest.mark.attack("A10")
async def test_a_deleted_account_is_shut_out(stubs: Stubs) -> None:
    account = await stubs.sign_up()
    tokens, signed_in = await stubs.log_in()
    await stubs.people.DeleteAccount(pb.DeleteAccountRequest(password=PASSWORD), metadata=signed_in)
    own = await refusal(stubs.auth.GetAccount(auth_pb.GetAccountRequest(), metadata=signed_in))
    assert own.code is Code.UNAUTHENTICATED
    refresh = auth_pb.RefreshTokensRequest(refresh_token=tokens.refresh_token)
    assert (await refusal(stubs.auth.RefreshTokens(refresh))).reason == "INVALID_REFRESH_TOKEN"
    waiting = await stubs.people.ListDeletions(pb.ListDeletionsRequest())
    assert list(waiting.account_ids) == [account.id]
    confirmed = await stubs.people.ConfirmDeletion(pb.ConfirmDeletionRequest(account_id=account.id))
    assert not confirmed.taken


@pytest.mark.attack("A21")
@pytest.mark.parametrize(
    "request_",
    [
        admin_pb.ListAccountsRequest(),
        admin_pb.ShowAccountRequest(id=str(uuid4())),
        admin_pb.ChangeAccountRequest(id=str(uuid4()), disabled=True),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_everybody_s_accounts_are_for_administrators(stubs: Stubs, request_: Message) -> None:
    await stubs.sign_up()
    method = getattr(stubs.admin, type(request_).__name__.removesuffix("Request"))
    assert (await refusal(method(request_))).code is Code.UNAUTHENTICATED
    _, signed_in = await stubs.log_in()
    assert (await refusal(method(request_, metadata=signed_in))).code is Code.PERMISSION_DENIED


@pytest.mark.attack("A10")
async def test_an_administrator_closes_an_account(stubs: Stubs) -> None:
    await stubs.sign_up("admin@example.org")
    await GrantAdmin(stubs.mail.units)("admin@example.org")
    _, admin = await stubs.log_in("admin@example.org")
    jane = await stubs.sign_up()
    found = await stubs.admin.ListAccounts(admin_pb.ListAccountsRequest(email="JANE"), metadata=admin)
    assert [one.id for one in found.accounts] == [jane.id]
    change = admin_pb.ChangeAccountRequest(id=jane.id, tier=auth_pb.TIER_PRO, disabled=True)
    changed = (await stubs.admin.ChangeAccount(change, metadata=admin)).account
    assert (changed.tier, changed.disabled, changed.role) == (auth_pb.TIER_PRO, True, auth_pb.ROLE_USER)
    refused = await refusal(stubs.auth.LogIn(auth_pb.LogInRequest(email=EMAIL, password=PASSWORD)))
    assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "ACCOUNT_DISABLED")
    wrong = auth_pb.LogInRequest(email=EMAIL, password="not the password")
    assert (await refusal(stubs.auth.LogIn(wrong))).reason == "INVALID_CREDENTIALS"
    for token in ("x", "bm90aGluZw==", "MjAyNg=="):
        bad = admin_pb.ListAccountsRequest(page_token=token)
        assert (await refusal(stubs.admin.ListAccounts(bad, metadata=admin))).faults[0].field == "page_token"


async def test_a_service_gets_a_token_for_somebody(stubs: Stubs) -> None:
    account = await stubs.sign_up()
    issued = await stubs.auth.IssueTokenFor(auth_pb.IssueTokenForRequest(account_id=account.id))
    assert issued.expires_in_s == 300
    own = await stubs.auth.GetAccount(auth_pb.GetAccountRequest(), metadata=bearer(issued.access_token))
    assert own.account.id == account.id
    unknown = auth_pb.IssueTokenForRequest(account_id=str(UUID(int=0)))
    assert (await refusal(stubs.auth.IssueTokenFor(unknown))).code is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.VerifyEmailRequest(), "token"),
        (pb.VerifyEmailRequest(token="x" * 257), "token"),
        (pb.ForgotPasswordRequest(email="x" * 255), "email"),
        (pb.ResetPasswordRequest(token="x", password="x" * 129), "password"),
        (pb.ResetPasswordRequest(token="x", password="x" * 1_000_000), "password"),
        (pb.ConfirmDeletionRequest(account_id="me"), "account_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_the_schema_names_the_bad_field(stubs: Stubs, request_: Any, field: str) -> None:
    method = getattr(stubs.people, type(request_).__name__.removesuffix("Request"))
    refused = await refusal(method(request_))
    assert (refused.code, {fault.field for fault in refused.faults}) == (Code.INVALID_ARGUMENT, {field})


@pytest.mark.attack("A12")
async def test_known_and_unknown_addresses_are_answered_as_fast(clock: SetClock) -> None:
    """With passwords that cost what they really cost; known and unknown take turns, so that the machine is the same."""
    with cheap_passwords(memory_kib=19_456, time_cost=2) as passwords:
        async with serving(Mailbox(MemoryUnitsOfWork()), passwords, clock) as stubs:
            await stubs.sign_up()
            costs = [await seconds(passwords.matches(None, PASSWORD)) for _ in range(5)]

            def forgotten(email: str) -> Awaitable[object]:
                return stubs.people.ForgotPassword(pb.ForgotPasswordRequest(email=email))

            async def apart() -> float:
                differences = [
                    await seconds(forgotten(EMAIL)) - await seconds(forgotten(f"{uuid4()}@example.org"))
                    for _ in range(40)
                ]
                return abs(median(differences)) / median(costs)

            # A busy machine may blur a round; what is really slower is so in every one.
            assert any([await apart() < 0.1 for _ in range(3)])


async def seconds(call: Awaitable[object]) -> float:
    began = perf_counter()
    await call
    return perf_counter() - began

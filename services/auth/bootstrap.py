"""Where auth's objects meet."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from sqlalchemy.ext.asyncio import AsyncEngine

from atelier.auth.v1 import (
    account_admin_pb2,
    api_keys_pb2,
    audit_pb2,
    auth_pb2,
    consents_pb2,
    credits_pb2,
    people_pb2,
    requests_pb2,
)
from atelier.auth.v1.account_admin_pb2_grpc import add_AccountAdminServiceServicer_to_server
from atelier.auth.v1.api_keys_pb2_grpc import add_ApiKeyServiceServicer_to_server
from atelier.auth.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from atelier.auth.v1.auth_pb2_grpc import add_AuthServiceServicer_to_server
from atelier.auth.v1.consents_pb2_grpc import add_ConsentServiceServicer_to_server
from atelier.auth.v1.credits_pb2_grpc import add_CreditServiceServicer_to_server
from atelier.auth.v1.people_pb2_grpc import add_PeopleServiceServicer_to_server
from atelier.auth.v1.requests_pb2_grpc import add_RequestServiceServicer_to_server
from atelierkit import sql
from atelierkit.admission import Limits
from atelierkit.health import Dependency
from atelierkit.identity import JwksVerifier
from atelierkit.jobs import Rail
from atelierkit.service import Service
from atelierkit.workshop import workshop
from services.auth import telling
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.adapters.postgres import PostgresUnitOfWork
from services.auth.adapters.postgres_signing_keys import load_signing_keys
from services.auth.adapters.sealing import AesGcmSeals, kept_in, ring_of
from services.auth.adapters.tokens import JwtAccessTokens, new_signing_key
from services.auth.domain.consents import Policies, Purpose
from services.auth.domain.credits import Prices
from services.auth.domain.deletions import GENERATOR
from services.auth.domain.deliveries import Courier
from services.auth.domain.ports import Clock, Passwords, UnitsOfWork
from services.auth.domain.sealing import Seals
from services.auth.servicer.account_admin import AccountAdminServicer
from services.auth.servicer.accounts import AuthServicer
from services.auth.servicer.api_keys import ApiKeyServicer
from services.auth.servicer.audit import AuditServicer
from services.auth.servicer.consents import ConsentServicer
from services.auth.servicer.credits import CreditServicer
from services.auth.servicer.people import PeopleServicer, PeopleVerbs
from services.auth.servicer.requests import RequestServicer
from services.auth.settings import AuthSettings
from services.auth.use_cases.accounts import GetAccount, IssueTokenFor, SignUp
from services.auth.use_cases.administration import ChangeAccount, ListAccounts, ShowAccount
from services.auth.use_cases.api_keys import CreateApiKey, ExchangeApiKey, ListApiKeys, RevokeApiKey
from services.auth.use_cases.audit import RecordAudit, SearchAudit
from services.auth.use_cases.consents import (
    ConfirmWithdrawal,
    ListConsents,
    ListWithdrawals,
    RecordConsent,
    RequireConsent,
)
from services.auth.use_cases.credits import (
    CaptureCredits,
    GetBalance,
    GrantCredits,
    ListEntries,
    ListHolds,
    ReleaseCredits,
    ReserveCredits,
)
from services.auth.use_cases.deletion import ConfirmDeletion, DeleteAccount, ListDeletions
from services.auth.use_cases.export import ExportPerson
from services.auth.use_cases.passwords import ChangePassword, ForgotPassword, ResetPassword
from services.auth.use_cases.profile import EndOtherSessions, EndSession, ListSessions, UpdateProfile
from services.auth.use_cases.requests import BeginRequest, FinishRequest
from services.auth.use_cases.sessions import (
    CheckPassword,
    ExchangeBrowserSession,
    LogIn,
    LogOut,
    OpenBrowserSession,
    RefreshTokens,
)
from services.auth.use_cases.welcome import ResendVerification, VerifyEmail

SCHEMA = "auth"
Register = Callable[[grpc.aio.Server], None]
"""Puts a servicer on a server."""
SEALING_KEYS_FILE = "sealing-keys"
PASSWORD_S = 0.02
"""Time that hashing a password takes, until the first was measured."""


async def build(settings: AuthSettings, stack: AsyncExitStack) -> Service:
    """The service on PostgreSQL, which may come later; its connections close with the stack."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema=SCHEMA))
    hashing = stack.enter_context(
        workshop(
            "passwords",
            Limits(settings.password_threads, longest_wait_s=settings.password_wait_s, usual_s=PASSWORD_S),
        )
    )
    seals = seals_of(settings)
    life = timedelta(seconds=settings.access_token_life_s)
    tokens = JwtAccessTokens([], issuer=settings.issuer, audience=settings.audience, life=life)
    service = assemble(
        units=units_of(settings, engine, seals),
        passwords=Argon2Passwords(
            hashing, memory_kib=settings.password_memory_kib, time_cost=settings.password_time_cost
        ),
        tokens=tokens,
        seals=seals,
        clock=functools.partial(datetime.now, UTC),
        session_life=timedelta(days=settings.session_life_days),
        letters_are_sent=settings.sends_mail,
        prices=settings.prices,
        policies=policies_of(settings),
        courier=await stack.enter_async_context(telling.courier(settings)),
    )
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    keys = Dependency(
        functools.partial(_know_keys, tokens, engine, seals), timeout_s=settings.database_statement_timeout_s
    )
    return replace(service, dependencies={"database": Dependency(ping), "signing_keys": keys})


async def _know_keys(tokens: JwtAccessTokens, engine: AsyncEngine, seals: Seals) -> None:
    """Return once the keys are known; they are asked for until then, and kept. Raise Unsealable, Unavailable."""
    if not tokens.know_keys:
        tokens.learn(await load_signing_keys(engine, seals, new_signing_key))


def units_of(settings: AuthSettings, engine: AsyncEngine, seals: Seals) -> UnitsOfWork:
    """Units of work in PostgreSQL."""
    rail = Rail(settings.database_url, schema=SCHEMA)
    return functools.partial(PostgresUnitOfWork, engine, seals, rail, mail=settings.sends_mail)


@asynccontextmanager
async def units_opened(settings: AuthSettings) -> AsyncIterator[UnitsOfWork]:
    """Units of work for a command, while the block runs."""
    async with sql.engine_of(settings, schema=SCHEMA) as engine:
        yield units_of(settings, engine, seals_of(settings))


def seals_of(settings: AuthSettings) -> AesGcmSeals:
    """Seals with the keys of the settings, else with a key of this machine's own. Raise OSError."""
    named = settings.sealing_keys.get_secret_value()
    return AesGcmSeals(ring_of(named or kept_in(settings.data_dir / SEALING_KEYS_FILE)))


def policies_of(settings: AuthSettings) -> Policies:
    """The policies in force."""
    return {
        Purpose.FACE_PHOTOS: settings.face_photos_policy,
        Purpose.IMPROVE_MODELS: settings.improve_models_policy,
    }


def assemble(
    *,
    units: UnitsOfWork,
    passwords: Passwords,
    tokens: JwtAccessTokens,
    seals: Seals,
    clock: Clock,
    session_life: timedelta,
    prices: Prices,
    policies: Policies,
    courier: Courier,
    letters_are_sent: bool = False,
) -> Service:
    """The service on these adapters. Its callers' tokens are verified against its own published keys."""
    check_password = CheckPassword(units, passwords, clock)
    servicer = AuthServicer(
        sign_up=SignUp(units, passwords, clock, letters_are_sent),
        log_in=LogIn(check_password, units, tokens, clock, session_life),
        refresh_tokens=RefreshTokens(units, tokens, clock),
        log_out=LogOut(units, clock),
        open_browser_session=OpenBrowserSession(check_password, units, clock, session_life),
        exchange_browser_session=ExchangeBrowserSession(units, tokens, clock),
        get_account=GetAccount(units),
        issue_token_for=IssueTokenFor(units, tokens, clock, GENERATOR),
        published_keys=tokens.published,
    )

    async def published() -> Mapping[str, Any]:
        return tokens.published()

    descriptor = auth_pb2.DESCRIPTOR.services_by_name["AuthService"]
    people = PeopleVerbs(
        verify_email=VerifyEmail(units, clock),
        resend_verification=ResendVerification(units, clock),
        forgot_password=ForgotPassword(units, letters_are_sent),
        reset_password=ResetPassword(units, passwords, clock),
        change_password=ChangePassword(check_password, units, passwords, clock),
        update_profile=UpdateProfile(units),
        list_sessions=ListSessions(units, clock),
        end_session=EndSession(units, clock),
        end_other_sessions=EndOtherSessions(units, clock),
        export_person=ExportPerson(units),
        delete_account=DeleteAccount(check_password, units, clock),
        list_deletions=ListDeletions(units, GENERATOR),
        confirm_deletion=ConfirmDeletion(units, clock, GENERATOR, tokens.life),
    )
    beside = {
        **_people(people, units, clock),
        **_credits(units, prices),
        **_for_the_gateway(units, seals, clock),
        **_keys(units, tokens, clock),
        **_consents(units, clock, policies),
        **telling.services(units, courier, clock),
    }

    def add(server: grpc.aio.Server) -> None:
        add_AuthServiceServicer_to_server(servicer, server)
        for register in beside.values():
            register(server)

    return Service(
        name=descriptor.full_name,
        add=add,
        descriptor=descriptor,
        also=tuple(beside),
        verifier=JwksVerifier(published, tokens.issuer, tokens.audience, lambda: clock().timestamp()),
    )


def _people(verbs: PeopleVerbs, units: UnitsOfWork, clock: Clock) -> Mapping[ServiceDescriptor, Register]:
    """What people do with their accounts, and administrators with everybody's."""
    admin = AccountAdminServicer(
        list_accounts=ListAccounts(units),
        show_account=ShowAccount(units),
        change_account=ChangeAccount(units, clock),
    )
    return {
        people_pb2.DESCRIPTOR.services_by_name["PeopleService"]: functools.partial(
            add_PeopleServiceServicer_to_server, PeopleServicer(verbs)
        ),
        account_admin_pb2.DESCRIPTOR.services_by_name["AccountAdminService"]: functools.partial(
            add_AccountAdminServiceServicer_to_server, admin
        ),
    }


def _keys(units: UnitsOfWork, tokens: JwtAccessTokens, clock: Clock) -> Mapping[ServiceDescriptor, Register]:
    api_keys = ApiKeyServicer(
        create=CreateApiKey(units, clock),
        list_keys=ListApiKeys(units),
        revoke=RevokeApiKey(units, clock),
        exchange=ExchangeApiKey(units, tokens, clock),
    )
    return {
        api_keys_pb2.DESCRIPTOR.services_by_name["ApiKeyService"]: functools.partial(
            add_ApiKeyServiceServicer_to_server, api_keys
        ),
    }


def _consents(units: UnitsOfWork, clock: Clock, policies: Policies) -> Mapping[ServiceDescriptor, Register]:
    consents = ConsentServicer(
        record=RecordConsent(units, clock, policies),
        list_consents=ListConsents(units),
        require=RequireConsent(units, policies),
        list_withdrawals=ListWithdrawals(units),
        confirm_withdrawal=ConfirmWithdrawal(units, clock),
        policies=policies,
    )
    return {
        consents_pb2.DESCRIPTOR.services_by_name["ConsentService"]: functools.partial(
            add_ConsentServiceServicer_to_server, consents
        ),
    }


def _credits(units: UnitsOfWork, prices: Prices) -> Mapping[ServiceDescriptor, Register]:
    credits = CreditServicer(
        reserve=ReserveCredits(units),
        capture=CaptureCredits(units),
        release=ReleaseCredits(units),
        list_holds=ListHolds(units),
        get_balance=GetBalance(units),
        list_entries=ListEntries(units),
        grant=GrantCredits(units),
        prices=prices,
    )
    return {
        credits_pb2.DESCRIPTOR.services_by_name["CreditService"]: functools.partial(
            add_CreditServiceServicer_to_server, credits
        ),
    }


def _for_the_gateway(units: UnitsOfWork, seals: Seals, clock: Clock) -> Mapping[ServiceDescriptor, Register]:
    """What auth keeps for the gateway, which has no database: idempotency keys and the audit trail."""
    requests = RequestServicer(
        begin=BeginRequest(units, seals, clock), finish=FinishRequest(units, seals, clock)
    )
    audit = AuditServicer(record=RecordAudit(units), search=SearchAudit(units))
    return {
        requests_pb2.DESCRIPTOR.services_by_name["RequestService"]: functools.partial(
            add_RequestServiceServicer_to_server, requests
        ),
        audit_pb2.DESCRIPTOR.services_by_name["AuditService"]: functools.partial(
            add_AuditServiceServicer_to_server, audit
        ),
    }

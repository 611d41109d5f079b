"""Sign-up, log-in and the caller's own account."""

from __future__ import annotations

from http import HTTPStatus

from atelier.auth.v1 import auth_pb2
from atelierkit.scopes import Scope
from services.gateway import audit, problems
from services.gateway.bulkheads import Work
from services.gateway.convert import accounts as convert
from services.gateway.convert.accounts import device
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import accounts as shapes

TAG = "Accounts"


async def sign_up(call: Call[shapes.Credentials]) -> shapes.Account:
    answer = await call.clients.auth.SignUp(
        auth_pb2.SignUpRequest(
            email=call.body.email,
            password=call.body.password,
            language=problems.language_of(call.request.headers),
        )
    )
    audit.note_account(call.request, answer.account.id)
    return convert.account(answer.account)


async def log_in(call: Call[shapes.Credentials]) -> shapes.Tokens:
    answer = await call.clients.auth.LogIn(
        auth_pb2.LogInRequest(
            email=call.body.email, password=call.body.password, device=device(call.request.headers)
        )
    )
    audit.note_log_in(call.request, answer.tokens.access_token)
    return convert.tokens(answer.tokens)


async def refresh(call: Call[shapes.RefreshToken]) -> shapes.Tokens:
    answer = await call.clients.auth.RefreshTokens(
        auth_pb2.RefreshTokensRequest(refresh_token=call.body.refresh_token)
    )
    return convert.tokens(answer.tokens)


async def log_out(call: Call[shapes.RefreshToken]) -> None:
    await call.clients.auth.LogOut(auth_pb2.LogOutRequest(session_secret=call.body.refresh_token))


async def me(call: Call[None]) -> shapes.Account:
    answer = await call.clients.auth.GetAccount(auth_pb2.GetAccountRequest())
    return convert.account(answer.account)


OPERATIONS = (
    Operation(
        "POST",
        "/v1/auth/signup",
        "Make an account",
        TAG,
        sign_up,
        Access.PUBLIC,
        work=Work.PASSWORD,
        body=shapes.Credentials,
        answer=shapes.Account,
        status=HTTPStatus.CREATED,
        refusals=(409,),
    ),
    Operation(
        "POST",
        "/v1/auth/login",
        "Start a session",
        TAG,
        log_in,
        Access.PUBLIC,
        work=Work.PASSWORD,
        body=shapes.Credentials,
        answer=shapes.Tokens,
        refusals=(401, 403, 429),
    ),
    Operation(
        "POST",
        "/v1/auth/refresh",
        "Renew the tokens of a session",
        TAG,
        refresh,
        Access.PUBLIC,
        body=shapes.RefreshToken,
        answer=shapes.Tokens,
        refusals=(401,),
    ),
    Operation(
        "POST",
        "/v1/auth/logout",
        "End a session",
        TAG,
        log_out,
        Access.PUBLIC,
        body=shapes.RefreshToken,
        status=HTTPStatus.NO_CONTENT,
    ),
    Operation(
        "GET", "/v1/me", "The caller's account", TAG, me, scopes=(Scope.ACCOUNT_READ,), answer=shapes.Account
    ),
)

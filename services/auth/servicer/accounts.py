"""AuthService over gRPC: decode, one verb, encode."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import auth_pb2 as pb
from atelier.auth.v1.auth_pb2_grpc import AuthServiceServicer
from atelierkit.identity import require_caller
from services.auth import convert
from services.auth.metrics import LOG_INS, REFRESHES, SIGN_UPS, counted
from services.auth.use_cases.accounts import GetAccount, IssueTokenFor, SignUp
from services.auth.use_cases.sessions import (
    ExchangeBrowserSession,
    LogIn,
    LogOut,
    OpenBrowserSession,
    RefreshTokens,
)

Context = grpc.aio.ServicerContext[Any, Any]


class AuthServicer(AuthServiceServicer):
    """Offers the verbs, and the keys as they are published."""

    def __init__(
        self,
        *,
        sign_up: SignUp,
        log_in: LogIn,
        refresh_tokens: RefreshTokens,
        log_out: LogOut,
        open_browser_session: OpenBrowserSession,
        exchange_browser_session: ExchangeBrowserSession,
        get_account: GetAccount,
        issue_token_for: IssueTokenFor,
        published_keys: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._sign_up = sign_up
        self._log_in = log_in
        self._refresh_tokens = refresh_tokens
        self._log_out = log_out
        self._open_browser_session = open_browser_session
        self._exchange_browser_session = exchange_browser_session
        self._get_account = get_account
        self._issue_token_for = issue_token_for
        self._published_keys = published_keys

    async def SignUp(self, request: pb.SignUpRequest, context: Context) -> pb.SignUpResponse:
        with counted(SIGN_UPS):
            account = await self._sign_up(request.email, request.password, convert.language(request.language))
        return pb.SignUpResponse(account=convert.account(account))

    async def LogIn(self, request: pb.LogInRequest, context: Context) -> pb.LogInResponse:
        with counted(LOG_INS):
            tokens = await self._log_in(request.email, request.password, request.device)
        return pb.LogInResponse(tokens=convert.token_pair(tokens))

    async def RefreshTokens(
        self, request: pb.RefreshTokensRequest, context: Context
    ) -> pb.RefreshTokensResponse:
        with counted(REFRESHES):
            tokens = await self._refresh_tokens(request.refresh_token)
        return pb.RefreshTokensResponse(tokens=convert.token_pair(tokens))

    async def LogOut(self, request: pb.LogOutRequest, context: Context) -> pb.LogOutResponse:
        await self._log_out(request.session_secret)
        return pb.LogOutResponse()

    async def OpenBrowserSession(
        self, request: pb.OpenBrowserSessionRequest, context: Context
    ) -> pb.OpenBrowserSessionResponse:
        with counted(LOG_INS):
            session = await self._open_browser_session(request.email, request.password, request.device)
        return pb.OpenBrowserSessionResponse(
            session_secret=session.secret, expires_in_s=int(session.life.total_seconds())
        )

    async def ExchangeBrowserSession(
        self, request: pb.ExchangeBrowserSessionRequest, context: Context
    ) -> pb.ExchangeBrowserSessionResponse:
        token = await self._exchange_browser_session(request.session_secret)
        return pb.ExchangeBrowserSessionResponse(
            access_token=token.value, expires_in_s=int(token.life.total_seconds())
        )

    async def GetAccount(self, request: pb.GetAccountRequest, context: Context) -> pb.GetAccountResponse:
        account = await self._get_account(UUID(require_caller().subject))
        return pb.GetAccountResponse(account=convert.account(account))

    async def IssueTokenFor(
        self, request: pb.IssueTokenForRequest, context: Context
    ) -> pb.IssueTokenForResponse:
        token = await self._issue_token_for(UUID(request.account_id))
        return pb.IssueTokenForResponse(
            access_token=token.value, expires_in_s=int(token.life.total_seconds())
        )

    async def GetJwks(self, request: pb.GetJwksRequest, context: Context) -> pb.GetJwksResponse:
        return pb.GetJwksResponse(jwks_json=json.dumps(self._published_keys()))

"""ApiKeyService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import api_keys_pb2 as pb
from atelier.auth.v1.api_keys_pb2_grpc import ApiKeyServiceServicer
from atelierkit.identity import require_caller
from atelierkit.scopes import Scope
from services.auth.convert import api_keys as convert
from services.auth.metrics import KEY_EXCHANGES, counted
from services.auth.use_cases.api_keys import CreateApiKey, ExchangeApiKey, ListApiKeys, RevokeApiKey

Context = grpc.aio.ServicerContext[Any, Any]


class ApiKeyServicer(ApiKeyServiceServicer):
    """Offers the verbs."""

    def __init__(
        self, create: CreateApiKey, list_keys: ListApiKeys, revoke: RevokeApiKey, exchange: ExchangeApiKey
    ) -> None:
        self._create = create
        self._list = list_keys
        self._revoke = revoke
        self._exchange = exchange

    async def CreateApiKey(
        self, request: pb.CreateApiKeyRequest, context: Context
    ) -> pb.CreateApiKeyResponse:
        life = timedelta(days=request.life_days) if request.HasField("life_days") else None
        scopes = frozenset(Scope(scope) for scope in request.scopes)
        key, text = await self._create(_caller(), request.name, scopes, life)
        return pb.CreateApiKeyResponse(api_key=convert.api_key(key), text=text)

    async def ListApiKeys(self, request: pb.ListApiKeysRequest, context: Context) -> pb.ListApiKeysResponse:
        return pb.ListApiKeysResponse(api_keys=map(convert.api_key, await self._list(_caller())))

    async def RevokeApiKey(
        self, request: pb.RevokeApiKeyRequest, context: Context
    ) -> pb.RevokeApiKeyResponse:
        await self._revoke(_caller(), UUID(request.id))
        return pb.RevokeApiKeyResponse()

    async def ExchangeApiKey(
        self, request: pb.ExchangeApiKeyRequest, context: Context
    ) -> pb.ExchangeApiKeyResponse:
        with counted(KEY_EXCHANGES):
            token = await self._exchange(request.text)
        return pb.ExchangeApiKeyResponse(
            access_token=token.value, expires_in_s=int(token.life.total_seconds())
        )


def _caller() -> UUID:
    return UUID(require_caller().subject)

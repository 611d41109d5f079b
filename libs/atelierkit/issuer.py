"""Auth's published keys, for every service that verifies its callers' settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from atelier.auth.v1 import auth_pb2, auth_pb2_grpc
from atelierkit import client
from atelierkit.identity import JwksVerifier
from atelierkit.settings import TokenSettings

AUTH = auth_pb2.DESCRIPTOR.services_by_name["AuthService"]


async def published_keys(auth: auth_pb2_grpc.AuthServiceAsyncStub) -> Mapping[str, Any]:
    """The key set that auth publishes (RFC 7517)."""
    answer = await auth.GetJwks(auth_pb2.GetJwksRequest())
    keys: Mapping[str, Any] = json.loads(answer.jwks_json)
    return keys


async def verifier(settings: TokenSettings, stack: AsyncExitStack) -> JwksVerifier:
    """A verifier that asks the auth service for its keys when it needs them; its channel closes with the stack."""
    channel = await stack.enter_async_context(client.channel(settings.auth_addr, settings, services=[AUTH]))
    stub: auth_pb2_grpc.AuthServiceAsyncStub = auth_pb2_grpc.AuthServiceStub(channel)
    return JwksVerifier(lambda: published_keys(stub), settings.issuer, settings.audience)

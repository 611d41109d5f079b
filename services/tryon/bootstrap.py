"""Where the try-on service's objects meet."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from atelier.auth.v1 import auth_pb2
from atelier.auth.v1.auth_pb2_grpc import AuthServiceStub
from atelier.tryon.v1 import tryon_pb2
from atelier.tryon.v1.tryon_pb2_grpc import add_TryonServiceServicer_to_server
from atelierkit import client
from atelierkit.identity import JwksVerifier, TokenVerifier
from atelierkit.service import Service
from services.tryon.servicer import TryonServicer
from services.tryon.settings import TryonSettings
from services.tryon.use_cases import AdviseSize


async def build(settings: TryonSettings, stack: AsyncExitStack) -> Service:
    """The service with auth's keys; its connection closes with the stack."""
    channel = await stack.enter_async_context(
        client.channel(
            settings.auth_addr, settings, services=[auth_pb2.DESCRIPTOR.services_by_name["AuthService"]]
        )
    )
    auth = AuthServiceStub(channel)

    async def published() -> Mapping[str, Any]:
        keys: Mapping[str, Any] = json.loads((await auth.GetJwks(auth_pb2.GetJwksRequest())).jwks_json)
        return keys

    return assemble(verifier=JwksVerifier(published, settings.issuer, settings.audience))


def assemble(*, verifier: TokenVerifier) -> Service:
    """The service with this verifier; it keeps nothing."""
    descriptor = tryon_pb2.DESCRIPTOR.services_by_name["TryonService"]
    return Service(
        name=descriptor.full_name,
        add=functools.partial(add_TryonServiceServicer_to_server, TryonServicer(AdviseSize())),
        descriptor=descriptor,
        verifier=verifier,
    )

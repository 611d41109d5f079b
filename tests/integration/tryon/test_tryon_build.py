"""Try-on as its process builds it: callers are verified by the keys that auth publishes."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from atelier.auth.v1 import auth_pb2
from atelier.auth.v1.auth_pb2_grpc import AuthServiceServicer, add_AuthServiceServicer_to_server
from atelier.tryon.v1 import tryon_pb2 as pb
from atelier.tryon.v1.tryon_pb2_grpc import TryonServiceStub
from atelierkit import client
from atelierkit.errors import AppError, Code
from atelierkit.server import Service, serving
from atelierkit.settings import ServiceSettings
from atelierkit.testing import serve, signed_token, token_jwks
from services.tryon.bootstrap import build
from services.tryon.settings import TryonSettings


class KeysAlone(AuthServiceServicer):
    """Publishes the keys of the tests' tokens; the other calls of auth are not served."""

    async def GetJwks(self, request, context) -> auth_pb2.GetJwksResponse:
        return auth_pb2.GetJwksResponse(jwks_json=json.dumps(token_jwks()))


@pytest.fixture
async def auth_addr() -> AsyncIterator[str]:
    descriptor = auth_pb2.DESCRIPTOR.services_by_name["AuthService"]
    service = Service(
        name=descriptor.full_name,
        add=functools.partial(add_AuthServiceServicer_to_server, KeysAlone()),  # type: ignore[abstract]
        descriptor=descriptor,
    )
    async with serving(service, ServiceSettings(port=0, drain_grace_s=0.0)) as running:
        yield f"127.0.0.1:{running.port}"


async def refused(addr: str, token: str) -> AppError:
    async with AsyncExitStack() as stack:
        service = await build(TryonSettings(auth_addr=addr), stack)
        channel = await stack.enter_async_context(serve(service))
        with pytest.raises(AppError) as refused:
            await TryonServiceStub(channel).AdviseSize(
                pb.AdviseSizeRequest(), metadata=(("authorization", f"Bearer {token}"),)
            )
    return refused.value


async def test_a_token_signed_by_auth_opens_the_door(auth_addr) -> None:
    # Behind the door stands validation, which an empty request does not pass.
    assert (await refused(auth_addr, signed_token("somebody"))).code is Code.INVALID_ARGUMENT


async def test_an_expired_token_does_not(auth_addr) -> None:
    assert (await refused(auth_addr, signed_token("somebody", exp=1))).code is Code.UNAUTHENTICATED


async def test_without_auth_nobody_can_be_verified_and_the_answer_is_unavailable() -> None:
    assert (await refused("127.0.0.1:1", signed_token("somebody"))).code is Code.UNAVAILABLE


async def test_it_serves_once_it_can_read_tokens(auth_addr) -> None:
    for addr, ready in ((auth_addr, True), ("127.0.0.1:1", False)):
        async with AsyncExitStack() as stack:
            service = await build(TryonSettings(auth_addr=addr), stack)
            running = await stack.enter_async_context(
                serving(service, ServiceSettings(port=0, drain_grace_s=0.0))
            )
            probe = await stack.enter_async_context(client.channel(f"127.0.0.1:{running.port}"))
            assert await client.is_serving(probe)
            assert await client.is_serving(probe, service.name) is ready

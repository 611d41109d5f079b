"""ApiKeyService over gRPC: what it answers, and what a key may not do."""

from __future__ import annotations

from datetime import UTC, timedelta
from uuid import UUID

import grpc
import pytest
from prometheus_client import REGISTRY

from atelier.auth.v1 import api_keys_pb2 as pb
from atelier.auth.v1 import api_keys_pb2_grpc as rpc
from atelier.auth.v1 import auth_pb2, auth_pb2_grpc
from atelierkit.errors import Code
from atelierkit.scopes import Scope
from services.auth.domain.api_keys import MAX_KEYS, new_text
from tests.contract.auth.test_auth_contract import bearer, log_in, refusal, sign_up
from tests.unit.auth.world import SetClock

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DRAFT = pb.CreateApiKeyRequest(name="a server", scopes=["account:read"], life_days=30)


Metadata = tuple[tuple[str, str], ...]


@pytest.fixture
def keys(channel: grpc.aio.Channel) -> rpc.ApiKeyServiceAsyncStub:
    return rpc.ApiKeyServiceStub(channel)


@pytest.fixture
async def person(stub: auth_pb2_grpc.AuthServiceAsyncStub) -> Metadata:
    """What somebody who is signed in sends along."""
    await sign_up(stub)
    return bearer((await log_in(stub)).access_token)


async def exchanged(keys: rpc.ApiKeyServiceAsyncStub, text: str) -> Metadata:
    """What a key that was traded sends along."""
    return bearer((await keys.ExchangeApiKey(pb.ExchangeApiKeyRequest(text=text))).access_token)


async def test_from_making_a_key_to_its_end(
    keys: rpc.ApiKeyServiceAsyncStub,
    stub: auth_pb2_grpc.AuthServiceAsyncStub,
    person: Metadata,
    clock: SetClock,
) -> None:
    made = await keys.CreateApiKey(DRAFT, metadata=person)
    assert made.text.startswith("atk_")
    assert (made.api_key.name, list(made.api_key.scopes)) == ("a server", ["account:read"])
    assert made.api_key.create_time.ToDatetime(UTC) == clock.now
    assert made.api_key.expire_time.ToDatetime(UTC) == clock.now + timedelta(days=30)
    assert not made.api_key.HasField("use_time")

    exchange = pb.ExchangeApiKeyRequest(text=made.text)
    token = await keys.ExchangeApiKey(exchange)
    assert token.expires_in_s == 300
    own = await stub.GetAccount(auth_pb2.GetAccountRequest(), metadata=bearer(token.access_token))
    assert own == await stub.GetAccount(auth_pb2.GetAccountRequest(), metadata=person)

    [listed] = (await keys.ListApiKeys(pb.ListApiKeysRequest(), metadata=person)).api_keys
    assert listed.use_time.ToDatetime(UTC) == clock.now.replace(minute=0)
    listed.ClearField("use_time")
    assert listed == made.api_key

    await keys.RevokeApiKey(pb.RevokeApiKeyRequest(id=made.api_key.id), metadata=person)
    assert not (await keys.ListApiKeys(pb.ListApiKeysRequest(), metadata=person)).api_keys
    dead = await refusal(keys.ExchangeApiKey(exchange))
    assert (dead.code, dead.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_no_key_manages_keys(keys: rpc.ApiKeyServiceAsyncStub, person: Metadata) -> None:
    made = await keys.CreateApiKey(pb.CreateApiKeyRequest(name="all", scopes=list(Scope)), metadata=person)
    key = await exchanged(keys, made.text)
    for call in (
        keys.CreateApiKey(DRAFT, metadata=key),
        keys.ListApiKeys(pb.ListApiKeysRequest(), metadata=key),
        keys.RevokeApiKey(pb.RevokeApiKeyRequest(id=made.api_key.id), metadata=key),
    ):
        refused = await refusal(call)
        assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "INSUFFICIENT_SCOPE")


async def test_a_key_does_what_its_scopes_say_and_no_more(
    keys: rpc.ApiKeyServiceAsyncStub, stub: auth_pb2_grpc.AuthServiceAsyncStub, person: Metadata
) -> None:
    draft = pb.CreateApiKeyRequest(name="a shop", scopes=["catalog:read"])
    key = await exchanged(keys, (await keys.CreateApiKey(draft, metadata=person)).text)
    refused = await refusal(stub.GetAccount(auth_pb2.GetAccountRequest(), metadata=key))
    assert (refused.reason, refused.metadata) == ("INSUFFICIENT_SCOPE", {"scope": "account:read"})


@pytest.mark.parametrize(
    "text",
    ["atk_", "x", f"atk_{'0' * 32}_{'0' * 49}", new_text(UUID(int=7)), "eyJhbGciOiJub25lIn0.e30.", "ключ"],
    ids=["begun", "short", "wrong checksum", "of nobody", "a token", "not ASCII"],
)
async def test_what_is_no_key_is_refused_in_one_text(keys: rpc.ApiKeyServiceAsyncStub, text: str) -> None:
    def invalid() -> float:
        labels = {"outcome": "invalid"}
        return REGISTRY.get_sample_value("atelier_auth_key_exchanges_total", labels) or 0

    before = invalid()
    refused = await refusal(keys.ExchangeApiKey(pb.ExchangeApiKeyRequest(text=text)))
    assert (refused.code, refused.message) == (Code.UNAUTHENTICATED, "the API key is not valid")
    assert invalid() == before + 1


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (pb.CreateApiKeyRequest(scopes=["account:read"]), "name"),
        (pb.CreateApiKeyRequest(name="x" * 81, scopes=["account:read"]), "name"),
        (pb.CreateApiKeyRequest(name="x"), "scopes"),
        (pb.CreateApiKeyRequest(name="x", scopes=["admin"]), "scopes[0]"),
        (pb.CreateApiKeyRequest(name="x", scopes=["jobs:read", "jobs:read"]), "scopes"),
        (pb.CreateApiKeyRequest(name="x", scopes=["jobs:read"], life_days=0), "life_days"),
    ],
)
async def test_a_draft_that_breaks_a_rule_is_refused(
    keys: rpc.ApiKeyServiceAsyncStub, person: Metadata, draft: pb.CreateApiKeyRequest, field: str
) -> None:
    refused = await refusal(keys.CreateApiKey(draft, metadata=person))
    assert [fault.field for fault in refused.faults] == [field]


async def test_there_is_a_limit(keys: rpc.ApiKeyServiceAsyncStub, person: Metadata) -> None:
    for _ in range(MAX_KEYS):
        await keys.CreateApiKey(DRAFT, metadata=person)
    refused = await refusal(keys.CreateApiKey(DRAFT, metadata=person))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "TOO_MANY_API_KEYS")
    assert refused.metadata == {"most": str(MAX_KEYS)}


async def test_a_key_that_is_not_there_cannot_be_revoked(
    keys: rpc.ApiKeyServiceAsyncStub, person: Metadata
) -> None:
    missing = await refusal(keys.RevokeApiKey(pb.RevokeApiKeyRequest(id=UNKNOWN), metadata=person))
    assert missing.code is Code.NOT_FOUND

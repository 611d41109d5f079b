"""API keys over HTTP: made, shown once, used, revoked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from atelierkit.scopes import Scope
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.test_v1 import UNKNOWN, made

DRAFT = {"name": "a shop", "scopes": ["avatars:read", "account:read"]}


async def key_of(client: httpx.AsyncClient, **over: Any) -> dict[str, Any]:
    answer = await client.post("/v1/api-keys", json=DRAFT | over)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def bearer(key: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {key['key']}"}


async def test_from_making_a_key_to_its_end(signed_in: httpx.AsyncClient) -> None:
    key = await key_of(signed_in, lifeDays=30)
    assert key.pop("key").startswith(f"atk_{key['id'].replace('-', '')}_")
    assert (key["name"], key["scopes"], key["usedAt"]) == ("a shop", ["account:read", "avatars:read"], None)
    assert key["expiresAt"] > key["createdAt"]
    assert (await signed_in.get("/v1/api-keys")).json() == {"data": [key], "nextCursor": None}

    gone = await signed_in.delete(f"/v1/api-keys/{key['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await signed_in.get("/v1/api-keys")).json() == {"data": [], "nextCursor": None}


async def test_a_key_works_for_its_person_within_its_scopes(signed_in: httpx.AsyncClient) -> None:
    avatar = await made(signed_in)
    headers = bearer(await key_of(signed_in))
    me = await signed_in.get("/v1/me", headers=headers)
    assert me.json() == (await signed_in.get("/v1/me")).json()
    assert (await signed_in.get(avatar["links"]["self"], headers=headers)).json() == avatar
    refused = await signed_in.delete(avatar["links"]["self"], headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert refused.json()["details"] == {"scope": "avatars:write"}
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="avatars:write"'


@pytest.mark.attack("A21")
async def test_no_key_manages_keys_or_consents(signed_in: httpx.AsyncClient) -> None:
    headers = bearer(await key_of(signed_in, scopes=[scope.value for scope in Scope]))
    for method, path in (
        ("GET", "/v1/api-keys"),
        ("POST", "/v1/api-keys"),
        ("DELETE", f"/v1/api-keys/{UNKNOWN}"),
        ("GET", "/v1/me/consents"),
        ("POST", "/v1/me/consents"),
    ):
        refused = await signed_in.request(method, path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope"), path
        assert refused.json()["details"] == {}
        assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


@pytest.mark.attack("A10")
async def test_a_revoked_key_is_dead_where_no_token_of_it_is_kept(
    signed_in: httpx.AsyncClient, world: World
) -> None:
    key = await key_of(signed_in)
    assert (await signed_in.get("/v1/me", headers=bearer(key))).status_code == 200
    await signed_in.delete(f"/v1/api-keys/{key['id']}")
    async with client_of(world.replica("off", MemoryWindows())) as fresh:
        refused = await fresh.get("/v1/me", headers=bearer(key))
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


@pytest.mark.attack("A08")
@pytest.mark.parametrize(
    "text",
    ["atk_", f"atk_{'0' * 32}_{'0' * 49}", "atk_" + "x" * 300],
    ids=["begun", "wrong checksum", "long"],
)
async def test_what_is_no_key_makes_nobody(client: httpx.AsyncClient, text: str) -> None:
    refused = await client.get("/v1/me", headers={"Authorization": f"Bearer {text}"})
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes[0]"),
        ({"scopes": [1]}, "scopes[0]"),
        ({"scopes": ["jobs:read", "jobs:read"]}, "scopes"),
        ({"lifeDays": 0}, "lifeDays"),
        ({"lifeDays": "30"}, "lifeDays"),
        ({"role": "admin"}, "role"),
        ({"accountId": UNKNOWN}, "accountId"),
    ],
)
async def test_a_draft_that_breaks_a_rule_is_refused(
    signed_in: httpx.AsyncClient, over: dict[str, Any], field: str
) -> None:
    refused = await signed_in.post("/v1/api-keys", json=DRAFT | over)
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, field)


async def test_there_is_a_limit(signed_in: httpx.AsyncClient) -> None:
    for _ in range(25):
        await key_of(signed_in)
    refused = await signed_in.post("/v1/api-keys", json=DRAFT)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_api_keys")


@pytest.mark.attack("A16")
async def test_another_s_key_is_as_unknown_as_none(world: World, signed_in: httpx.AsyncClient) -> None:
    key = await key_of(signed_in)
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    answers = [await signed_in.delete(f"/v1/api-keys/{id}", headers=stranger) for id in (key["id"], UNKNOWN)]
    bodies = [answer.json() | {"requestId": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert bodies[0] == bodies[1]
    assert (await signed_in.get("/v1/me", headers=bearer(key))).status_code == 200

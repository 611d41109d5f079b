"""Who may call what: every published route, and every kind of caller.

Generated from the declarations that the server and the OpenAPI document are built from, so that a new route is asked too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from atelierkit.scopes import Scope
from services.gateway.operations import Access, Operation
from services.gateway.routes import OPERATIONS
from tests.contract.gateway import test_jobs, test_webhooks
from tests.contract.gateway.conftest import World
from tests.contract.gateway.photos import FORM, form, png, three
from tests.contract.gateway.test_clouds import XYZ
from tests.contract.gateway.test_v1 import UNKNOWN, made
from tests.unit.generator.world import WOMAN

OWNER, STRANGER = "ada@example.org", "eve@example.org"
REFUSED = {401, 403}

CHANGES: Mapping[str, dict[str, Any]] = {
    "PATCH /v1/avatars/{id}": {"outfit": []},
    "PATCH /v1/webhooks/{id}": {"enabled": False},
    "PUT /v1/avatars/{id}/face": {"faceId": UNKNOWN},
}
"""A body that each route with an id and a body takes."""


def name(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def address(operation: Operation, id: str = UNKNOWN) -> str:
    return operation.path.replace("{id}", id).replace("{deliveryId}", UNKNOWN)


def collection(operation: Operation) -> str:
    """What comes before the id."""
    return operation.path.partition("/{id}")[0]


def expected(operation: Operation, caller: str) -> set[int] | None:
    """Statuses with which that caller is turned away; None for one who is let in."""
    if operation.access is Access.PUBLIC:
        return None
    if caller in {"nobody", "a forger"}:
        return {401}
    if operation.access is Access.ADMIN:
        return None if caller == "an administrator" else {403}
    if caller == "a key of everything":
        return None if operation.scopes else {403}
    return {403} if caller == "a key of nothing" else None


async def key(client: httpx.AsyncClient, token: str, *scopes: Scope) -> str:
    draft = {"name": "a server", "scopes": list(scopes)}
    answer = await client.post("/v1/api-keys", json=draft, headers=bearer(token))
    return str(answer.json()["key"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def raised(token: str) -> str:
    """The person's token with an administrator's role, and the signature as it was."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = json.dumps(claims | {"roles": ["user", "admin"]}).encode()
    return f"{head}.{base64.urlsafe_b64encode(forged).rstrip(b'=').decode()}.{signature}"


@pytest.fixture
async def callers(world: World) -> dict[str, dict[str, str]]:
    """Headers by caller."""
    admin, person = await world.admin_token(), await world.token_of(OWNER)
    return {
        "nobody": {},
        "a forger": bearer(raised(person)),
        "a person": bearer(person),
        "an administrator": bearer(admin),
        # The catalogue is open to all, so its scope opens nothing.
        "a key of nothing": bearer(await key(world.client, person, Scope.CATALOG_READ)),
        "a key of everything": bearer(await key(world.client, admin, *Scope)),
    }


@pytest.mark.attack("A01", "A16", "A21", ways=5)
async def test_every_route_and_every_caller(
    client: httpx.AsyncClient, callers: dict[str, dict[str, str]]
) -> None:
    wrong = []
    for operation in OPERATIONS:
        for caller, headers in callers.items():
            turned_away = expected(operation, caller)
            # No body: whoever is let in is told that it lacks, and nothing happens.
            answer = await client.request(operation.method, address(operation), headers=headers)
            if answer.status_code not in (turned_away or {answer.status_code} - REFUSED):
                wrong.append(f"{name(operation)} by {caller}: {answer.status_code} {answer.text}")
    assert wrong == []


@pytest.mark.attack("A01", "A21", ways=5)
async def test_who_is_turned_away_hears_why(
    client: httpx.AsyncClient, callers: dict[str, dict[str, str]]
) -> None:
    for operation in OPERATIONS:
        for caller, headers in callers.items():
            if expected(operation, caller) is None:
                continue
            answer = await client.request(operation.method, address(operation), headers=headers)
            problem = answer.json()
            assert problem["success"] is False
            if answer.status_code == 401:
                assert (problem["code"], answer.headers["www-authenticate"]) == ("unauthenticated", "Bearer")
            elif operation.access is Access.ADMIN:
                assert problem["code"] == "permission_denied"
            else:
                assert problem["code"] == "insufficient_scope"
                assert problem["details"].get("scope", "").split() == list(operation.scopes)


async def a_face(client: httpx.AsyncClient) -> str:
    """Id of a face of the caller, who consents."""
    policies = (await client.get("/v1/consents/policies")).json()["data"]
    version = next(each["version"] for each in policies if each["purpose"] == "face_photos")
    consent = {"purpose": "face_photos", "policyVersion": version, "given": True}
    await client.post("/v1/me/consents", json=consent)
    body = form(three(consent=version.encode()))
    made = await client.post("/v1/faces", content=body, headers={"Content-Type": FORM})
    return str(made.json()["id"])


async def a_generation(client: httpx.AsyncClient) -> str:
    """Id of a picture in a pose, asked for by the inherited route, which wants no consent."""
    body = form({"image": png(240), "poseTemplateId": b"contrapposto"})
    headers = {"Content-Type": FORM}
    accepted = await client.post("/api/apps/avatar-generator/generate", content=body, headers=headers)
    return str(accepted.json()["data"]["id"])


async def things(world: World, headers: dict[str, str]) -> dict[str, str]:
    """Ids of things of one person, by what comes before an id."""
    client = world.client
    client.headers.update(headers)
    key = await client.post("/v1/api-keys", json={"name": "a", "scopes": ["avatars:read"]})
    sessions = await client.get("/v1/me/sessions")
    octets = {"Content-Type": "application/octet-stream"}
    scan = await client.post("/v1/clouds?register=true&format=xyz", content=XYZ, headers=octets)
    me = (await client.get("/v1/me")).json()["id"]
    sitter = await world.jobs.world.avatar(me, WOMAN)
    share = await client.post("/v1/shares", json={"avatarId": str(sitter.id)})
    motion = form({"motion": b"turning", "name": b"Mine"})
    pose = await client.post("/v1/poses", content=motion, headers={"Content-Type": FORM})
    beach = form({"picture": png(240)})
    background = await client.post("/v1/backgrounds", content=beach, headers={"Content-Type": FORM})
    return {
        "/v1/avatars": (await made(client))["id"],
        "/v1/poses": pose.json()["id"],
        "/v1/backgrounds": background.json()["id"],
        "/v1/shares": share.json()["id"],
        "/v1/clouds": scan.json()["id"],
        "/v1/faces": await a_face(client),
        "/v1/poses/generations": await a_generation(client),
        "/v1/jobs": (await test_jobs.accepted(client))["id"],
        "/v1/webhooks": (await test_webhooks.made(client))["id"],
        "/v1/api-keys": key.json()["id"],
        "/v1/me/sessions": sessions.json()["data"][0]["id"],
    }


async def kept(client: httpx.AsyncClient) -> list[Any]:
    """What the caller has."""
    return [(await client.get(f"/v1/{kind}")).json() for kind in ("avatars", "jobs", "webhooks", "api-keys")]


@pytest.mark.attack("A16", ways=15)
async def test_another_s_things_are_as_unknown_as_none(world: World) -> None:
    client = world.client
    owner, stranger = bearer(await world.token_of(OWNER)), bearer(await world.token_of(STRANGER))
    ids, asked = await things(world, owner), 0
    before = await kept(client)
    for operation in OPERATIONS:
        if operation.access is not Access.USER or "{id}" not in operation.path:
            continue
        body = CHANGES[name(operation)] if operation.body is not None else None
        answers = [
            await client.request(operation.method, address(operation, id), headers=stranger, json=body)
            for id in (ids[collection(operation)], UNKNOWN)
        ]
        told = [answer.json() | {"requestId": ""} for answer in answers]
        assert (answers[0].status_code, answers[1].status_code) == (404, 404), name(operation)
        assert told[0] == told[1], name(operation)
        asked += 1
    assert asked > 15
    assert await kept(client) == before


@pytest.mark.attack("A16", "A18", ways=3)
async def test_lists_hold_one_s_own_alone(world: World) -> None:
    client = world.client
    ids = await things(world, bearer(await world.token_of(OWNER)))
    client.headers.update(bearer(await world.token_of(STRANGER)))
    for operation in OPERATIONS:
        listed = operation.method == "GET" and operation.access is Access.USER and "{" not in operation.path
        if listed:
            told = (await client.get(operation.path)).text
            assert OWNER not in told, name(operation)
            assert not any(id in told for id in ids.values()), name(operation)

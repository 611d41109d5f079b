"""The audit trail over HTTP: one entry for each request that was to change something."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from typing import Any

import httpx
import pytest

from services.auth.domain.audit import Chained
from services.auth.use_cases.audit import CheckAudit
from services.gateway.routes import OPERATIONS
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import CREDENTIALS, World, client_of
from tests.contract.gateway.test_v1 import DRAFT

AUDIT = "/v1/admin/audit"


async def trail(world: World) -> list[Chained]:
    """All that auth keeps, oldest first, once it has what was written; the chain holds."""
    await world.trail.flushed()
    assert (await CheckAudit(world.auth_units)()).fault is None
    async with world.auth_units() as unit:
        return list(await unit.audit.following(0, limit=10_000))


async def test_an_entry_says_who_did_what_from_where_and_how_it_ended(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    me = (await signed_in.get("/v1/me")).json()["id"]
    before = len(await trail(world))
    headers = {"User-Agent": "a client/1", "X-Request-Id": "my-request"}
    made = (await signed_in.post("/v1/avatars", json=DRAFT, headers=headers)).json()
    [link] = (await trail(world))[before:]
    entry = link.entry
    assert (entry.operation, entry.outcome) == ("POST /v1/avatars", 201)
    assert (str(entry.who.account_id), entry.who.address, entry.who.agent) == (me, "192.0.2.1", "a client/1")
    assert (entry.request_id, entry.resource_id) == ("my-request", made["id"])


async def test_what_is_refused_is_written_and_what_only_asks_is_not(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    before = len(await trail(world))
    unknown = str(uuid.uuid4())
    await signed_in.get("/v1/me")
    await signed_in.post("/v1/avatars/preview", json={"bodyType": "neutral", "measurements": {}})
    await signed_in.post("/v1/avatars", json={"bodyType": "alien"})
    await signed_in.delete(f"/v1/avatars/{unknown}")
    await signed_in.post("/nothing/here")
    async with client_of(world.replica("off", MemoryWindows())) as stranger:
        await stranger.post("/v1/avatars", json=DRAFT)
    async with client_of(world.replica("general=1/1h", MemoryWindows())) as eager:
        for _ in range(2):
            await eager.post("/v1/auth/logout", json={"refreshToken": "none"})
    entries = [link.entry for link in (await trail(world))[before:]]
    nowhere = entries.pop(2)
    assert [(entry.operation, entry.outcome) for entry in entries] == [
        ("POST /v1/avatars", 400),
        ("DELETE /v1/avatars/{id}", 404),
        ("POST /v1/avatars", 401),
        ("POST /v1/auth/logout", 204),
        ("POST /v1/auth/logout", 429),
    ]
    assert [entry.who.account_id is None for entry in entries] == [False] * 2 + [True] * 3
    # Where the page is built, its files are at every other address.
    assert (nowhere.operation, nowhere.outcome) in {("POST unmatched", 404), ("POST /{file}", 405)}


async def test_log_in_and_sign_up_name_the_account_only_where_they_succeed(world: World) -> None:
    client = world.client
    wrong = CREDENTIALS | {"password": "not this one, ever"}
    made = (await client.post("/v1/auth/signup", json=CREDENTIALS)).json()["id"]
    await client.post("/v1/auth/signup", json=CREDENTIALS)
    await client.post("/v1/auth/login", json=wrong)
    await client.post("/v1/auth/login", json=CREDENTIALS)
    await client.post("/login", json=wrong)
    await client.post("/login", json=CREDENTIALS)
    entries = [link.entry for link in await trail(world)]
    assert [entry.outcome for entry in entries] == [201, 409, 401, 200, 401, 200]
    assert [str(entry.who.account_id or "") for entry in entries] == [made, "", "", made, "", made]
    assert {entry.resource_id for entry in entries} == {""}
    told = str(entries)
    assert CREDENTIALS["password"] not in told
    assert CREDENTIALS["email"] not in told


async def test_a_request_id_that_comes_twice_hides_nothing(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    before = len(await trail(world))
    for _ in range(2):
        await signed_in.post("/v1/avatars", json=DRAFT, headers={"X-Request-Id": "the-same"})
    assert len(await trail(world)) == before + 2


@pytest.mark.attack("A59")
async def test_what_clients_call_themselves_is_cut_and_harmless(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    """A59."""
    agent = b"\x1b[31mred\t" + "é".encode() + b"x" * 10_000
    await signed_in.request("DELETE", "/v1/avatars/x", headers=[(b"User-Agent", agent)])
    entry = (await trail(world))[-1].entry
    assert entry.who.agent.startswith("?[31mred?")
    assert len(entry.who.agent) == 200
    assert entry.who.agent.isprintable()


async def test_every_request_of_a_crowd_has_its_entry(world: World, signed_in: httpx.AsyncClient) -> None:
    before = len(await trail(world))
    answers = await asyncio.gather(*(signed_in.delete(f"/v1/avatars/{index}") for index in range(60)))
    written = [link.entry for link in (await trail(world))[before:]]
    assert len(written) == len(answers)
    assert len({entry.id for entry in written}) == 60
    ids = Counter(answer.headers["x-request-id"] for answer in answers)
    assert Counter(entry.request_id for entry in written) == ids


async def test_administrators_search_the_trail(world: World) -> None:
    client = world.client
    ada = await world.token_of("ada@example.org")
    me = (await client.get("/v1/me", headers={"Authorization": f"Bearer {ada}"})).json()["id"]
    for _ in range(3):
        await client.post("/v1/avatars", json=DRAFT, headers={"Authorization": f"Bearer {ada}"})
    admin = {"Authorization": f"Bearer {await world.admin_token()}"}

    await world.trail.flushed()

    async def search(**query: Any) -> Any:
        answer = await client.get(AUDIT, params=query, headers=admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    every = (await search())["data"]
    assert [entry["sequence"] for entry in every] == list(range(len(every), 0, -1))
    mine = (await search(account=me))["data"]
    assert Counter(entry["operation"] for entry in mine) == {
        "POST /v1/auth/signup": 1,
        "POST /v1/auth/login": 1,
        "POST /v1/avatars": 3,
    }
    first = await search(operation="POST /v1/avatars", limit=2)
    second = await search(operation="POST /v1/avatars", limit=2, cursor=first["nextCursor"])
    assert second["nextCursor"] is None
    found = [*first["data"], *second["data"]]
    assert found == [entry for entry in mine if entry["operation"] == "POST /v1/avatars"]
    begin, end = found[-1]["time"], found[0]["time"]
    within = (await search(**{"from": begin, "to": end}))["data"]
    assert [entry["id"] for entry in within] == [entry["id"] for entry in found[1:]]


@pytest.mark.parametrize(
    "query", ["account=1", "from=2031-05-04", "cursor=x", "cursor=-1", "limit=101", "owner=1"]
)
async def test_a_bad_search_is_refused(world: World, query: str) -> None:
    admin = {"Authorization": f"Bearer {await world.admin_token()}"}
    assert (await world.client.get(f"{AUDIT}?{query}", headers=admin)).status_code == 400


@pytest.mark.attack("A21")
async def test_the_trail_is_for_administrators(world: World, signed_in: httpx.AsyncClient) -> None:
    assert (await signed_in.get(AUDIT)).status_code == 403
    async with client_of(world.replica("off", MemoryWindows())) as stranger:
        assert (await stranger.get(AUDIT)).status_code == 401


def test_what_only_reads_says_so_and_nothing_else_does() -> None:
    assert {operation.path for operation in OPERATIONS if operation.reads_only} == {
        "/v1/avatars/preview",
        "/v1/measurements/estimate",
        "/v1/size-advice",
    }

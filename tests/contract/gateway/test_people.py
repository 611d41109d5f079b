"""Profiles, letters' links, sessions, export, deletion, and users for administrators, over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from atelierkit.errors import Unavailable
from services.auth.domain.letters import LetterKind
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import CREDENTIALS, World, client_of
from tests.contract.gateway.test_v1 import made

EMAIL, PASSWORD = CREDENTIALS["email"], CREDENTIALS["password"]
NEW_PASSWORD = "needle & thread, thrice"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def letters_are_sent() -> bool:
    return True


async def credits(client: httpx.AsyncClient) -> int:
    return int((await client.get("/v1/credits")).json()["balance"])


async def logged_in(client: httpx.AsyncClient, password: str = PASSWORD, **headers: str) -> dict[str, Any]:
    answer = await client.post("/v1/auth/login", json={"email": EMAIL, "password": password}, headers=headers)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


@pytest.mark.attack("A48")
async def test_an_address_is_verified_by_its_link(world: World, client: httpx.AsyncClient) -> None:
    signed_up = await client.post(
        "/v1/auth/signup", json=CREDENTIALS, headers={"Accept-Language": "fr-CH, en;q=0.5"}
    )
    assert (signed_up.json()["emailVerified"], signed_up.json()["language"]) == (False, "fr")
    client.headers["Authorization"] = f"Bearer {(await logged_in(client))['accessToken']}"
    assert await credits(client) == 0
    assert (await client.post("/v1/auth/email/resend")).status_code == 202
    body = {"token": world.mail.token(LetterKind.VERIFY_EMAIL)}
    verified = await client.post("/v1/auth/email/verify", json=body)
    assert (verified.status_code, verified.content) == (204, b"")
    assert (await client.get("/v1/me")).json()["emailVerified"] is True
    assert await credits(client) == 100
    again = await client.post("/v1/auth/email/verify", json=body, headers={"Accept-Language": "fr"})
    assert (again.status_code, again.json()["code"]) == (400, "invalid_link")
    assert again.json()["error"].startswith("Ce lien")
    assert await credits(client) == 100


@pytest.mark.attack("A48")
async def test_two_hundred_sign_ups_from_one_address_are_cut_off_and_bring_no_credits(world: World) -> None:
    client = client_of(world.replica("general=100/15min", MemoryWindows()))
    async with client:
        statuses = Counter[int]()
        for n in range(200):
            body = {"email": f"{n}@example.org", "password": PASSWORD}
            statuses[(await client.post("/v1/auth/signup", json=body)).status_code] += 1
    assert statuses == {201: 100, 429: 100}
    async with world.auth_units() as unit:
        accounts = await unit.accounts.page("", limit=200, after=None)
        assert len(accounts) == 100
        assert [await unit.books.wallet(account.id) for account in accounts] == [None] * 100


@pytest.mark.attack("A12", ways=3)
async def test_a_forgotten_password_is_answered_alike_whoever_asks(
    world: World, client: httpx.AsyncClient
) -> None:
    await client.post("/v1/auth/signup", json=CREDENTIALS)
    answers = [
        await client.post("/v1/auth/password/forgot", json={"email": email})
        for email in (EMAIL, "nobody@example.org", "nonsense")
    ]
    assert {(each.status_code, each.content) for each in answers} == {(202, b"")}
    assert {frozenset(each.headers) for each in answers} == {frozenset(answers[0].headers)}


@pytest.mark.attack("A10", "A13")
async def test_a_changed_password_ends_other_sessions(world: World, signed_in: httpx.AsyncClient) -> None:
    elsewhere = await logged_in(signed_in)
    wrong = await signed_in.post("/v1/me/password", json={"current": "not the password", "new": NEW_PASSWORD})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    weak = await signed_in.post("/v1/me/password", json={"current": PASSWORD, "new": "password1"})
    assert (weak.status_code, weak.json()["code"]) == (400, "weak_password")
    done = await signed_in.post("/v1/me/password", json={"current": PASSWORD, "new": NEW_PASSWORD})
    assert done.status_code == 204
    over = await signed_in.post("/v1/auth/refresh", json={"refreshToken": elsewhere["refreshToken"]})
    assert over.status_code == 401
    await logged_in(signed_in, NEW_PASSWORD)


async def test_a_profile_is_changed_member_by_member(signed_in: httpx.AsyncClient) -> None:
    before = (await signed_in.get("/v1/me")).json()
    changed = await signed_in.patch("/v1/me", json={"displayName": "Ada ✂", "language": "fr"})
    assert changed.json() == before | {"displayName": "Ada ✂", "language": "fr"}
    assert (await signed_in.patch("/v1/me", json={})).json() == changed.json()
    off = await signed_in.patch("/v1/me", json={"jobLetters": False, "displayName": ""})
    assert (off.json()["jobLetters"], off.json()["displayName"]) == (False, "")
    for bad in (
        {"language": "tlh"},
        {"displayName": "x" * 81},
        {"email": "x@example.org"},
        {"role": "admin"},
    ):
        assert (await signed_in.patch("/v1/me", json=bad)).status_code == 400


@pytest.mark.attack("A10")
async def test_sessions_are_listed_and_ended(signed_in: httpx.AsyncClient) -> None:
    phone = await logged_in(signed_in, **{"User-Agent": "Phone " + "x" * 300})
    listed = (await signed_in.get("/v1/me/sessions")).json()["data"]
    assert sorted(len(one["device"]) for one in listed) == [len(signed_in.headers["user-agent"]), 200]
    [other] = [one for one in listed if not one["current"]]
    assert other["device"].startswith("Phone x")
    assert (await signed_in.delete(f"/v1/me/sessions/{other['id']}")).status_code == 204
    assert (await signed_in.delete(f"/v1/me/sessions/{other['id']}")).status_code == 404
    over = await signed_in.post("/v1/auth/refresh", json={"refreshToken": phone["refreshToken"]})
    assert over.status_code == 401
    third = await logged_in(signed_in)
    assert (await signed_in.delete("/v1/me/sessions")).status_code == 204
    over = await signed_in.post("/v1/auth/refresh", json={"refreshToken": third["refreshToken"]})
    assert over.status_code == 401
    assert [one["current"] for one in (await signed_in.get("/v1/me/sessions")).json()["data"]] == [True]


@pytest.mark.attack("A62")
async def test_an_export_holds_everything_of_the_caller_alone(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    avatars = [await made(signed_in) for _ in range(5)]
    eve = await world.token_of("eve@example.org")
    theirs = await made(signed_in)
    world.generator.avatars[theirs["id"]] = ("eve", world.generator.avatars[theirs["id"]][1])
    await world.trail.flushed()
    answer = await signed_in.get("/v1/me/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert "attachment" in answer.headers["content-disposition"]
    document = answer.json()
    assert list(document) == [
        "account",
        "sessions",
        "credits",
        "consents",
        "apiKeys",
        "webhooks",
        "audit",
        "avatars",
        "scans",
        "jobs",
        "faces",
        "generations",
        "customPoses",
        "customBackgrounds",
        "shares",
    ]
    assert document["account"][0]["email"] == EMAIL
    assert document["avatars"] == avatars
    assert document["avatars"][0]["links"]["glb"].endswith(".glb")
    assert (document["scans"], document["jobs"]) == ([], [])
    assert {entry["operation"] for entry in document["audit"]} >= {"POST /v1/avatars"}
    text = json.dumps(document)
    assert theirs["id"] not in text.replace(json.dumps(document["audit"]), "")
    assert "eve@example.org" not in text
    empty = await signed_in.get("/v1/me/export", headers={"Authorization": f"Bearer {eve}"})
    assert empty.json()["avatars"] == []


@pytest.mark.attack("A10", "A62")
async def test_a_deleted_account_is_gone_with_all_that_was_made(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    await made(signed_in)
    tokens = await logged_in(signed_in)
    wrong = await signed_in.request("DELETE", "/v1/me", json={"password": "not the password"})
    assert (wrong.status_code, len(world.generator.avatars)) == (403, 1)
    assert (await signed_in.request("DELETE", "/v1/me")).status_code == 415
    done = await signed_in.request("DELETE", "/v1/me", json={"password": PASSWORD})
    assert (done.status_code, done.content) == (204, b"")
    assert world.generator.avatars == {}
    assert (await signed_in.get("/v1/me")).status_code == 401
    over = await signed_in.post("/v1/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
    assert over.status_code == 401
    assert (await signed_in.post("/v1/auth/login", json=CREDENTIALS)).status_code == 401


async def test_a_generator_that_is_away_keeps_no_account_alive(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    world.person.failure = Unavailable("the database does not answer")
    done = await signed_in.request("DELETE", "/v1/me", json={"password": PASSWORD})
    assert done.status_code == 204
    assert (await signed_in.get("/v1/me")).status_code == 401
    async with world.auth_units() as unit:
        assert len(await unit.deletions.waiting("generator", 10)) == 1


async def test_administrators_see_and_change_users(world: World, signed_in: httpx.AsyncClient) -> None:
    own = (await signed_in.get("/v1/me")).json()
    admin = {"Authorization": f"Bearer {await world.admin_token()}"}
    found = await signed_in.get("/v1/admin/users", params={"email": "ADA@"}, headers=admin)
    assert found.json() == {"data": [own | {"disabled": False}], "nextCursor": None}
    first = (await signed_in.get("/v1/admin/users", params={"limit": 1}, headers=admin)).json()
    rest = await signed_in.get("/v1/admin/users", params={"cursor": first["nextCursor"]}, headers=admin)
    assert [one["id"] for one in rest.json()["data"]] == [own["id"]]
    bad = await signed_in.get("/v1/admin/users", params={"cursor": "x"}, headers=admin)
    assert (bad.status_code, bad.json()["details"][0]["field"]) == (400, "cursor")

    path = f"/v1/admin/users/{own['id']}"
    assert (await signed_in.get(path, headers=admin)).json()["email"] == EMAIL
    changed = await signed_in.patch(path, json={"tier": "pro", "disabled": True}, headers=admin)
    assert (changed.json()["tier"], changed.json()["disabled"]) == ("pro", True)
    closed = await signed_in.post("/v1/auth/login", json=CREDENTIALS)
    assert (closed.status_code, closed.json()["code"]) == (403, "account_disabled")
    assert (await signed_in.get(f"/v1/admin/users/{UNKNOWN}", headers=admin)).status_code == 404

    me = await signed_in.get("/v1/me", headers=admin)
    last = await signed_in.patch(f"/v1/admin/users/{me.json()['id']}", json={"role": "user"}, headers=admin)
    assert (last.status_code, last.json()["code"]) == (409, "last_admin")

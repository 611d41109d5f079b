"""Source 000's routes with an Idempotency-Key, which its document does not know."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import httpx
import pytest

from services.gateway.sessions import COOKIE
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.test_source_000 import BODY

FORM = "application/x-www-form-urlencoded"
KEY = {"Idempotency-Key": "key-1"}


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody logged in by cookie."""
    await client.post("/signup", data=CREDENTIALS)
    await client.post("/login", data=CREDENTIALS)
    return client


def replayed(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("idempotency-replayed") == "true")


@pytest.mark.attack("A45")
@pytest.mark.parametrize(("kind", "body"), [("application/json", json.dumps(BODY)), (FORM, urlencode(BODY))])
async def test_an_avatar_is_made_once(world: World, browser: httpx.AsyncClient, kind: str, body: str) -> None:
    headers = {"Content-Type": kind}
    first, again = [await browser.post("/generate", content=body, headers=headers | KEY) for _ in range(2)]
    assert (first.status_code, first.content) == (201, again.content)
    assert (replayed(first), replayed(again)) == (False, True)
    assert len(world.generator.avatars) == 1
    for count in (2, 3):
        await browser.post("/generate", content=body, headers=headers)
        assert len(world.generator.avatars) == count


@pytest.mark.attack("A45")
async def test_another_body_is_refused_and_another_route_is_another_key(
    world: World, browser: httpx.AsyncClient
) -> None:
    made = await browser.post("/generate", json=BODY, headers=KEY)
    other = await browser.post("/generate", json=BODY | {"seed": 7}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    change = {"category": "dress", "size": "M"}
    dressed = [await browser.post("/update_cloth", json=change, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in (made, *dressed)] == [201, 200, 200]
    assert [replayed(answer) for answer in dressed] == [False, True]
    assert len(world.generator.avatars) == 1


async def test_who_is_not_logged_in_is_told_so_and_the_key_is_free(client: httpx.AsyncClient) -> None:
    assert (await client.post("/generate", json=BODY, headers=KEY)).status_code == 401
    malformed = await client.post("/signup", json=CREDENTIALS, headers={"Idempotency-Key": ""})
    assert (malformed.status_code, malformed.json()["details"][0]["field"]) == (400, "Idempotency-Key")
    made = [await client.post("/signup", json=CREDENTIALS, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].content == made[1].content


async def test_each_log_in_has_a_cookie_of_its_own(browser: httpx.AsyncClient) -> None:
    answers = [await browser.post("/login", json=CREDENTIALS, headers=KEY) for _ in range(2)]
    cookies = {answer.cookies[COOKIE] for answer in answers}
    assert len(cookies) == 2
    assert not any(map(replayed, answers))

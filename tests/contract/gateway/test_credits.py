"""Credits over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from atelier.auth.v1 import credits_pb2
from services.gateway.schemas.credits import CreditEntryPage, Credits, Prices
from tests.contract.gateway.conftest import CREDENTIALS, World


@pytest.fixture
async def admin(world: World) -> dict[str, str]:
    """Headers of an administrator."""
    return {"Authorization": f"Bearer {await world.admin_token()}"}


async def account_id(client: httpx.AsyncClient) -> str:
    return str((await client.get("/v1/me")).json()["id"])


async def balance(client: httpx.AsyncClient) -> int:
    return int((await client.get("/v1/credits")).json()["balance"])


def gift(to: str, credits: int, reason: str = "a gift") -> dict[str, Any]:
    return {"accountId": to, "credits": credits, "reason": reason}


async def test_a_grant_is_seen_on_the_statement(signed_in: httpx.AsyncClient, admin: dict[str, str]) -> None:
    before = await balance(signed_in)
    answer = await signed_in.post(
        "/v1/admin/credits", json=gift(await account_id(signed_in), 40), headers=admin
    )
    assert (answer.status_code, answer.json()) == (200, {"balance": before + 40, "held": 0})
    Credits.model_validate_json((await signed_in.get("/v1/credits")).text)
    assert await balance(signed_in) == before + 40
    page = await signed_in.get("/v1/credits/entries?limit=1")
    CreditEntryPage.model_validate_json(page.text)
    [line] = page.json()["data"]
    assert {
        key: line[key] for key in ("kind", "change", "heldChange", "balance", "held", "jobId", "reason")
    } == {
        "kind": "grant",
        "change": 40,
        "heldChange": 0,
        "balance": before + 40,
        "held": 0,
        "jobId": None,
        "reason": "a gift",
    }


async def test_a_statement_goes_on_where_its_page_ends(
    signed_in: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    own = await account_id(signed_in)
    for credits in range(1, 6):
        await signed_in.post("/v1/admin/credits", json=gift(own, credits), headers=admin)
    numbers: list[int] = []
    cursor = ""
    while not numbers or cursor:
        page = (await signed_in.get(f"/v1/credits/entries?limit=2&cursor={cursor}")).json()
        numbers += [line["number"] for line in page["data"]]
        cursor = page["nextCursor"]
    assert numbers == list(range(numbers[0], 0, -1))
    assert len(numbers) >= 5


async def test_what_is_taken_back_is_no_more_than_there_is(
    signed_in: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    own, had = await account_id(signed_in), await balance(signed_in)
    refused = await signed_in.post("/v1/admin/credits", json=gift(own, -had - 1), headers=admin)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["retryable"]) == (
        402,
        "insufficient_credits",
        False,
    )
    assert problem["details"] == {"needed": had + 1, "available": had}
    assert await balance(signed_in) == had


async def test_credits_of_somebody_unknown(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    refused = await client.post("/v1/admin/credits", json=gift(str(uuid4()), 5), headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


@pytest.mark.attack("A46")
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (gift("nobody", 5), "accountId", "invalid_format"),
        (gift(str(uuid4()), 0), "credits", "not_offered"),
        (gift(str(uuid4()), 10**10), "credits", "out_of_range"),
        (gift(str(uuid4()), 5, ""), "reason", "wrong_length"),
        (gift(str(uuid4()), 5) | {"role": "admin"}, "role", "unknown_field"),
        (gift(str(uuid4()), 5) | {"credits": 1.5}, "credits", "wrong_type"),
    ],
)
async def test_a_grant_that_breaks_a_rule(
    client: httpx.AsyncClient, admin: dict[str, str], body: dict[str, Any], field: str, code: str
) -> None:
    refused = await client.post("/v1/admin/credits", json=body, headers=admin)
    assert refused.status_code == 400, refused.text
    assert [(fault["field"], fault["code"]) for fault in refused.json()["details"]] == [(field, code)]


@pytest.mark.attack("A21")
async def test_only_administrators_grant(signed_in: httpx.AsyncClient) -> None:
    body = gift(await account_id(signed_in), 5)
    refused = await signed_in.post("/v1/admin/credits", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    del signed_in.headers["Authorization"]
    refused = await signed_in.post("/v1/admin/credits", json=body)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert (await signed_in.get("/v1/credits")).status_code == 401
    assert (await signed_in.get("/v1/credits/entries")).status_code == 401


async def test_somebody_refused_is_refused_before_the_body_is_read(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.post("/v1/admin/credits", content=b"not JSON")
    assert refused.status_code == 403


async def test_everybody_may_know_the_prices(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/credits/prices")
    Prices.model_validate_json(answer.text)
    assert answer.json() == {
        "avatar": 0,
        "preview": 0,
        "batchAvatar": 1,
        "faceAvatar": 5,
        "posePicture": 5,
        "tryOn": 5,
        "turntable": 5,
        "hd": 2,
        "priority": 3,
    }
    assert set(answer.json()) == {
        "".join((head, *(word.title() for word in rest)))
        for head, *rest in (field.name.split("_") for field in credits_pb2.Prices.DESCRIPTOR.fields)
    }


@pytest.mark.attack("A18")
async def test_a_made_up_cursor_is_refused(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.get("/v1/credits/entries?cursor=abc")
    assert refused.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in refused.json()["details"]] == [
        ("cursor", "page_token.unknown")
    ]


@pytest.mark.attack("A16")
async def test_the_statement_is_the_caller_s_own(world: World, admin: dict[str, str]) -> None:
    tokens = [await world.token_of(email) for email in (CREDENTIALS["email"], "other@example.org")]
    mine, theirs = [{"Authorization": f"Bearer {token}"} for token in tokens]
    own = (await world.client.get("/v1/me", headers=mine)).json()["id"]
    await world.client.post("/v1/admin/credits", json=gift(own, 7, "for me"), headers=admin)
    seen = (await world.client.get("/v1/credits/entries", headers=theirs)).json()["data"]
    assert "for me" not in {line["reason"] for line in seen}

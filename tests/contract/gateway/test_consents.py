"""Consents over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.auth.domain.consents import Purpose
from tests.unit.auth.world import POLICIES

VERSION = POLICIES[Purpose.FACE_PHOTOS]
DRAFT = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}


async def test_from_the_policies_to_a_withdrawal(signed_in: httpx.AsyncClient) -> None:
    policies = await signed_in.get("/v1/consents/policies", headers={"Authorization": ""})
    assert policies.json() == {
        "data": [{"purpose": purpose.value, "version": POLICIES[purpose]} for purpose in Purpose]
    }
    headers = {"User-Agent": "a browser " * 100}
    given = await signed_in.post("/v1/me/consents", json=DRAFT, headers=headers)
    assert given.status_code == 201
    assert given.json() | {"id": "", "createdAt": ""} == {
        "id": "",
        **DRAFT,
        "createdAt": "",
        "address": "192.0.2.1",
        "agent": ("a browser " * 100)[:512],
    }
    taken_back = await signed_in.post("/v1/me/consents", json=DRAFT | {"given": False})
    first = (await signed_in.get("/v1/me/consents", params={"limit": 1})).json()
    assert first["data"] == [taken_back.json()]
    rest = (await signed_in.get("/v1/me/consents", params={"cursor": first["nextCursor"]})).json()
    assert rest == {"data": [given.json()], "nextCursor": None}


@pytest.mark.attack("A61")
async def test_another_policy_than_the_one_in_force_is_refused(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.post("/v1/me/consents", json=DRAFT | {"policyVersion": "1999"})
    assert (refused.status_code, refused.json()["code"]) == (409, "policy_not_in_force")
    assert refused.json()["details"] == {"purpose": "face_photos", "version": VERSION}


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"purpose": "marketing"}, "purpose"),
        ({"policyVersion": ""}, "policyVersion"),
        ({"given": "yes"}, "given"),
        ({"createdAt": "2020-01-01T00:00:00Z"}, "createdAt"),
        ({"address": "192.0.2.9"}, "address"),
    ],
)
async def test_a_draft_that_breaks_a_rule_is_refused(
    signed_in: httpx.AsyncClient, over: dict[str, Any], field: str
) -> None:
    refused = await signed_in.post("/v1/me/consents", json=DRAFT | over)
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, field)


async def test_a_cursor_that_is_none_is_refused(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.get("/v1/me/consents", params={"cursor": "abc"})
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, "cursor")

"""Identifiers that are none: refused, never a fault of ours."""

from __future__ import annotations

import httpx
import pytest

ODD = [
    "1",
    "-1",
    "%00",
    "..%2f..%2fetc",
    "a" * 5000,
    "%F0%9F%98%80",
    "00000000-0000-0000-0000-00000000000g",
    "null",
]


@pytest.mark.attack("A17")
@pytest.mark.parametrize("odd", ODD, ids=[str(index) for index in range(len(ODD))])
@pytest.mark.parametrize(
    ("method", "suffix"), [("GET", ""), ("GET", ".glb"), ("GET", ".fbx"), ("DELETE", ""), ("PATCH", "")]
)
async def test_an_odd_id_is_refused(signed_in: httpx.AsyncClient, method: str, suffix: str, odd: str) -> None:
    body: dict[str, str] | None = {} if method == "PATCH" else None
    answer = await signed_in.request(method, f"/v1/avatars/{odd}{suffix}", json=body)
    assert answer.status_code in {400, 404, 405}, answer.text
    assert answer.json()["success"] is False


@pytest.mark.attack("A18")
@pytest.mark.parametrize("limit", ["0", "101", "1e9", "-1", "x", ""])
async def test_a_page_has_bounds(signed_in: httpx.AsyncClient, limit: str) -> None:
    answer = await signed_in.get("/v1/avatars", params={"limit": limit})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "limit"


@pytest.mark.attack("A18")
async def test_a_query_name_that_is_not_known_is_refused(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/v1/avatars", params={"userId": "somebody"})
    assert (answer.status_code, answer.json()["details"][0]["code"]) == (400, "unknown_field")

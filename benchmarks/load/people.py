"""The people who use the platform, and what they ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from benchmarks.load.plan import Request
from benchmarks.stack import served

MIX: Mapping[str, float] = {
    "get avatar": 0.20,
    "download GLB": 0.15,
    "list avatars": 0.10,
    "catalogue": 0.10,
    "preview topology": 0.05,
    "preview": 0.15,
    "create avatar": 0.10,
    "log in": 0.075,
    "size advice": 0.075,
}
"""60 % reads and downloads, 25 % bodies, the rest log-ins and size advice."""
READS = frozenset({"get avatar", "download GLB", "list avatars", "catalogue", "preview topology"})

PEOPLE = 8
PASSWORD = "tape & chalk, twice"  # noqa: S105 - of accounts that live as long as the run
_GARMENT = {"garmentId": "dress-ines", "size": "M"}


def bodies() -> list[dict[str, Any]]:
    """People of different sizes, as the API takes them."""
    return [
        {
            "bodyType": "feminine",
            "measurements": {"stature": 1600 + 11 * step, "waist_girth": 700 + 17 * step},
        }
        for step in range(12)
    ]


def requests(url: str) -> dict[str, Sequence[Request]]:
    """What is sent for each scenario: accounts are made, and an avatar for each, so that there is something to read."""
    with httpx.Client(base_url=url, timeout=60) as client:
        return _gathered([_person(client, number) for number in range(PEOPLE)])


def _person(client: httpx.Client, number: int) -> tuple[dict[str, str], str, str]:
    """Credentials, an access token, and the id of an avatar."""
    credentials = {"email": f"load-{number}@example.org", "password": PASSWORD}
    _answer(client, Request("sign up", "POST", "/v1/auth/signup", body=credentials))
    token = _answer(client, Request("log in", "POST", "/v1/auth/login", body=credentials))["accessToken"]
    draft = bodies()[number] | {"outfit": [_GARMENT], "look": {"hairstyle": "bob"}}
    avatar = _answer(client, Request("create avatar", "POST", "/v1/avatars", token, draft))
    return credentials, token, avatar["id"]


def _answer(client: httpx.Client, request: Request) -> Any:
    headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
    return served(client, request.method, request.path, json=request.body, headers=headers)


def _gathered(people: Sequence[tuple[dict[str, str], str, str]]) -> dict[str, Sequence[Request]]:
    own = [(token, f"/v1/avatars/{avatar}") for _, token, avatar in people]
    drafts = [(token, body) for token, _ in own for body in bodies()]
    dressed: dict[str, Any] = {"outfit": [_GARMENT], "look": {"hairstyle": "bob"}}
    return {
        "get avatar": [Request("get avatar", "GET", path, token) for token, path in own],
        "download GLB": [Request("download GLB", "GET", f"{path}.glb", token) for token, path in own],
        "list avatars": [Request("list avatars", "GET", "/v1/avatars?limit=5", token) for token, _ in own],
        "catalogue": [Request("catalogue", "GET", "/v1/catalog/garments")],
        "preview topology": [Request("preview topology", "GET", "/v1/avatars/preview/topology")],
        "preview": [Request("preview", "POST", "/v1/avatars/preview", token, body) for token, body in drafts],
        "create avatar": [
            Request("create avatar", "POST", "/v1/avatars", token, body | dressed) for token, body in drafts
        ],
        "log in": [
            Request("log in", "POST", "/v1/auth/login", body=credentials) for credentials, _, _ in people
        ],
        "size advice": [_advice(token, path.rpartition("/")[2]) for token, path in own],
    }


def _advice(token: str, avatar_id: str) -> Request:
    question = {"avatarId": avatar_id, "garmentId": _GARMENT["garmentId"]}
    return Request("size advice", "POST", "/v1/size-advice", token, question)

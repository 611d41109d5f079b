"""Webhooks over HTTP, in front of a real auth."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.contract.gateway.conftest import World
from tests.contract.gateway.test_v1 import UNKNOWN

URL = "https://hooks.example.com/in"


async def made(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/v1/webhooks", json={"url": URL, **body})
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


async def test_from_adding_to_removing(signed_in: httpx.AsyncClient) -> None:
    webhook = await made(signed_in, events=["job.failed"])
    path = f"/v1/webhooks/{webhook['id']}"
    assert len(base64.b64decode(webhook.pop("secret").removeprefix("whsec_"))) == 32
    assert webhook | {"id": "", "createdAt": ""} == {
        "id": "",
        "url": URL,
        "events": ["job.failed"],
        "enabled": True,
        "disabledReason": None,
        "disabledAt": None,
        "createdAt": "",
        "oldSecretExpiresAt": None,
    }
    assert (await signed_in.get("/v1/webhooks")).json() == {"data": [webhook]}
    assert (await signed_in.get(path)).json() == webhook

    off = (await signed_in.patch(path, json={"enabled": False})).json()
    assert (off["enabled"], off["disabledReason"], off["events"]) == (False, "by_owner", ["job.failed"])
    on = (await signed_in.patch(path, json={"enabled": True, "events": [], "url": URL + "2"})).json()
    assert on == webhook | {"events": [], "url": URL + "2"}

    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.get(path)).status_code == 404
    assert (await signed_in.get("/v1/webhooks")).json() == {"data": []}


async def test_a_rotation_shows_the_new_secret_and_when_the_old_one_ends(
    signed_in: httpx.AsyncClient,
) -> None:
    webhook = await made(signed_in)
    rotated = (await signed_in.post(f"/v1/webhooks/{webhook['id']}/rotate-secret")).json()
    assert rotated["secret"] != webhook["secret"]
    assert rotated["oldSecretExpiresAt"] > rotated["createdAt"]
    assert "secret" not in (await signed_in.get(f"/v1/webhooks/{webhook['id']}")).json()


async def test_tests_replays_and_the_list_of_what_was_sent(signed_in: httpx.AsyncClient) -> None:
    path = f"/v1/webhooks/{(await made(signed_in))['id']}"
    sent = [await signed_in.post(f"{path}/test") for _ in range(3)]
    assert {answer.status_code for answer in sent} == {202}
    first = sent[0].json()
    assert (first["event"], first["state"], first["attempts"]) == ("webhook.test", "waiting", 0)
    assert (first["status"], first["error"], first["attemptedAt"]) == (None, None, None)
    assert first["messageId"].startswith("msg_")
    page = (await signed_in.get(f"{path}/deliveries", params={"limit": 2})).json()
    rest = (await signed_in.get(f"{path}/deliveries", params={"cursor": page["nextCursor"]})).json()
    assert rest["nextCursor"] is None
    assert [one["id"] for one in (page["data"] + rest["data"])[::-1]] == [one.json()["id"] for one in sent]
    again = await signed_in.post(f"{path}/deliveries/{first['id']}/replay")
    assert (again.status_code, again.json()["messageId"]) == (202, first["messageId"])


@pytest.mark.attack("A49")
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "url.scheme"),
        ("https://127.0.0.1/", "url.host"),
        ("https://169.254.169.254/latest/meta-data", "url.host"),
        ("https://[::1]/", "url.host"),
        ("https://atelier-auth.atelier.svc.cluster.local/", "url.host"),
        ("https://example.com:5432/", "url.port"),
        ("https://me@example.com/", "url.form"),
        ("file:///etc/passwd", "url.form"),
        ("gopher://example.com/", "url.form"),
    ],
)
async def test_an_address_inside_is_refused_with_the_rule_that_it_breaks(
    signed_in: httpx.AsyncClient, url: str, code: str
) -> None:
    webhook = await made(signed_in)
    for answer in (
        await signed_in.post("/v1/webhooks", json={"url": url}),
        await signed_in.patch(f"/v1/webhooks/{webhook['id']}", json={"url": url}),
    ):
        body = answer.json()
        assert (answer.status_code, body["code"]) == (400, "url_not_allowed")
        [detail] = body["details"]
        assert (detail["field"], detail["code"]) == ("url", code)
        assert detail["limit"] in detail["message"]
    assert len((await signed_in.get("/v1/webhooks")).json()["data"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": ""},
        {"url": 7},
        {"url": URL, "events": ["job.started"]},
        {"url": URL, "events": ["webhook.test"]},
        {"url": URL, "events": ["job.failed"] * 11},
        {"url": URL, "secret": "whsec_mine"},
        {"url": "https://example.com/" + "a" * 2048},
    ],
)
async def test_a_draft_that_breaks_a_rule_is_refused(
    signed_in: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await signed_in.post("/v1/webhooks", json=body)
    assert answer.status_code == 400
    assert answer.json()["details"]


@pytest.mark.attack("A53")
async def test_there_are_ten_at_most(signed_in: httpx.AsyncClient) -> None:
    for _ in range(10):
        await made(signed_in)
    answer = await signed_in.post("/v1/webhooks", json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


@pytest.mark.attack("A16")
async def test_anothers_webhook_answers_as_one_that_never_was(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    webhook = await made(signed_in)
    delivery = (await signed_in.post(f"/v1/webhooks/{webhook['id']}/test")).json()
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    for id in (webhook["id"], UNKNOWN):
        path = f"/v1/webhooks/{id}"
        for method, place in (
            ("GET", path),
            ("DELETE", path),
            ("POST", f"{path}/rotate-secret"),
            ("POST", f"{path}/test"),
            ("GET", f"{path}/deliveries"),
            ("POST", f"{path}/deliveries/{delivery['id']}/replay"),
        ):
            answer = await signed_in.request(method, place, headers=stranger)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), place
        changed = await signed_in.patch(path, headers=stranger, json={"enabled": False})
        assert changed.status_code == 404
    assert (await signed_in.get(f"/v1/webhooks/{webhook['id']}")).json()["enabled"]


async def test_nobody_has_no_webhooks(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/v1/webhooks"),
        ("POST", "/v1/webhooks"),
        ("GET", f"/v1/webhooks/{UNKNOWN}"),
    ):
        assert (await client.request(method, path)).status_code == 401

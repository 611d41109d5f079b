"""/v1/shares, and what links lead to: a page, its picture, and nothing for whoever has no link."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog.testing

from atelierkit.scopes import Scope
from services.gateway.share_pages import LONGEST_CACHED_S
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.test_api_keys import bearer as key_header
from tests.contract.gateway.test_api_keys import key_of
from tests.contract.gateway.test_audit import trail
from tests.contract.gateway.test_authorization import bearer
from tests.contract.gateway.test_v1 import UNKNOWN
from tests.unit.generator.world import WOMAN

PATH = "/v1/shares"
TITLE = '"><script>alert(1)</script> & <b>Zoë</b>'


class Page(HTMLParser):
    """What of a page counts: its tags, its metadata, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.meta: dict[str, str] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        told = dict(attrs)
        if tag == "meta" and (name := told.get("property") or told.get("name")):
            self.meta[name] = told["content"] or ""

    def handle_data(self, data: str) -> None:
        self.text += data


async def avatar_id(world: World, client: httpx.AsyncClient) -> str:
    """An avatar that the person has, in the generator behind the links."""
    me = (await client.get("/v1/me")).json()["id"]
    return str((await world.jobs.world.avatar(me, WOMAN)).id)


async def made(world: World, client: httpx.AsyncClient, **over: Any) -> dict[str, Any]:
    draft = {"avatarId": await avatar_id(world, client), "title": TITLE, **over}
    answer = await client.post(PATH, json=draft)
    assert answer.status_code == 201, answer.text
    share: dict[str, Any] = answer.json()
    return share


@pytest.fixture
async def stranger(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has nothing but a link."""
    async with client_of(world.replica("off", MemoryWindows()), "192.0.2.9") as client:
        yield client


def path_of(share: dict[str, Any]) -> str:
    return str(share["url"]).removeprefix("http://gateway")


async def test_a_link_is_told_once(world: World, signed_in: httpx.AsyncClient) -> None:
    share = await made(world, signed_in, hours=24, pose="contrapposto", style="anime", size=512)
    assert re.fullmatch(r"http://gateway/s/[A-Za-z0-9_-]{43}", share["url"])
    assert share["pictureUrl"] == f"{share['url']}.png"
    life = datetime.fromisoformat(share["expiresAt"]) - datetime.fromisoformat(share["createdAt"])
    assert life == timedelta(hours=24)
    [listed] = (await signed_in.get(PATH)).json()["data"]
    assert listed == {name: value for name, value in share.items() if name not in ("url", "pictureUrl")}
    assert share["url"].rsplit("/", 1)[1] not in (await signed_in.get(PATH)).text


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_page_is_a_card_in_the_readers_language(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient, language: str
) -> None:
    share = await made(world, signed_in, title="Zoë in red", size=512)
    answer = await stranger.get(path_of(share), headers={"Accept-Language": language})
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.meta["og:title"] == page.meta["twitter:title"] == "Zoë in red"
    assert page.meta["og:image"] == page.meta["twitter:image"] == share["pictureUrl"]
    assert page.meta["og:url"] == share["url"]
    assert (page.meta["og:image:width"], page.meta["og:image:height"]) == ("512", "512")
    assert page.meta["og:image:type"] == "image/png"
    assert page.meta["twitter:card"] == "summary"
    assert page.meta["robots"] == "noindex, nofollow"
    assert f'<html lang="{language}">' in answer.text
    month = {"en": "May", "fr": "mai"}[language]
    assert f"11 {month} 2031" in page.text
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"


@pytest.mark.attack("A64")
async def test_nothing_runs_on_the_page_whatever_the_title(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    share = await made(world, signed_in)
    answer = await stranger.get(path_of(share))
    page = Page(answer.text)
    assert not {"script", "b", "iframe", "object", "embed", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert TITLE in page.text
    assert page.meta["og:title"] == TITLE
    [strict] = answer.headers.get_list("content-security-policy")
    assert "default-src 'none'" in strict
    assert "script-src" not in strict
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in strict


async def test_the_picture_is_cached_no_longer_than_the_link_holds(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    share = await made(world, signed_in)
    picture = await stranger.get(f"{path_of(share)}.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.headers["cache-control"] == f"public, max-age={LONGEST_CACHED_S}"
    assert picture.headers["x-robots-tag"] == "noindex, nofollow"
    known = {"If-None-Match": picture.headers["etag"]}
    assert (await stranger.get(f"{path_of(share)}.png", headers=known)).status_code == 304
    world.jobs.world.clock.now = datetime.now(UTC)
    soon = await made(world, signed_in, hours=1)
    world.jobs.world.clock.now -= timedelta(seconds=3540)
    ending = await made(world, signed_in, hours=1)
    kept = await stranger.get(f"{path_of(ending)}.png")
    assert 30 <= int(kept.headers["cache-control"].removeprefix("public, max-age=")) <= 61
    assert (await stranger.get(path_of(soon))).status_code == 200


@pytest.mark.attack("A57")
async def test_pages_of_other_sites_may_show_the_picture_and_nothing_else(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    share = await made(world, signed_in)
    addresses = [f"{path_of(share)}.png", path_of(share), "/v1/catalog/poses/contrapposto", "/v1/nothing"]
    answers = [await stranger.get(address) for address in addresses]
    assert [answer.headers.get_list("cross-origin-resource-policy") for answer in answers] == [
        ["cross-origin"],
        ["same-origin"],
        ["same-origin"],
        ["same-origin"],
    ]
    assert not [answer for answer in answers if "access-control-allow-origin" in answer.headers]


@pytest.mark.attack("A64")
async def test_a_link_that_does_not_hold_says_nothing(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    revoked, expired, gone, holds = [await made(world, signed_in, hours=hours) for hours in (9, 1, 9, 9)]
    assert (await signed_in.delete(f"{PATH}/{revoked['id']}")).status_code == 204
    me = (await signed_in.get("/v1/me")).json()["id"]
    await world.jobs.world.delete(me, UUID(gone["avatarId"]))
    world.jobs.world.clock.advance(hours=2)
    guesses = ["/s/" + "A" * 43, "/s/" + "A" * 4000, "/s/%00", f"/s/{holds['id']}"]
    answers = {
        (answer.status_code, answer.text)
        for path in (*map(path_of, (revoked, expired, gone)), *guesses)
        for answer in [await stranger.get(path)]
    }
    [(status, text)] = answers
    assert status == 404
    assert "There is nothing here" in text
    pictures = {
        (answer.status_code, answer.json()["code"])
        for share in (revoked, expired, gone)
        for answer in [await stranger.get(f"{path_of(share)}.png")]
    }
    assert pictures == {(404, "not_found")}
    assert (await stranger.get(path_of(holds))).status_code == 200


@pytest.mark.attack("A64")
async def test_nobody_shares_or_revokes_what_is_somebody_elses(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    share = await made(world, signed_in)
    other = bearer(await world.token_of("eve@example.org"))
    draft = {"avatarId": share["avatarId"]}
    assert (await world.client.post(PATH, json=draft, headers=other)).status_code == 404
    assert (await world.client.delete(f"{PATH}/{share['id']}", headers=other)).status_code == 404
    assert (await world.client.get(PATH, headers=other)).json()["data"] == []
    assert (await stranger.post(PATH, json=draft)).status_code == 401
    assert (await stranger.get(path_of(share))).status_code == 200


@pytest.mark.attack("A20")
@pytest.mark.parametrize(
    ("shown", "scope"), [("avatarId", Scope.AVATARS_READ), ("generationId", Scope.JOBS_READ)]
)
async def test_a_key_publishes_nothing_that_it_may_not_read(
    world: World, signed_in: httpx.AsyncClient, shown: str, scope: Scope
) -> None:
    draft = {shown: await avatar_id(world, signed_in) if shown == "avatarId" else UNKNOWN}
    writes = key_header(await key_of(signed_in, scopes=[Scope.AVATARS_WRITE]))
    refused = await world.client.post(PATH, json=draft, headers=writes)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert refused.json()["details"] == {"scope": scope}
    both = key_header(await key_of(signed_in, scopes=[Scope.AVATARS_WRITE, scope]))
    answer = await world.client.post(PATH, json=draft, headers=both)
    assert answer.status_code == (201 if shown == "avatarId" else 404)


@pytest.mark.parametrize(
    "over",
    [
        {"generationId": "0" * 36},
        {"avatarId": None},
        {"title": "x" * 81},
        {"hours": 0},
        {"hours": 8761},
        {"size": 100},
        {"background": "#nocolour"},
        {"pose": "No Pose"},
        {"token": "mine"},
    ],
)
async def test_what_is_no_order_for_a_link_is_refused(
    world: World, signed_in: httpx.AsyncClient, over: dict[str, Any]
) -> None:
    draft = {"avatarId": await avatar_id(world, signed_in), **over}
    answer = await signed_in.post(PATH, json=draft)
    assert answer.status_code == 400, answer.text


async def test_an_unknown_pose_is_named_as_it_was_asked_for(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    draft = {"avatarId": await avatar_id(world, signed_in), "pose": "moonwalk"}
    answer = await signed_in.post(PATH, json=draft)
    assert answer.status_code == 404
    assert [fault["field"] for fault in answer.json()["details"]] == ["pose"]


async def test_no_log_and_no_trail_knows_a_token(
    world: World, signed_in: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    with structlog.testing.capture_logs() as lines:
        share = await made(world, signed_in)
        await stranger.get(path_of(share))
        await stranger.get(f"{path_of(share)}.png")
        await signed_in.delete(f"{PATH}/{share['id']}")
        await stranger.get(path_of(share))
    token = share["url"].rsplit("/", 1)[1]
    assert token not in repr(lines)
    routes = [line["route"] for line in lines if line.get("event") == "request"]
    assert {"/s/{token}", "/s/{token}.png"} <= set(routes)
    entries = await trail(world)
    assert token not in repr(entries)
    assert (f"POST {PATH}", share["id"]) in [
        (link.entry.operation, link.entry.resource_id) for link in entries
    ]

"""A pose of one's own, an avatar in it, and a link: opened by a stranger on a phone and a desk, until it is revoked."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.album import whole_person
from tests.e2e.conftest import sign_in
from tests.unit.bodypose.dancer import SKELETONS, Writer
from tests.unit.bodypose.sitter import STANCES, turns_in

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1200, "height": 720}
BODY = {"bodyType": "feminine", "measurements": {"stature": 1680}, "outfit": []}
TITLE = "Zoë & <i>friends</i>"


def shared(client: httpx.Client, pose_id: str) -> dict[str, str]:
    avatar = client.post("/v1/avatars", json=BODY).raise_for_status().json()
    draft = {"avatarId": avatar["id"], "pose": pose_id, "size": 512, "title": TITLE, "hours": 1}
    share: dict[str, str] = client.post("/v1/shares", json=draft).raise_for_status().json()
    return share


def looked_at(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    picture = page.get_by_role("img", name=TITLE)
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 512
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.scripts.length") == 0


def test_a_link_is_opened_by_a_stranger_until_it_is_revoked(browser: Browser, platform_url: str) -> None:
    with sign_in(platform_url, "sharing@example.org") as client:
        dance = Writer(SKELETONS["Mixamo"]).write(turns_in(STANCES["lunge"]))
        read = [
            client.post("/v1/poses", files=files, data={"name": "Mine"}).raise_for_status().json()
            for files in ({"motion": ("dance.bvh", dance)}, {"photo": ("me.png", whole_person())})
        ]
        assert [pose["source"] for pose in read] == ["motion", "photo"]
        share = shared(client, read[0]["id"])
        for size, locale, words in (
            (PHONE, "fr-FR", "Ce lien est valable"),
            (DESK, "en-GB", "This link holds"),
        ):
            context = browser.new_context(viewport=size, locale=locale)
            page = context.new_page()
            page.goto(share["url"])
            looked_at(page, words)
            context.close()
        assert client.delete(f"/v1/shares/{share['id']}").status_code == 204
    gone = httpx.get(share["url"], headers={"Accept-Language": "fr"})
    assert (gone.status_code, "rien ici" in gone.text) == (404, True)
    assert httpx.get(share["pictureUrl"]).status_code == 404

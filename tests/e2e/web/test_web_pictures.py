"""The page's pictures: of a person from a photo, their gallery, links to them, poses read from photos, and the turntable."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, ViewportSize, expect

from tests.e2e.album import beside_each_other, rendered, whole_person
from tests.e2e.web.patience import JOB_MS
from tests.e2e.web.studio import expect_avatar, new_address, picture, sign_up

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 780}
YOGA = Path(__file__).resolve().parents[4] / "shared" / "data" / "photos" / "full_body_yoga.jpg"


@pytest.fixture(scope="module")
def head() -> bytes:
    """A face from the front."""
    return rendered(5)["front"]


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png" if name.endswith("png") else "image/jpeg", "buffer": data}


def visit(page: Page, shelf: str) -> None:
    page.get_by_role("tab", name="Pictures").click()
    page.get_by_role("radiogroup", name="Pictures").get_by_role("radio", name=shelf).check(force=True)


def make_avatar(page: Page) -> None:
    page.get_by_role("button", name="Make avatar").click()
    expect_avatar(page)


def choose_photo(page: Page, name: str, data: bytes) -> None:
    page.get_by_label("Choose a file: Photo").set_input_files(file(name, data))


def choose_poses(page: Page, *places: int) -> None:
    page.get_by_role("button", name=re.compile("(Choose|Change) poses")).click()
    for place in places:
        page.locator("pose-gallery .pose").nth(place).click()
    page.get_by_role("button", name="Done").click()


def confirm(within: Locator, label: str) -> None:
    """Presses a button that asks once more, and says yes."""
    within.get_by_role("button", name=label).click()
    within.get_by_role("group").get_by_role("button", name=label, exact=True).click()


def made_link(page: Page) -> str:
    page.get_by_role("button", name="Make link").click()
    return page.get_by_label("Your link").input_value()


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    panel = page.locator("studio-view .panel")
    assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") == 0


def test_a_photo_becomes_pictures_as_far_as_credits_go(page: Page, head: bytes) -> None:
    page.set_viewport_size(PHONE)
    sign_up(page, new_address())
    visit(page, "Photo")
    send = page.get_by_role("button", name="Draw me")
    expect(page.get_by_text("You have 100.")).to_be_visible()
    choose_photo(page, "us.jpg", beside_each_other(head))
    choose_poses(page, 0)
    expect(send).to_be_disabled()
    page.get_by_role("checkbox", name="I agree").check()
    send.click()
    expect(page.locator("#photo").get_by_role("alert")).to_contain_text("More than one face", timeout=JOB_MS)
    expect(page.get_by_text("You have 100.")).to_be_visible()
    expect(page.get_by_text("nothing was paid")).to_be_visible()
    expect(page.get_by_text("Accepted.")).to_have_count(0)
    expect(send).to_be_disabled()

    choose_photo(page, "me.jpg", head)
    choose_poses(page, 1, 2)
    page.get_by_label("Style").select_option("cartoon")
    expect(page.get_by_text("Pictures: 3. Credits: 15. You have 100.")).to_be_visible()
    send.click()
    results = page.get_by_role("region", name="Pictures from this photo").get_by_role("article")
    expect(results).to_have_count(3)
    expect(page.get_by_text("Accepted.")).to_be_visible()
    confirm(results.last, "Cancel")
    expect(results).to_have_count(2)
    for result in results.all():
        expect(result).to_contain_text("completed", timeout=JOB_MS)
    expect(page.get_by_text("You have 90.")).to_be_visible()
    no_sideways_scroll(page)

    visit(page, "Gallery")
    tiles = page.get_by_role("list", name="Gallery").get_by_role("button")
    expect(tiles).to_have_count(3)
    expect(page.get_by_role("button", name=re.compile("failed$"))).to_have_count(1)
    expect(page.get_by_text("Pictures: 3 · drawn: 2 · failed: 1 · credits: 10")).to_be_visible()
    no_sideways_scroll(page)
    tiles.first.press("Enter")
    expect(page.get_by_role("button", name="All pictures")).to_be_focused()
    expect(page.get_by_role("img", name="You in the pose")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    drawn = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert (drawn.format, drawn.size) == ("PNG", (512, 512))
    page.get_by_role("button", name="Share", exact=True).click()
    link = made_link(page)
    assert httpx.get(link).status_code == 200
    confirm(page.get_by_role("article"), "Delete")
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_be_focused()
    expect(page.get_by_text("Pictures: 2 · drawn: 1 · failed: 1 · credits: 5")).to_be_visible()
    assert httpx.get(link).status_code == 404

    visit(page, "Photo")
    choose_poses(page, *range(3, 11))
    page.get_by_label("Quality").select_option("hd")
    page.get_by_role("checkbox", name="Priority").check()
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Credits needed: 110. Available: 90.")


def test_an_avatar_has_a_turntable_that_plays_and_a_link_until_it_is_revoked(page: Page) -> None:
    """A short turntable: the page's own ten seconds take a minute of processor."""
    sign_up(page, new_address())
    make_avatar(page)

    def shortened(route: Route) -> None:
        route.continue_(url=f"{route.request.url}&seconds=1&fps=8&size=96")

    page.route("**/*.mp4?*", shortened)
    visit(page, "Avatar")
    expect(page.get_by_text("Costs 5 credits")).to_be_visible()
    page.get_by_role("button", name="Draw turntable").click()
    film = page.locator("video")
    expect(film).to_be_visible(timeout=JOB_MS)
    played = film.evaluate(
        """async (film) => {
            film.loop = false;
            const ended = new Promise((done) => { film.onended = done; });
            await film.play();
            await ended;
            return [film.videoWidth, film.duration, film.getVideoPlaybackQuality().totalVideoFrames];
        }"""
    )
    assert played[:2] == [96, 1]
    assert played[2] >= 4
    expect(page.get_by_text("You have 95.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download MP4").click()
    assert download.value.path().read_bytes()[4:8] == b"ftyp"

    page.get_by_label("Title").fill("Spring")
    page.get_by_label("Holds for").select_option("24")
    link = made_link(page)
    opened = httpx.get(link)
    assert (opened.status_code, "Spring" in opened.text) == (200, True)
    visit(page, "Links")
    links = page.get_by_role("list", name="Links that hold").get_by_role("listitem")
    expect(links).to_have_count(1)
    expect(links).to_contain_text("Spring")
    links.get_by_role("button", name="Revoke the link: Spring").click()
    links.get_by_role("group").get_by_role("button", name="Revoke", exact=True).click()
    expect(links).to_have_count(0)
    assert httpx.get(link).status_code == 404


def drawn_person() -> FilePayload:
    return file("me.png", whole_person())


def photographed_person() -> FilePayload:
    return file("yoga.jpg", YOGA.read_bytes())


@pytest.mark.parametrize(
    "person",
    [
        drawn_person,
        pytest.param(
            photographed_person,
            marks=[
                pytest.mark.shared_data,
                pytest.mark.skipif(
                    not YOGA.is_file(), reason="the photos lie beside the checkout of their owner"
                ),
            ],
        ),
    ],
)
def test_a_pose_is_read_from_a_photo_and_the_avatar_takes_it(
    page: Page, person: Callable[[], FilePayload]
) -> None:
    sign_up(page, new_address())
    make_avatar(page)
    at_ease = picture(page)
    page.get_by_role("tab", name="Poses").click()
    page.get_by_role("radio", name="My poses").check(force=True)
    page.get_by_label("Choose a photo or a BVH file").set_input_files(person())
    page.get_by_label("Name").fill("Mine")
    page.get_by_role("button", name="Read the pose").click()
    expect(page.get_by_text("“Mine” is kept, and the avatar takes it.")).to_be_visible()
    mine = page.get_by_role("list", name="My poses").get_by_role("button", name="Mine from a photo")
    expect(mine).to_have_attribute("aria-pressed", "true")
    expect(page.locator("make-bar .progress")).to_be_empty()
    assert picture(page) != at_ease

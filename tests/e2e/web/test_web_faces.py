"""The page's face panel: photos in, consent, the face on the avatar, and rid of it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.album import rendered
from tests.e2e.web.patience import JOB_MS
from tests.e2e.web.studio import expect_avatar, new_address, sign_up

pytestmark = pytest.mark.browser
PHONE_WIDTH = 360


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("album")
    paths = {}
    for slot, data in rendered(5).items():
        paths[slot] = folder / f"{slot}.jpg"
        paths[slot].write_bytes(data)
    return paths


def choose(page: Page, slot: str, path: Path) -> None:
    page.locator(f"face-panel #{slot} input").first.set_input_files(path)


def test_three_photos_become_the_face_of_the_avatar(
    page: Page, photos: dict[str, Path], tmp_path: Path
) -> None:
    sign_up(page, new_address())
    page.get_by_role("tab", name="Face").click()
    make = page.get_by_role("button", name="Make avatar with this face")
    wrong = tmp_path / "front.gif"
    wrong.write_bytes(b"GIF89a")
    choose(page, "front", wrong)
    expect(page.locator("face-panel #front .fault")).to_have_text("Use JPEG, PNG or WebP.")
    for slot, path in photos.items():
        choose(page, slot, path)
        expect(page.locator(f"face-panel #{slot} img")).to_be_visible()
    expect(page.locator("face-panel .slot .fault")).to_have_count(0)
    expect(make).to_be_disabled()
    page.get_by_role("checkbox").check()
    make.click()
    expect(page.locator("face-facts")).to_be_visible(timeout=JOB_MS)
    expect_avatar(page)
    expect(page.locator("face-facts dl")).to_contain_text("#")
    expect(page.locator("face-panel img")).to_have_count(0)
    page.get_by_role("button", name="Delete face").click()
    page.locator("face-facts .danger").click()
    expect(page.locator("face-facts")).to_have_count(0)


def test_the_panel_fits_a_phone(page: Page) -> None:
    sign_up(page, new_address())
    page.get_by_role("tab", name="Face").click()
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 740})
    expect(page.locator("face-panel .slot")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    panel = page.locator("face-panel")
    assert panel.evaluate("element => element.scrollWidth - element.clientWidth") <= 0


def test_a_policy_that_cannot_be_read_is_asked_for_again(page: Page) -> None:
    sign_up(page, new_address())
    policies = "**/v1/consents/policies"
    page.route(policies, lambda route: route.abort())
    page.get_by_role("tab", name="Face").click()
    panel = page.locator("face-panel")
    expect(panel.get_by_role("alert")).to_contain_text("Atelier does not answer")
    page.unroute(policies)
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_role("checkbox")).to_be_visible()
    expect(panel.get_by_role("alert")).to_have_count(0)

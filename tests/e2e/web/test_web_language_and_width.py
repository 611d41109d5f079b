"""Two languages without a reload, and a phone's width without a sideways scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.web.studio import expect_preview, new_address, sign_up

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


def test_the_language_changes_in_place_and_is_remembered(page: Page) -> None:
    sign_up(page, new_address())
    page.evaluate("window.untouched = true")
    page.get_by_role("radio", name="Français").check(force=True)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("button", name="Créer l")).to_be_visible()
    expect(page.get_by_role("slider", name="Tour de taille")).to_be_visible()
    expect(page.locator("garment-card").first).to_contain_text("robe")
    assert page.evaluate("window.untouched") is True

    page.reload()
    expect(page.get_by_role("button", name="Créer l")).to_be_visible()
    page.get_by_role("radio", name="English").check(force=True)
    expect(page.get_by_role("button", name="Make avatar")).to_be_visible()


def assert_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    panel = page.locator("studio-view .panel")
    assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") == 0


def test_a_phone_shows_the_body_above_the_controls_and_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    sign_up(page, new_address())
    viewer = page.locator("atelier-viewer").bounding_box()
    tabs = page.get_by_role("tablist").bounding_box()
    assert viewer is not None
    assert tabs is not None
    assert viewer["width"] == PHONE["width"]
    assert viewer["height"] > PHONE["height"] / 3
    assert viewer["y"] + viewer["height"] <= tabs["y"]

    for language in ("Français", "English"):
        page.get_by_role("radio", name=language).check(force=True)
        for tab in page.get_by_role("tab").all():
            tab.evaluate("tab => tab.click()")
            expect(tab).to_be_in_viewport(ratio=1)
            assert_no_sideways_scroll(page)
    expect(page.get_by_role("button", name="Make avatar")).to_be_in_viewport()

    page.get_by_role("tab", name="Body").click()
    expect_preview(page)
    page.get_by_role("tab", name="Body").press("ArrowRight")
    expect(page.get_by_role("tab", name="Face")).to_be_focused()
    page.get_by_role("tab", name="Face").press("End")
    expect(page.get_by_role("tab", name="Avatars")).to_be_focused()
    page.get_by_role("tab", name="Avatars").press("ArrowRight")
    page.get_by_role("tab", name="Body").press("ArrowLeft")
    page.get_by_role("tab", name="Avatars").press("Home")
    page.get_by_role("tab", name="Body").press("ArrowRight")
    page.get_by_role("tab", name="Face").press("ArrowRight")
    expect(page.get_by_role("tab", name="Outfit")).to_be_focused()
    page.locator("garment-card").first.get_by_role("button").click()
    expect(page.locator("size-fit table")).to_be_visible()
    assert_no_sideways_scroll(page)


def test_all_tabs_have_room_beside_the_sliders(page: Page) -> None:
    page.set_viewport_size(DESKTOP)
    sign_up(page, new_address())
    for language in ("Français", "English"):
        page.get_by_role("radio", name=language).check(force=True)
        expect(page.get_by_role("tab")).to_have_count(7)
        assert page.get_by_role("tablist").evaluate("tabs => tabs.scrollWidth - tabs.clientWidth") == 0

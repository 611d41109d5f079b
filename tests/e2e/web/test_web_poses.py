"""Pictures of poses that the platform is too busy to draw: they are waited for while they are in sight."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.web.studio import new_address, sign_up

pytestmark = pytest.mark.browser

REFUSAL = {"success": False, "error": "Later.", "code": "unavailable", "requestId": "r", "retryable": True}


@dataclass
class Busy:
    """A platform that refuses to draw until it is told otherwise, and who asked it."""

    is_over: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        self.asked.append(route.request.url)
        if self.is_over:
            route.continue_()
        else:
            headers = {"Retry-After": "600", "Content-Type": "application/problem+json"}
            route.fulfill(status=503, headers=headers, body=json.dumps(REFUSAL))


def test_pictures_of_poses_are_waited_for_and_asked_for_again(page: Page) -> None:
    busy = Busy()
    page.route("**/v1/catalog/poses/*.webp", busy.answer)
    sign_up(page, new_address())
    page.get_by_role("tab", name="Poses").click()
    tiles = page.locator("pose-gallery .pose")
    told = page.locator("pose-gallery").get_by_role("status").filter(has_text="Pictures still to be drawn")
    again = page.get_by_role("button", name="Try again")
    expect(tiles.first).to_contain_text("Waiting")
    expect(told).to_be_visible()
    with page.expect_request("**/v1/catalog/poses/*.webp"):
        again.click()
    expect(tiles.first).to_contain_text("Waiting")
    first = busy.asked[0]
    assert busy.asked.count(first) <= 2, "it asks before it was told to"

    tiles.last.scroll_into_view_if_needed()
    expect(tiles.last).to_contain_text("Waiting")
    expect(tiles.first).not_to_contain_text("Waiting")
    before = len(busy.asked)
    busy.is_over = True
    again.click()
    expect(tiles.last.locator("img")).to_be_visible()
    expect(told).to_have_count(0)
    assert first not in busy.asked[before:], "it asks for what nobody sees"

    tiles.first.scroll_into_view_if_needed()
    expect(tiles.first.locator("img")).to_be_visible()
    assert (
        tiles.first.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
    )

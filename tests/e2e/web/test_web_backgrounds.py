"""A picture of one's own behind the avatar: added, drawn before, deleted."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.web.studio import expect_avatar, new_address, sign_up

pytestmark = pytest.mark.browser

PURPLE = (150, 40, 160)
CORNER = """async picture => {
    await picture.decode();
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.drawImage(picture, 2, 2, 1, 1, 0, 0, 1, 1);
    return [picture.naturalWidth, ...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}"""


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (900, 600), PURPLE).save(data, "JPEG", quality=95)
    return data.getvalue()


def test_a_picture_of_ones_own_stands_behind_the_avatar(page: Page) -> None:
    sign_up(page, new_address())
    page.get_by_role("button", name="Make avatar").click()
    expect_avatar(page)
    page.get_by_role("tab", name="Pictures").click()
    page.get_by_label("Background").select_option(label="a picture of mine")
    own = page.locator("own-backgrounds")
    expect(own.get_by_text("None yet")).to_be_visible()
    sent: FilePayload = {"name": "purple.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    own.get_by_label("Add a picture").set_input_files(sent)
    tile = own.get_by_role("button", name="purple", exact=True)
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(tile.locator("img")).to_be_visible()
    page.get_by_label("Size").select_option(label="512 pixels")
    page.get_by_role("button", name="Draw picture").click()
    drawn = page.get_by_role("img", name="The avatar, drawn as chosen")
    expect(drawn).to_be_visible()
    size, *corner = drawn.evaluate(CORNER)
    assert size == 512
    assert max(abs(seen - meant) for seen, meant in zip(corner, PURPLE, strict=True)) <= 4
    own.get_by_role("button", name="Delete the picture purple").click()
    own.get_by_role("group").get_by_role("button", name="Delete", exact=True).click()
    expect(own.get_by_text("None yet")).to_be_visible()
    expect(drawn).to_be_visible()

"""The main way in the browser: sign up, measure, dress, take the file home."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.web.studio import (
    PASSWORD,
    ask,
    expect_avatar,
    expect_preview,
    measure,
    new_address,
    picture,
    sign_up,
    traffic,
)

pytestmark = pytest.mark.browser


def glb_document(path: Path) -> dict[str, Any]:
    """The JSON of a GLB, whose header must tell the truth."""
    data = path.read_bytes()
    magic, version, length, size, kind = struct.unpack_from("<4sIIII", data)
    assert (magic, version, length, kind) == (b"glTF", 2, len(data), 0x4E4F534A)
    document: dict[str, Any] = json.loads(data[20 : 20 + size])
    return document


def test_measurements_in_a_dressed_glb_out(page: Page, tmp_path: Path) -> None:
    sign_up(page, new_address())
    typical = picture(page)

    with traffic(page, "/v1/avatars/preview") as previews:
        ask(page, "Stature", "181.2")
        ask(page, "Hip girth", "112")
        expect(measure(page, "Hip girth")).to_contain_text("Set by you")
        expect(measure(page, "Thigh girth")).to_contain_text("Estimated")
        measured = picture(page)
    assert measured != typical
    assert previews.bodies[-1] == {
        "measurements": {"stature": 1812, "hip_girth": 1120},
        "bodyType": "feminine",
    }

    page.locator("garment-card").first.get_by_role("button").click()
    expect(page.locator("size-fit")).to_contain_text("suits these measurements best")
    expect(page.locator("size-fit tbody tr").first).to_contain_text("mm")
    page.get_by_role("button", name="Make avatar").click()
    expect_avatar(page)
    expect(page.locator("receipt-panel .badge")).to_have_text("Within ISO 20685")
    stature = page.locator("receipt-panel tr", has=page.get_by_role("button", name="Stature"))
    expect(stature.locator("td").first).to_have_text("181.2")
    whole_body = page.locator("receipt-panel body-quantities")
    for unit in (" L", " m²", " kg"):
        expect(whole_body).to_contain_text(unit)
    dressed = picture(page)
    assert dressed != measured

    page.get_by_role("button", name="Hip girth", exact=True).hover()
    expect(page.locator("receipt-panel tr.shown")).to_have_count(1)
    assert picture(page) != dressed, "the tape is not to be seen"

    with page.expect_download() as download:
        page.get_by_role("link", name="Download GLB").click()
    first = tmp_path / "first.glb"
    download.value.save_as(first)
    document = glb_document(first)
    assert len(document["meshes"]) >= 2
    assert len(document["skins"][0]["joints"]) >= 20

    page.get_by_role("button", name="Other formats").click()
    with page.expect_download() as other:
        page.get_by_role("button", name="STL").click()
    assert other.value.suggested_filename.endswith(".stl")
    printable = tmp_path / "printable.stl"
    other.value.save_as(printable)
    (triangles,) = struct.unpack_from("<I", printable.read_bytes(), 80)
    assert printable.stat().st_size == 84 + 50 * triangles

    page.get_by_role("tab", name="Outfit").click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as patched:
        page.locator("garment-card").first.get_by_role("radio", checked=False).first.check()
    assert patched.value.status == 200
    page.get_by_role("tab", name="Avatars").click()
    expect(page.locator("avatars-panel li")).to_have_count(1)


def test_a_dragged_slider_is_followed_by_one_preview_at_a_time(page: Page) -> None:
    # Chromium holds each move until a frame is drawn, and a processor draws a small window sooner.
    page.set_viewport_size({"width": 1180, "height": 480})
    sign_up(page, new_address())
    before = picture(page)
    with traffic(page, "/v1/avatars/preview") as previews:
        slider = page.get_by_role("slider", name="Waist girth")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None
        height = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.3, height)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, height, steps=8)
        page.mouse.up()
        shown = slider.input_value()
        after = picture(page)
    assert previews.most_at_once == 1
    assert previews.bodies[-1]["measurements"] == {"waist_girth": int(shown)}
    assert after != before

    measure(page, "Waist girth").get_by_role("button", name="back to the estimate").click()
    expect(measure(page, "Waist girth")).to_contain_text("Estimated")
    assert picture(page) == before


LOSE_THE_CARD = """async canvas => {
    const card = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
    const happens = event => new Promise(done => canvas.addEventListener(event, done, { once: true }));
    const lost = happens("webglcontextlost");
    card.loseContext();
    await lost;
    const restored = happens("webglcontextrestored");
    setTimeout(() => card.restoreContext());
    await restored;
}"""


def test_the_body_is_there_again_when_the_card_was_lost(page: Page) -> None:
    sign_up(page, new_address())
    before = picture(page)
    page.locator("atelier-viewer canvas").evaluate(LOSE_THE_CARD)
    assert picture(page) == before


def test_a_number_that_cannot_be_is_explained_at_its_field(page: Page) -> None:
    sign_up(page, new_address())
    with traffic(page, "/v1/avatars/preview") as previews:
        ask(page, "Inside leg", "30")
        expect(measure(page, "Inside leg").get_by_role("alert")).to_contain_text("Enter a number from")
    assert previews.bodies == []
    # Each is possible; nobody has both.
    ask(page, "Stature", "150")
    ask(page, "Inside leg", "110")
    expect(page.locator("measurement-slider").get_by_role("alert")).not_to_have_count(0)


def test_an_account_is_asked_for_and_kept(page: Page) -> None:
    email = page.get_by_label("E-mail address")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Please fill in this field.")).to_have_count(2)
    expect(email).to_be_focused()

    address = new_address()
    sign_up(page, address)
    page.reload()
    expect_preview(page)

    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in").click()
    email.fill(address)
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.reload()
    expect(email).to_be_visible()


def test_a_studio_that_cannot_be_fetched_is_asked_for_again(page: Page) -> None:
    held: list[Route] = []
    page.route("**/assets/studio-view*", lambda route: held.append(route))
    page.get_by_label("E-mail address").fill(new_address())
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_request("**/assets/studio-view*"):
        page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("status")).to_have_text("Loading…")
    held[0].abort()
    expect(page.get_by_role("alert")).to_contain_text("Atelier does not answer")
    page.unroute("**/assets/studio-view*")
    page.get_by_role("button", name="Try again").click()
    expect_preview(page)


def test_a_lost_session_leads_to_the_log_in(page: Page) -> None:
    sign_up(page, new_address())
    page.evaluate(
        """async () => {
            const refreshToken = sessionStorage.getItem("atelier.refreshToken");
            const headers = { "content-type": "application/json" };
            await fetch("/v1/auth/logout", { method: "POST", headers, body: JSON.stringify({ refreshToken }) });
        }"""
    )
    page.reload()
    expect(page.get_by_label("E-mail address")).to_be_visible()

"""The account's pages in the browser: one walk through what a person may change, one through a batch, one by keyboard."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Download, Locator, Page, Route, ViewportSize, expect

from tests.e2e.web.studio import PASSWORD, new_address

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 780}
NEW_PASSWORD = "needle & 3 spools of silk"
SECTIONS = ("Profile", "Credits", "Batches", "API keys", "Webhooks", "Sessions", "Your data")


@pytest.fixture
def api(platform_url: str) -> Iterator[httpx.Client]:
    """The platform beside the page: what the page says has happened is looked up there."""
    with httpx.Client(base_url=platform_url, timeout=30) as client:
        yield client


def begin(page: Page, email: str) -> None:
    """A new person, who comes by a link to the account."""
    page.goto("/#account/profile")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(heading(page)).to_have_text("Profile")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def visit(page: Page, section: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=section).click()
    expect(heading(page)).to_have_text(section)


def taken(page: Page, press: Callable[[], None]) -> Download:
    with page.expect_download() as download:
        press()
    return download.value


def log_in(api: httpx.Client, email: str, password: str) -> httpx.Response:
    return api.post("/v1/auth/login", json={"email": email, "password": password})


def test_a_person_looks_after_the_account_and_ends_it(page: Page, api: httpx.Client, tmp_path: Path) -> None:
    email = new_address()
    begin(page, email)
    elsewhere = log_in(api, email, PASSWORD).json()["refreshToken"]

    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("radio", name="Français").first.check(force=True)
    expect(heading(page)).to_have_text("Profil")
    expect(page.get_by_label("Nom")).to_have_value("Ada")
    page.get_by_role("radio", name="English").first.check(force=True)

    visit(page, "Sessions")
    others = page.locator("sessions-page li", has=page.get_by_role("button"))
    others.get_by_role("button").click()
    others.get_by_role("button", name="End", exact=True).click()
    expect(others).to_have_count(0)
    refused = api.post("/v1/auth/refresh", json={"refreshToken": elsewhere})
    assert refused.status_code == HTTPStatus.UNAUTHORIZED

    visit(page, "Profile")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your other sessions have ended")).to_be_visible()
    assert log_in(api, email, PASSWORD).status_code == HTTPStatus.UNAUTHORIZED

    visit(page, "API keys")
    page.get_by_label("Name").fill("Kiosk")
    page.get_by_label("See the account").check()
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_label("Your new key").input_value()
    known = api.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).json()
    assert (known["email"], known["displayName"]) == (email, "Ada")
    page.get_by_role("button", name="I have put it away").click()
    page.get_by_role("button", name="Revoke the key Kiosk").click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.locator("keys-page li")).to_have_count(0)

    visit(page, "Webhooks")
    page.get_by_label("Address of your server").fill("https://10.0.0.1/")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_label("Address of your server")).to_have_attribute("aria-invalid", "true")

    visit(page, "Your data")
    page.get_by_role("button", name="Allow: Better models").click()
    expect(page.get_by_role("button", name="Take back: Better models")).to_be_visible()
    exported = tmp_path / "export.json"
    taken(page, page.get_by_role("button", name="Download everything").click).save_as(exported)
    assert email in json.dumps(json.loads(exported.read_text())["account"])

    page.get_by_role("button", name="Delete my account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("That is not your password.")).to_be_visible()
    page.get_by_label("Your password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    assert log_in(api, email, NEW_PASSWORD).status_code == HTTPStatus.UNAUTHORIZED


def table(rows: int) -> dict[str, str | bytes]:
    """A file as the page's field takes it."""
    lines = ["reference,bodyType,stature", *(f"person {row},feminine,{1600 + row}" for row in range(rows))]
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def ask_for(page: Page, file: dict[str, str | bytes]) -> None:
    page.get_by_label("Table of people").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Start the batch").click()


def test_a_batch_is_followed_through_a_lost_connection_and_taken_home(page: Page) -> None:
    begin(page, new_address())
    cut: list[str] = []

    def cut_the_first(route: Route) -> None:
        if cut:
            route.continue_()
        else:
            cut.append(route.request.url)
            route.abort()

    page.route("**/v1/jobs/*/events", cut_the_first)
    visit(page, "Batches")
    ask_for(
        page, {"name": "people.csv", "mimeType": "text/csv", "buffer": b"bodyType,stature\nfeminine,tall\n"}
    )
    expect(page.get_by_role("alert")).to_contain_text("Row 1, Stature:")
    ask_for(page, table(101))
    expect(page.get_by_role("alert")).to_contain_text("Credits needed: 101. Available: 100.")

    ask_for(page, table(3))
    three = page.get_by_role("article", name="Batch of 3")
    expect(three).to_contain_text("Connection lost")
    expect(three).to_contain_text("completed")
    assert len(cut) == 1
    archive = taken(page, three.get_by_role("button", name="avatars.zip").click)
    with zipfile.ZipFile(io.BytesIO(archive.path().read_bytes())) as made:
        assert sum(name.endswith(".glb") for name in made.namelist()) == 3

    ask_for(page, table(60))
    sixty = page.get_by_role("article", name="Batch of 60")
    sixty.get_by_role("button", name="Cancel the batch").click()
    sixty.get_by_role("group").get_by_role("button", name="Cancel the batch").click()
    expect(sixty).to_contain_text("cancelled")

    visit(page, "Credits")
    expect(page.locator("credits-page li .name").last).to_have_text("Welcome")
    # The other batch may have been cancelled after three as well.
    expect(page.get_by_text("Work paid: 3", exact=True).last).to_be_visible()


def test_a_phone_and_a_keyboard_reach_every_section(page: Page) -> None:
    page.set_viewport_size(PHONE)
    begin(page, new_address())
    for section in SECTIONS[1:]:
        link = page.get_by_role("navigation").get_by_role("link", name=section)
        link.focus()
        link.press("Enter")
        expect(heading(page)).to_have_text(section)
        expect(heading(page)).to_be_focused()
        expect(link).to_have_attribute("aria-current", "page")
        expect(link).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        account = page.locator("account-view")
        assert account.evaluate("view => view.scrollWidth - view.clientWidth") == 0
    page.go_back()
    expect(heading(page)).to_have_text("Sessions")
    page.get_by_role("navigation").get_by_role("link", name="Studio").click()
    expect(page.locator("studio-view")).to_be_visible()

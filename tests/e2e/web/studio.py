"""The page as a person uses it: what to click, and what to see."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

MOST_PICTURES = 8
PASSWORD = "chalk, thread & 2 needles"


def new_address() -> str:
    return f"{uuid.uuid4().hex}@example.org"


def sign_up(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect_preview(page)


def expect_preview(page: Page) -> None:
    expect(page.locator("atelier-viewer")).to_have_attribute("shows", "preview")
    expect(page.get_by_role("slider")).to_have_count(15)


def expect_avatar(page: Page) -> None:
    expect(page.locator("atelier-viewer")).to_have_attribute("shows", "avatar")


def measure(page: Page, name: str) -> Locator:
    """The row of one measurement, by the words on the page."""
    return page.locator("measurement-slider", has=page.get_by_role("slider", name=name, exact=True))


def ask(page: Page, name: str, centimetres: str) -> None:
    number = measure(page, name).get_by_role("textbox")
    number.fill(centimetres)
    number.press("Enter")


def picture(page: Page) -> bytes:
    """The viewer's pixels, once it has what is asked and two pictures in a row are the same."""
    viewer = page.locator("atelier-viewer")
    expect(viewer).to_have_attribute("aria-busy", "false")
    canvas = viewer.locator("canvas")
    before = canvas.screenshot()
    for _ in range(MOST_PICTURES):
        now = canvas.screenshot()
        if now == before:
            return now
        before = now
    raise AssertionError("the viewer does not come to rest")


@dataclass
class Traffic:
    """Requests to one path, in their order."""

    bodies: list[Any] = field(default_factory=list)
    most_at_once: int = 0
    _open: set[Request] = field(default_factory=set)

    def started(self, request: Request) -> None:
        self.bodies.append(request.post_data_json)
        self._open.add(request)
        self.most_at_once = max(self.most_at_once, len(self._open))

    def ended(self, request: Request) -> None:
        self._open.discard(request)


@contextmanager
def traffic(page: Page, path: str) -> Iterator[Traffic]:
    """Listens to the requests that the page sends to `path`."""
    seen = Traffic()

    def started(request: Request) -> None:
        if request.url.endswith(path):
            seen.started(request)

    page.on("request", started)
    page.on("requestfinished", seen.ended)
    page.on("requestfailed", seen.ended)
    yield seen
    page.remove_listener("request", started)
    page.remove_listener("requestfinished", seen.ended)
    page.remove_listener("requestfailed", seen.ended)

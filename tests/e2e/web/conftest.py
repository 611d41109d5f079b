"""A Chromium, and a page of it per test that must end without an error in its console."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.e2e.web.patience import ACTION_MS, patience

ARGUMENTS = [
    "--no-sandbox",
    # WebGL without a graphics card.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP: ViewportSize = {"width": 1200, "height": 720}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one file: while it lives, it keeps an event loop running, and no asyncio test can run in the same thread."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    executable = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if executable is None:
        pytest.fail("Chromium is not installed: run `make chromium`")
    browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, platform_url: str) -> Iterator[Page]:
    """An English desktop window on the platform's page."""
    context = browser.new_context(
        base_url=platform_url, viewport=DESKTOP, locale="en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(ACTION_MS)
    expect.set_options(timeout=ACTION_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.extend(_fault(message)))
    page.goto("/")
    yield page
    context.close()
    assert faults == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None, object, object]:
    """A page test that hangs fails alone, before pytest-timeout ends it."""
    browser = item.funcargs.get("browser")
    if not isinstance(browser, Browser):
        return (yield)
    with patience(browser):
        return (yield)


def _fault(message: ConsoleMessage) -> list[str]:
    """What a console line says against the page; a refused request is written there by Chromium itself."""
    expected = message.type != "error" or message.text.startswith("Failed to load resource")
    return [] if expected else [message.text]

"""What a page test that hangs does to itself, and to those after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.web.patience import ACTION_MS, JOB_MS, TEST_S, patience

pytestmark = pytest.mark.browser


def test_a_test_that_hangs_fails_alone_and_says_where(browser: Browser) -> None:
    page = browser.new_page()
    with pytest.raises(pytest.fail.Exception, match=r'still waited: page\.evaluate\("new Promise'):  # noqa: SIM117
        with patience(browser, limit_s=0.5):
            page.evaluate("new Promise(() => {})")
    page.close()
    after = browser.new_page()
    assert after.evaluate("6 * 7") == 42
    after.close()


def test_what_fails_by_itself_says_so_itself(browser: Browser) -> None:
    page = browser.new_page()
    with pytest.raises(AssertionError, match="to be visible"), patience(browser):
        expect(page.locator("main")).to_be_visible(timeout=1)
    page.close()


def test_a_page_gives_up_before_the_runner_does(request: pytest.FixtureRequest) -> None:
    limit = request.node.get_closest_marker("timeout")
    assert ACTION_MS < JOB_MS < TEST_S * 1000 < limit.args[0] * 1000

"""How long page tests wait, and what ends one that would wait for ever: it fails alone, and says what it waited for.

Several of playwright's calls have no timeout of their own: `evaluate`, and everything of the mouse, which waits for a
frame at each step. pytest-timeout's signal would hit playwright's loop, and with it the tests that come after.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Error

ACTION_MS = 30_000
"""For one thing on the page: a processor draws where users have a graphics card."""
JOB_MS = 90_000
"""For a job of the platform."""
TEST_S = 240.0
"""For a whole test; pytest-timeout's is longer."""

_TESTS = Path(__file__).resolve().parents[2]


@contextmanager
def patience(browser: Browser, limit_s: float = TEST_S) -> Iterator[None]:
    """After `limit_s` ends the pages of the browser, so that whatever the test waits for there fails."""
    process = psutil.Process(_process_of(browser))
    is_over = threading.Event()

    def give_up() -> None:
        is_over.set()
        for child in process.children(recursive=True):
            if "--type=renderer" in child.cmdline():
                child.kill()

    timer = threading.Timer(limit_s, give_up)
    timer.start()
    try:
        yield
    except (Error, AssertionError) as failure:
        if not is_over.is_set():
            raise
        pytest.fail(f"after {limit_s:g} s the page test still waited: {_waited_for(failure)}")
    finally:
        timer.cancel()


def _process_of(browser: Browser) -> int:
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    (number,) = (process["id"] for process in processes if process["type"] == "browser")
    return int(number)


def _waited_for(failure: BaseException) -> str:
    """The innermost line of the tests that led to the failure."""
    lines = traceback.extract_tb(failure.__traceback__)
    line = [line for line in lines if _TESTS in Path(line.filename).parents][-1]
    return f"{line.line} ({Path(line.filename).name}:{line.lineno})"

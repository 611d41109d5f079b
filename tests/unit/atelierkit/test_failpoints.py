"""Places that fail on demand, and never without one."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from atelierkit import failpoints
from atelierkit.failpoints import Action, FailpointHit


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoints.arm("")


def test_the_text_is_read_whole() -> None:
    assert failpoints.parse("a.b=crash; c=sleep:0.5;d=raise ;e=raise:ENOSPC;f=draw:0.2") == {
        "a.b": Action("crash"),
        "c": Action("sleep", seconds=0.5),
        "d": Action("raise"),
        "e": Action("raise", number=errno.ENOSPC),
        "f": Action("draw", share=0.2),
    }


@pytest.mark.parametrize(
    "text", ["a", "=crash", "a=crash:1", "a=sleep", "a=sleep:soon", "a=raise:ENOTHING", "a=draw", "a=b"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a failpoint|could not convert"):
        failpoints.arm(text)


async def test_a_place_fails_only_while_it_is_armed() -> None:
    failpoints.hit("here")
    failpoints.arm("here=raise")
    failpoints.hit("elsewhere")
    with pytest.raises(FailpointHit, match="here"):
        failpoints.hit("here")
    with pytest.raises(FailpointHit, match="here"):
        await failpoints.reach("here")
    failpoints.arm("")
    await failpoints.reach("here")


def test_some_passes_are_drawn_where_that_is_armed() -> None:
    assert not failpoints.drawn("here")
    failpoints.arm("here=draw:0.2")
    assert 300 < sum(failpoints.drawn("here") for _ in range(2000)) < 500
    assert not failpoints.drawn("elsewhere")


async def test_an_errno_is_raised_as_the_system_would() -> None:
    failpoints.arm("disk=raise:ENOSPC")
    with pytest.raises(OSError, match="No space left") as raised:
        await failpoints.reach("disk")
    assert raised.value.errno == errno.ENOSPC


async def test_a_wait_takes_its_time() -> None:
    failpoints.arm("slow=sleep:0.05")
    began = time.monotonic()
    await failpoints.reach("slow")
    failpoints.hit("slow")
    assert time.monotonic() - began >= 0.1


def test_a_crash_leaves_nothing_running_after_it() -> None:
    code = "import atexit; from atelierkit import failpoints as f; atexit.register(print, 'told'); f.arm('x=crash'); f.hit('x')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "")

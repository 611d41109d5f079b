"""A benchmark whose child ends says why, and ends too."""

from __future__ import annotations

import sys

import pytest

from benchmarks.gateway import child, until

DIES = [sys.executable, "-c", "import sys; sys.exit('the port is taken')"]
WAITS = [sys.executable, "-c", "print('I wait', flush=True); input()"]


def test_a_child_that_ends_is_told_with_its_log() -> None:
    with child(DIES) as dies, pytest.raises(SystemExit, match=r"(?s)ended with 1:.the port is taken"):
        until(lambda: False, [dies])


def test_one_that_never_answers_is_given_up() -> None:
    with child(WAITS) as waits, pytest.raises(SystemExit, match="runs, and does not answer"):
        until(lambda: False, [waits], within_s=0.0)


def test_what_holds_is_not_waited_for() -> None:
    with child(DIES) as dies:
        dies.process.wait()
        until(lambda: True, [dies])

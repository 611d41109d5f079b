"""Every revision of a service says in its name when it may run."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest

from tests.arch.source_tree import ROOT

FOLDERS = sorted((ROOT / "services").glob("*/migrations/versions"))
NAME = re.compile(r"(?P<number>\d{4})_(pre|post)_[a-z0-9_]+\.py")


def misnamed(folder: Path) -> list[str]:
    """Files without number and phase, or out of their turn."""
    files = sorted(path.name for path in folder.glob("*.py"))
    turns = zip(files, count(1), strict=False)
    return [
        name
        for name, turn in turns
        if (matched := NAME.fullmatch(name)) is None or int(matched["number"]) != turn
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parts[-3])
def test_revisions_are_numbered_and_say_their_phase(folder: Path) -> None:
    assert misnamed(folder) == []


def test_the_rule_can_fail(tmp_path: Path) -> None:
    for name in ("0001_pre_a.py", "0003_post_b.py", "0004_later_c.py"):
        (tmp_path / name).touch()
    assert misnamed(tmp_path) == ["0003_post_b.py", "0004_later_c.py"]

"""Places that fail on demand are armed by experiments alone."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = b"ATELIER_FAILPOINTS"


def naming(folder: Path) -> list[Path]:
    """Files below that name the variable."""
    files = (path for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return [path for path in files if NAME in path.read_bytes()]


def test_the_experiments_arm_them() -> None:
    assert ROOT / "tests/faults/harness/stack.py" in naming(ROOT / "tests/faults")


@pytest.mark.parametrize("folder", ["deploy", ".ci"])
def test_nothing_that_is_deployed_does(folder: str) -> None:
    assert naming(ROOT / folder) == []

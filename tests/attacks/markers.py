"""Which tests try which attack, as pytest collects them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
_USES = ("mark.attack(", "tests.attacks.cases")
"""One of them is in each file whose tests are marked."""
_BEGIN = "marked: "
_MOST_TOLD = 2000
"""Characters of what pytest said; its last lines say what was wrong."""


class Mark(NamedTuple):
    """One case of a test that tries an attack."""

    attack: str
    path: str
    """The test's file, relative to the repository."""
    name: str
    """Its function."""
    ways: int
    """In how many ways it tries it each time it runs."""


class CannotCollect(Exception):
    """A marked test cannot be collected; the text is what pytest said."""


class Trial(NamedTuple):
    """One test function with all its cases."""

    path: str
    name: str
    ways: int


def found(collected: Iterable[pytest.Item] = ()) -> Mapping[str, Sequence[Trial]]:
    """Tests by attack. Those that are collected already are not collected again, which takes seconds.

    Raises CannotCollect.
    """
    collected = list(collected)
    known = {item.path for item in collected}
    others = [path for path in sorted(TESTS.rglob("test_*.py")) if path not in known and _is_marked(path)]
    ways: Counter[tuple[str, str, str]] = Counter()
    for mark in (*_marks(collected), *_collected_apart(others)):
        ways[mark.attack, mark.path, mark.name] += mark.ways
    by_attack = defaultdict(list)
    for (attack, path, name), count in sorted(ways.items()):
        by_attack[attack].append(Trial(path, name, count))
    return by_attack


def _is_marked(path: Path) -> bool:
    text = path.read_text("utf-8")
    return any(use in text for use in _USES)


def _marks(items: Iterable[pytest.Item]) -> Iterator[Mark]:
    for item in items:
        path, name = str(item.path.relative_to(ROOT)), getattr(item, "originalname", item.name)
        for mark in item.iter_markers("attack"):
            for attack in mark.args:
                yield Mark(attack, path, name, mark.kwargs.get("ways", 1))


def _collected_apart(paths: Sequence[Path]) -> Iterator[Mark]:
    """In a process of its own, for pytest collects once."""
    if not paths:
        return
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "tests.attacks.markers",
        *map(str, paths),
    ]
    command += ["-p", "no:cacheprovider", "-p", "no:randomly"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if run.returncode:
        raise CannotCollect(run.stdout[-_MOST_TOLD:] + run.stderr)
    for mark in json.loads(run.stdout.rpartition(_BEGIN)[2].partition("\n")[0]):
        yield Mark(*mark)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """In that process: tell all marks on one line of standard output."""
    sys.stdout.write(f"\n{_BEGIN}{json.dumps(list(_marks(session.items)))}\n")

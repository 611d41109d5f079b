"""`docs/attacks.md`: every attack, its answer, and the tests that try it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from tests.attacks.catalogue import ATTACKS, Attack
from tests.attacks.markers import ROOT, Trial

PAGE = ROOT / "docs" / "attacks.md"
_HEAD = """# Attacks

What is tried against the platform, the answer that it must get, and the tests that try it, each in three ways at least.
Tests name what they try with `@pytest.mark.attack("A16")`; `pytest -m attack` runs them all. The list is
[tests/attacks/catalogue.py](../tests/attacks/catalogue.py), and `python -m tests.attacks` writes this page from both.

| id | what is tried | answer | tests |
|---|---|---|---|
"""


def page(tests: Mapping[str, Sequence[Trial]]) -> str:
    """The page as it should be."""
    return _HEAD + "".join(f"{_row(attack, tests.get(attack.id, ()))}\n" for attack in ATTACKS)


def _row(attack: Attack, tests: Sequence[Trial]) -> str:
    told = [" ".join(_by_file(tests)), attack.lacks]
    return f"| {attack.id} | {attack.tried} | {attack.answer} | {' '.join(filter(None, told))} |"


def _by_file(tests: Sequence[Trial]) -> Iterator[str]:
    for path, _ in groupby(tests, key=lambda test: test.path):
        yield f"[{Path(path).stem.removeprefix('test_')}](../{path})"

"""docs/metrics.md and the code say the same: every metric, its kind and its labels, both ways."""

from __future__ import annotations

import re

from tests.arch.declared_metrics import declared, kind_of, labels_of
from tests.arch.source_tree import ROOT

_ROW = re.compile(r"^\| `(atelier_[a-z0-9_]+)` \| (\w+) \| ([\w, ]*?) ?\|", re.MULTILINE)
_FORBIDDEN = {
    "id",
    "owner",
    "account",
    "email",
    "user",
    "avatar",
    "request_id",
    "trace_id",
    "path",
    "key",
    "query",
}


def _page() -> dict[str, tuple[str, set[str]]]:
    rows = _ROW.findall((ROOT / "docs" / "metrics.md").read_text())
    names = [name for name, _, _ in rows]
    assert len(names) == len(set(names))
    return {name: (kind, set(labels.replace(",", " ").split())) for name, kind, labels in rows}


def test_the_page_says_what_the_code_declares() -> None:
    code = {name: (kind_of(metric), labels_of(metric)) for name, metric in declared().items()}
    assert len(code) > 30
    assert _page() == code


def test_no_label_tells_one_thing_or_person_from_another() -> None:
    for name, metric in declared().items():
        assert labels_of(metric) & _FORBIDDEN == set(), name

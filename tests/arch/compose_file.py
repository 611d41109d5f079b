"""compose.yaml as Docker reads it: variables replaced by their defaults, anchors followed."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from tests.arch.source_tree import ROOT

FOLDER = ROOT / "deploy" / "compose"


@cache
def document() -> dict[str, Any]:
    """The whole file."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (FOLDER / "compose.yaml").read_text("utf-8"))
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


def services() -> dict[str, dict[str, Any]]:
    """Every container by name."""
    found: dict[str, dict[str, Any]] = document()["services"]
    return found

"""The committed dashboards, and what their queries, the pages and the rules name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.grafana import files

ROOT = Path(__file__).resolve().parents[4]
METRICS = (ROOT / "docs" / "metrics.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "dashboards.md").read_text("utf-8")
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted(files.FOLDER.glob("*.json"))
}
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?=\{)|\w+:\w+:\w+")
_PARTS_OF_HISTOGRAMS = re.compile(r"_(bucket|count|sum)$")


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that show something."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[str]:
    """Every query of every panel."""
    for dashboard in DASHBOARDS.values():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                yield target["expr"]


def metrics(expression: str) -> set[str]:
    """Metrics that a query asks for."""
    return set(_NAME.findall(re.sub(r'"[^"]*"', '""', expression)))


def histogram(metric: str) -> str:
    """The histogram of ours that the series is a part of, else the metric itself."""
    whole = _PARTS_OF_HISTOGRAMS.sub("", metric)
    return whole if whole in documented(METRICS) else metric


def documented(page: str) -> set[str]:
    """First names in the rows of the page's tables."""
    return set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))


def foreign() -> set[str]:
    """Metrics of others that docs/dashboards.md lists."""
    section = PAGE.partition("## Metrics of others")[2]
    return {
        name for row in section.splitlines() if row.startswith("|") for name in re.findall(r"`(\w+)`", row)
    }

"""Every question that the committed dashboards ask Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.grafana import files
from deploy.grafana.picture import answers

VARIABLES = {"namespace": ".*", "instance": ".*", "__rate_interval": "30s", "__range": "60s"}
"""What Grafana puts in their place while everything is chosen."""


@dataclass(frozen=True)
class Question:
    """One query of one panel."""

    board: str
    panel: str
    template: str
    """With Grafana's variables."""
    legend: str
    exemplars: bool

    def __str__(self) -> str:
        return f"{self.board}: {self.panel}: {self.legend}"

    @property
    def expression(self) -> str:
        """With everything chosen."""
        return filled(self.template)

    @property
    def labels(self) -> set[str]:
        """Labels that the legend names."""
        return {label.strip() for label in re.findall(r"{{(.*?)}}", self.legend)}


def dashboards() -> dict[str, dict[str, Any]]:
    """The committed dashboards by uid."""
    found: list[dict[str, Any]] = [
        json.loads(path.read_text()) for path in sorted(files.FOLDER.glob("*.json"))
    ]
    return {dashboard["uid"]: dashboard for dashboard in found}


def questions() -> Iterator[Question]:
    """All of them."""
    for uid, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                yield Question(
                    uid, panel["title"], target["expr"], target["legendFormat"], target["exemplar"]
                )


def filled(template: str, **chosen: str) -> str:
    """The query with everything chosen, or with what is given."""
    return answers.filled(template, VARIABLES | chosen)

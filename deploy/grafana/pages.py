"""The runbooks as a dashboard: they come with the platform, and are read where its curves are."""

from __future__ import annotations

import re
from pathlib import Path

from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.builders import text
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.text import TextMode

from deploy.grafana import runbooks
from deploy.grafana.board import TAG, WIDTH

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
_HEIGHT = 20
_TO_A_RUNBOOK = re.compile(r"\]\((\w+)\.md\)")
_TO_ANOTHER_PAGE = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")


def build(folder: Path = FOLDER) -> models.Dashboard:
    """A panel for each page, in the order of their names."""
    made = (
        dashboards.Dashboard("Atelier / Runbooks")
        .uid(runbooks.UID)
        .description("What does an alert mean, and what is to be done?")
        .tags([TAG])
        .readonly()
    )
    pages = sorted(folder.glob("*.md"))
    for page in pages:
        made.with_panel(
            text.Panel()
            .title(page.stem)
            .mode(TextMode.MARKDOWN)
            .content(content(page.read_text("utf-8")))
            .span(WIDTH)
            .height(_HEIGHT)
        )
    built = made.build()
    for page, panel in zip(pages, built.panels or [], strict=True):
        panel.id_val = runbooks.number(page.stem)
    return built


def content(page: str) -> str:
    """The page without its heading, which is the panel's; its links lead within Grafana, or say where the page lies."""
    _, _, body = page.partition("\n")
    body = _TO_A_RUNBOOK.sub(lambda found: f"]({runbooks.path(found[1])})", body)
    return _TO_ANOTHER_PAGE.sub(r"\1 (docs/\2)", body).strip() + "\n"

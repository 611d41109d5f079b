"""The files that Grafana reads; a test proves that the committed ones are fresh."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana import pages, runbooks
from deploy.grafana.boards import BOARDS

FOLDER = Path(__file__).with_name("dashboards")
RUNBOOKS = FOLDER / "runbooks" / f"{runbooks.UID}.json"
"""Apart from those that ask Prometheus, in a folder that Grafana's provisioning finds as well."""


def committed() -> dict[Path, str]:
    """Every dashboard's file, by its path."""
    return {FOLDER / f"{board.uid}.json": _json(board.build()) for board in BOARDS}


def the_runbooks() -> dict[Path, str]:
    """The file of the runbooks, by its path."""
    return {RUNBOOKS: _json(pages.build())}


def _json(dashboard: models.Dashboard) -> str:
    return json.dumps(dashboard, cls=JSONEncoder, indent=1, ensure_ascii=False) + "\n"

"""The files that Grafana reads; a test proves that the committed ones are fresh."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.board import Board
from deploy.grafana.boards import BOARDS

FOLDER = Path(__file__).with_name("dashboards")


def committed() -> dict[Path, str]:
    """Every dashboard's file, by its path."""
    return {FOLDER / f"{board.uid}.json": _json(board) for board in BOARDS}


def _json(board: Board) -> str:
    return json.dumps(board.build(), cls=JSONEncoder, indent=1, ensure_ascii=False) + "\n"

"""`python -m deploy.grafana` writes `dashboards/*.json`, which is what Grafana reads."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.board import Board
from deploy.grafana.boards import BOARDS

DASHBOARDS = Path(__file__).with_name("dashboards")


def text(board: Board) -> str:
    """The dashboard's file."""
    return json.dumps(board.build(), cls=JSONEncoder, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    wanted = {DASHBOARDS / f"{board.uid}.json": text(board) for board in BOARDS}
    for stale in set(DASHBOARDS.glob("*.json")) - wanted.keys():
        stale.unlink()
    for path, content in wanted.items():
        path.write_text(content)
    print(f"{len(wanted)} dashboards are in {DASHBOARDS}.")


if __name__ == "__main__":
    main()

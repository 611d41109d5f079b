"""Every dashboard, in the order in which docs/dashboards.md tells of them."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.grafana.board import Board
from deploy.grafana.boards import (
    credits,
    database,
    gateway,
    generation,
    inference,
    jobs,
    mesher,
    overview,
    people,
    tryon,
)

BOARDS: Sequence[Board] = (
    overview.BOARD,
    gateway.BOARD,
    generation.BOARD,
    mesher.BOARD,
    people.BOARD,
    credits.BOARD,
    tryon.BOARD,
    jobs.BOARD,
    inference.BOARD,
    database.BOARD,
)

"""How often the mesher broke down over a thing, counted where the thing lies."""

from __future__ import annotations

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.generator.adapters.tables.albums import VideoOrderRow
from services.generator.adapters.tables.faces import PhotoOrderRow
from services.generator.adapters.tables.generations import GenerationRow
from services.generator.adapters.tables.jobs import BatchItemRow

Counting = type[BatchItemRow] | type[GenerationRow] | type[PhotoOrderRow] | type[VideoOrderRow]
"""Tables of things that the mesher may break down over."""


async def count_breakdown(session: AsyncSession, rows: Counting, *which: ColumnElement[bool]) -> int:
    """Count another one over the one row; gives how many there were, 0 where it is gone."""
    counted = await session.scalar(
        update(rows)
        .where(*which)
        .values(breakdowns=rows.breakdowns + 1)
        .returning(rows.breakdowns)
        .execution_options(synchronize_session=False)
    )
    return counted or 0

"""Poses in PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from services.catalog.adapters.tables.poses import PoseCategoryRow, PoseRow
from services.catalog.domain.model import Text
from services.catalog.domain.poses import (
    BodyType,
    Difficulty,
    Pose,
    PoseCategory,
    PoseFacets,
    PoseFilter,
    PoseSummary,
    Support,
)


class PostgresPoses:
    """The pose library; lists leave the joints where they are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def listed(self, asked: PoseFilter, *, limit: int, after: str) -> tuple[PoseSummary, ...]:
        query = _meant(asked).order_by(PoseRow.position).limit(limit)
        if after:
            place = select(PoseRow.position).where(PoseRow.id == after).scalar_subquery()
            query = query.where(PoseRow.position > place)
        return tuple(map(_summary, await self._session.scalars(query)))

    async def by_id(self, id: str) -> Pose | None:
        row = await self._session.get(PoseRow, id)
        if row is None:
            return None
        return Pose(_summary(row), {bone: (x, y, z, w) for bone, (x, y, z, w) in row.turns.items()})

    async def facets(self) -> PoseFacets:
        count = func.count()
        categories = await self._session.execute(
            select(PoseCategoryRow, count)
            .join(PoseRow, PoseRow.category == PoseCategoryRow.id)
            .group_by(PoseCategoryRow.id)
            .order_by(PoseCategoryRow.position)
        )
        tag = func.unnest(PoseRow.tags).label("tag")
        every_tag = select(tag).subquery()
        # By bytes, as the twin in memory sorts, whatever the database's own order is.
        name = every_tag.c.tag.collate("C")
        tags = await self._session.execute(
            select(every_tag.c.tag, count).group_by(every_tag.c.tag).order_by(name)
        )
        return PoseFacets(
            categories=[
                (PoseCategory(row.id, Text(row.name_en, row.name_fr)), number) for row, number in categories
            ],
            tags=[(found, number) for found, number in tags],
        )


def _meant(asked: PoseFilter) -> Select[tuple[PoseRow]]:
    query = select(PoseRow).options(defer(PoseRow.turns, raiseload=True))
    if asked.category:
        query = query.where(PoseRow.category == asked.category)
    if asked.tags:
        query = query.where(PoseRow.tags.contains(list(asked.tags)))
    if asked.difficulty is not None:
        query = query.where(PoseRow.difficulty == asked.difficulty.value)
    if asked.suits is not None:
        query = query.where(PoseRow.suits.contains([asked.suits.value]))
    for word in asked.words:
        query = query.where(PoseRow.words.contains(word, autoescape=True))
    return query


def _summary(row: PoseRow) -> PoseSummary:
    return PoseSummary(
        id=row.id,
        name=Text(row.name_en, row.name_fr),
        description=Text(row.description_en, row.description_fr),
        category=row.category,
        tags=tuple(row.tags),
        difficulty=Difficulty(row.difficulty),
        suits=tuple(map(BodyType, row.suits)),
        support=Support(row.support),
    )

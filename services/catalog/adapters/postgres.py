"""The catalogue in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Self

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from atelierkit import sql
from services.catalog.adapters.postgres_poses import PostgresPoses
from services.catalog.adapters.tables.garments import (
    GarmentColorRow,
    GarmentRow,
    HairstyleColorRow,
    HairstyleRow,
    SkinRow,
)
from services.catalog.domain.model import (
    Category,
    Color,
    Cut,
    EaseRange,
    Garment,
    Girths,
    HairPattern,
    Hairstyle,
    Pattern,
    Size,
    Skin,
    Text,
    Zone,
)


class PostgresGarments:
    """Garments with their charts, colours and ease: one query for each of the four tables."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def listed(self, category: Category | None, *, limit: int, after: str) -> tuple[Garment, ...]:
        query = _whole_garments().order_by(GarmentRow.position).limit(limit)
        if category is not None:
            query = query.where(GarmentRow.category == category.value)
        if after:
            place = select(GarmentRow.position).where(GarmentRow.id == after).scalar_subquery()
            query = query.where(GarmentRow.position > place)
        return tuple(map(_garment, await self._session.scalars(query)))

    async def by_id(self, ids: Collection[str]) -> Mapping[str, Garment]:
        if not ids:
            return {}
        rows = await self._session.scalars(_whole_garments().where(GarmentRow.id.in_(ids)))
        return {row.id: _garment(row) for row in rows}


class PostgresHairstyles:
    """Hairstyles with their colours."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def listed(self) -> tuple[Hairstyle, ...]:
        query = (
            select(HairstyleRow).options(selectinload(HairstyleRow.colors)).order_by(HairstyleRow.position)
        )
        return tuple(map(_hairstyle, await self._session.scalars(query)))


class PostgresSkins:
    """Skin tones."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def listed(self) -> tuple[Skin, ...]:
        rows = await self._session.scalars(select(SkinRow).order_by(SkinRow.position))
        return tuple(Skin(row.id, row.color, Text(row.name_en, row.name_fr)) for row in rows)


class PostgresUnitOfWork(sql.UnitOfWork):
    """One transaction over the catalogue."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.garments = PostgresGarments(self.session)
        self.hairstyles = PostgresHairstyles(self.session)
        self.skins = PostgresSkins(self.session)
        self.poses = PostgresPoses(self.session)
        return self


def _whole_garments() -> Select[tuple[GarmentRow]]:
    return select(GarmentRow).options(
        selectinload(GarmentRow.sizes), selectinload(GarmentRow.colors), selectinload(GarmentRow.ease)
    )


def _garment(row: GarmentRow) -> Garment:
    return Garment(
        id=row.id,
        category=Category(row.category),
        name=Text(row.name_en, row.name_fr),
        sizes=tuple(
            Size(
                size.label,
                Girths(size.chest_mm, size.waist_mm, size.hip_mm, size.upper_arm_mm, size.thigh_mm),
            )
            for size in row.sizes
        ),
        colors=_colors(row.colors),
        cut=Cut(Pattern(row.pattern), row.sleeve, row.hem, row.neckline, row.flare, row.thickness_mm),
        ease=tuple(
            EaseRange(Zone(ease.zone), ease.least_mm, ease.ideal_mm, ease.most_mm) for ease in row.ease
        ),
        licence=row.licence,
    )


def _hairstyle(row: HairstyleRow) -> Hairstyle:
    return Hairstyle(row.id, Text(row.name_en, row.name_fr), HairPattern(row.pattern), _colors(row.colors))


def _colors(rows: Iterable[GarmentColorRow | HairstyleColorRow]) -> tuple[Color, ...]:
    return tuple(Color(row.color, Text(row.name_en, row.name_fr)) for row in rows)

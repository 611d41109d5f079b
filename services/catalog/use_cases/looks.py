"""Garments, hairstyles, skins and looks. Each verb reads in one transaction: it sees one state of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from atelierkit.errors import NotFound
from atelierkit.pages import cut
from services.catalog.domain.look import resolve
from services.catalog.domain.model import Category, Garment, GarmentPage, Hairstyle, Look, LookRequest, Skin
from services.catalog.domain.ports import UnitsOfWork


@dataclass(frozen=True)
class ListGarments:
    """Shows a page of garments, of one category or all."""

    units: UnitsOfWork

    async def __call__(self, category: Category | None, limit: int, after: str) -> GarmentPage:
        """In the catalogue's order, from behind the garment `after`; from the first, where it is empty."""
        async with self.units() as unit:
            found = await unit.garments.listed(category, limit=limit + 1, after=after)
        shown, last = cut(found, limit)
        return GarmentPage(shown, last.id if last else "")


@dataclass(frozen=True)
class GetGarment:
    """Shows one garment."""

    units: UnitsOfWork

    async def __call__(self, id: str) -> Garment:
        """Raise NotFound."""
        async with self.units() as unit:
            found = await unit.garments.by_id([id])
        if id not in found:
            raise NotFound("no garment has that id")
        return found[id]


@dataclass(frozen=True)
class ListHairstyles:
    """Shows hairstyles."""

    units: UnitsOfWork

    async def __call__(self) -> tuple[Hairstyle, ...]:
        """In the catalogue's order."""
        async with self.units() as unit:
            return await unit.hairstyles.listed()


@dataclass(frozen=True)
class ListSkins:
    """Shows skin tones."""

    units: UnitsOfWork

    async def __call__(self) -> tuple[Skin, ...]:
        """Lightest first."""
        async with self.units() as unit:
            return await unit.skins.listed()


@dataclass(frozen=True)
class ResolveLook:
    """Turns ids, sizes and colours into geometry and colours."""

    units: UnitsOfWork

    async def __call__(self, asked: LookRequest) -> Look:
        """Raise UnknownCatalogItem, UnavailableVariant or ConflictingGarments."""
        async with self.units() as unit:
            return resolve(
                asked,
                skins=await unit.skins.listed(),
                hairstyles=await unit.hairstyles.listed(),
                garments=await unit.garments.by_id({item.garment_id for item in asked.outfit}),
            )

"""The pose library. Each verb reads in one transaction: it sees one state of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from atelierkit.errors import NotFound
from atelierkit.pages import cut
from services.catalog.domain.ports import UnitsOfWork
from services.catalog.domain.poses import Pose, PoseFacets, PoseFilter, PosePage


@dataclass(frozen=True)
class ListPoses:
    """Shows a page of poses."""

    units: UnitsOfWork

    async def __call__(self, asked: PoseFilter, limit: int, after: str) -> PosePage:
        """In the library's order, from behind the pose `after`; from the first, where it is empty."""
        async with self.units() as unit:
            found = await unit.poses.listed(asked, limit=limit + 1, after=after)
        shown, last = cut(found, limit)
        return PosePage(shown, last.id if last else "")


@dataclass(frozen=True)
class GetPose:
    """Shows one pose with its joints."""

    units: UnitsOfWork

    async def __call__(self, id: str) -> Pose:
        """Raise NotFound."""
        async with self.units() as unit:
            found = await unit.poses.by_id(id)
        if found is None:
            raise NotFound("no pose has that id")
        return found


@dataclass(frozen=True)
class ListPoseFacets:
    """Shows what poses can be sorted by."""

    units: UnitsOfWork

    async def __call__(self) -> PoseFacets:
        """Those that are in use."""
        async with self.units() as unit:
            return await unit.poses.facets()

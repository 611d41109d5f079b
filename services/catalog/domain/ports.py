"""What the verbs need from the outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.catalog.domain.model import Category, Garment, Hairstyle, Skin
from services.catalog.domain.poses import Pose, PoseFacets, PoseFilter, PoseSummary


class Garments(Protocol):
    """Garments by their category and by their id."""

    async def listed(self, category: Category | None, *, limit: int, after: str) -> tuple[Garment, ...]:
        """The first of the category, or of all, in the catalogue's order; those after the garment `after`, where it
        is not empty, and none where no garment has that id."""
        ...

    async def by_id(self, ids: Collection[str]) -> Mapping[str, Garment]:
        """Those of the ids; an id that nobody has is left out."""
        ...


class Hairstyles(Protocol):
    """Hairstyles."""

    async def listed(self) -> tuple[Hairstyle, ...]:
        """All, in the catalogue's order."""
        ...


class Skins(Protocol):
    """Skin tones."""

    async def listed(self) -> tuple[Skin, ...]:
        """All, lightest first."""
        ...


class Poses(Protocol):
    """Poses by what they are and by their id."""

    async def listed(self, asked: PoseFilter, *, limit: int, after: str) -> tuple[PoseSummary, ...]:
        """The first of those that are meant, in the library's order; those after the pose `after`, where it is not
        empty, and none where no pose has that id."""
        ...

    async def by_id(self, id: str) -> Pose | None:
        """The pose with its joints; None where no pose has that id."""
        ...

    async def facets(self) -> PoseFacets:
        """Categories and tags that are in use."""
        ...


class UnitOfWork(Protocol):
    """Everything that one transaction reads."""

    @property
    def garments(self) -> Garments: ...

    @property
    def hairstyles(self) -> Hairstyles: ...

    @property
    def skins(self) -> Skins: ...

    @property
    def poses(self) -> Poses: ...


UnitsOfWork = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Begins a unit of work."""

"""The catalogue in memory: the twin of ``postgres``, filled from the same data as the migrations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

from services.catalog.adapters.memory_poses import MemoryPoses
from services.catalog.adapters.seed import Seed
from services.catalog.domain.model import Category, Garment, Hairstyle, Skin


class MemoryGarments:
    """Garments."""

    def __init__(self, garments: tuple[Garment, ...]) -> None:
        self._garments = garments

    async def listed(self, category: Category | None, *, limit: int, after: str) -> tuple[Garment, ...]:
        ids = [garment.id for garment in self._garments]
        if after and after not in ids:
            return ()
        begin = ids.index(after) + 1 if after else 0
        return tuple(garment for garment in self._garments[begin:] if category in (None, garment.category))[
            :limit
        ]

    async def by_id(self, ids: Collection[str]) -> Mapping[str, Garment]:
        return {garment.id: garment for garment in self._garments if garment.id in ids}


class MemoryHairstyles:
    """Hairstyles."""

    def __init__(self, hairstyles: tuple[Hairstyle, ...]) -> None:
        self._hairstyles = hairstyles

    async def listed(self) -> tuple[Hairstyle, ...]:
        return self._hairstyles


class MemorySkins:
    """Skin tones."""

    def __init__(self, skins: tuple[Skin, ...]) -> None:
        self._skins = skins

    async def listed(self) -> tuple[Skin, ...]:
        return self._skins


class MemoryUnitOfWork:
    """A unit of work over a catalogue that nobody changes."""

    def __init__(self, seed: Seed) -> None:
        self.garments = MemoryGarments(seed.garments)
        self.hairstyles = MemoryHairstyles(seed.hairstyles)
        self.skins = MemorySkins(seed.skins)
        self.poses = MemoryPoses(seed.library.categories, seed.library.poses)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing to commit."""

"""People's own backgrounds in memory: the twin of ``postgres_custom_backgrounds.py`` for tests."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.model import Position, StoredFile


class MemoryCustomBackgrounds:
    """Backgrounds by id."""

    def __init__(self, by_id: dict[UUID, CustomBackground]) -> None:
        self.by_id = by_id

    async def add(self, background: CustomBackground, most: int) -> bool:
        if sum(other.owner == background.owner for other in self.by_id.values()) >= most:
            return False
        self.by_id[background.id] = background
        return True

    async def get(self, owner: str, id: UUID) -> CustomBackground | None:
        background = self.by_id.get(id)
        return background if background is not None and background.owner == owner else None

    async def remove(self, owner: str, id: UUID) -> CustomBackground | None:
        found = await self.get(owner, id)
        return None if found is None else self.by_id.pop(id)

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[CustomBackground]:
        own = [background for background in self.by_id.values() if background.owner == owner]
        older = [background for background in own if after is None or _place(background) < after]
        return sorted(older, key=_place, reverse=True)[:limit]

    def files(self) -> list[StoredFile]:
        """Every picture."""
        return [background.file for background in self.by_id.values()]


def _place(background: CustomBackground) -> Position:
    return Position(background.created_at, background.id)

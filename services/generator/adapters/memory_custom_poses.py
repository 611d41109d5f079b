"""People's own poses in memory: the twin of ``postgres_custom_poses.py`` for tests."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.generator.domain.custom_poses import CustomPose
from services.generator.domain.model import Position


class MemoryCustomPoses:
    """Poses by id."""

    def __init__(self, by_id: dict[UUID, CustomPose]) -> None:
        self.by_id = by_id

    async def add(self, pose: CustomPose, most: int) -> bool:
        if sum(other.owner == pose.owner for other in self.by_id.values()) >= most:
            return False
        self.by_id[pose.id] = pose
        return True

    async def get(self, owner: str, id: UUID) -> CustomPose | None:
        pose = self.by_id.get(id)
        return pose if pose is not None and pose.owner == owner else None

    async def remove(self, owner: str, id: UUID) -> bool:
        found = await self.get(owner, id)
        if found is not None:
            del self.by_id[id]
        return found is not None

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[CustomPose]:
        own = [pose for pose in self.by_id.values() if pose.owner == owner]
        older = [pose for pose in own if after is None or _place(pose) < after]
        return sorted(older, key=_place, reverse=True)[:limit]


def _place(pose: CustomPose) -> Position:
    return Position(pose.created_at, pose.id)

"""Poses in memory: the twin of ``postgres_poses``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.catalog.domain.poses import Pose, PoseCategory, PoseFacets, PoseFilter, PoseSummary


class MemoryPoses:
    """Poses that nobody changes."""

    def __init__(self, categories: Sequence[PoseCategory], poses: Sequence[Pose]) -> None:
        self._categories = categories
        self._poses = {pose.summary.id: pose for pose in poses}
        self._ids = list(self._poses)

    async def listed(self, asked: PoseFilter, *, limit: int, after: str) -> tuple[PoseSummary, ...]:
        if after and after not in self._poses:
            return ()
        begin = self._ids.index(after) + 1 if after else 0
        behind = (self._poses[id].summary for id in self._ids[begin:])
        return tuple(pose for pose in behind if asked.admits(pose))[:limit]

    async def by_id(self, id: str) -> Pose | None:
        return self._poses.get(id)

    async def facets(self) -> PoseFacets:
        of_category = Counter(pose.summary.category for pose in self._poses.values())
        of_tag = Counter(tag for pose in self._poses.values() for tag in pose.summary.tags)
        return PoseFacets(
            categories=[
                (category, of_category[category.id])
                for category in self._categories
                if of_category[category.id]
            ],
            tags=sorted(of_tag.items()),
        )

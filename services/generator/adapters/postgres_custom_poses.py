"""People's own poses in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.generator.adapters.postgres_locks import lock_owner
from services.generator.adapters.tables.custom_poses import CustomPoseRow
from services.generator.domain.custom_poses import CustomPose, Origin, ReadPose
from services.generator.domain.model import Position


class PostgresCustomPoses:
    """The records."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, pose: CustomPose, most: int) -> bool:
        await lock_owner(self._session, "custom_poses", pose.owner)
        own = select(func.count()).select_from(CustomPoseRow).where(CustomPoseRow.owner == pose.owner)
        if (await self._session.scalar(own) or 0) >= most:
            return False
        await self._session.execute(
            insert(CustomPoseRow).values(
                id=pose.id,
                owner=pose.owner,
                name=pose.name,
                origin=pose.origin.value,
                pose=pose.read.pose,
                clamped_bones=list(pose.read.clamped_bones),
                unknown_bones=list(pose.read.unknown_bones),
                created_at=pose.created_at,
            )
        )
        return True

    async def get(self, owner: str, id: UUID) -> CustomPose | None:
        row = await self._session.scalar(
            select(CustomPoseRow).where(CustomPoseRow.owner == owner, CustomPoseRow.id == id)
        )
        return None if row is None else _pose(row)

    async def remove(self, owner: str, id: UUID) -> bool:
        gone = delete(CustomPoseRow).where(CustomPoseRow.owner == owner, CustomPoseRow.id == id)
        deleted = await self._session.scalar(
            gone.returning(CustomPoseRow.id).execution_options(synchronize_session=False)
        )
        return deleted is not None

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[CustomPose]:
        place = tuple_(CustomPoseRow.created_at, CustomPoseRow.id)
        own = select(CustomPoseRow).where(CustomPoseRow.owner == owner)
        query = own.order_by(CustomPoseRow.created_at.desc(), CustomPoseRow.id.desc()).limit(limit)
        if after is not None:
            query = query.where(place < tuple_(*map(literal, after)))
        return [_pose(row) for row in await self._session.scalars(query)]


def _pose(row: CustomPoseRow) -> CustomPose:
    read = ReadPose(row.pose, tuple(row.clamped_bones), tuple(row.unknown_bones))
    return CustomPose(row.id, row.owner, row.name, Origin(row.origin), read, row.created_at)

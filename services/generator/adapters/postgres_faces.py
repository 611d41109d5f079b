"""Faces, and the orders of jobs with photos, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from services.generator.adapters.breakdowns import count_breakdown
from services.generator.adapters.documents_faces import (
    features_document,
    features_of,
    order_document,
    order_of,
)
from services.generator.adapters.linked import left, still
from services.generator.adapters.tables.faces import (
    FaceFileRow,
    FaceRow,
    PhotoOrderFileRow,
    PhotoOrderRow,
    PhotoRetentionRow,
)
from services.generator.domain.faces import AvatarOrder, Face, FaceMesh, Retention, Slot
from services.generator.domain.model import Position, StoredFile

_PHOTO = "photo."
"""Role of a small picture of a photo, before its slot."""


class PostgresFaces:
    """The records of faces."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, face: Face) -> None:
        await self._session.execute(
            insert(FaceRow).values(
                id=face.id,
                owner=face.owner,
                features=features_document(face.features),
                vertex_count=face.mesh.vertex_count,
                face_count=face.mesh.face_count,
                scale_source=face.scale_source,
                model_version=face.model_version,
                generation_ms=face.generation_ms,
                inference_ms=face.inference_ms,
                consent_version=face.consent_version,
                download_count=face.download_count,
                created_at=face.created_at,
                expires_at=face.expires_at,
            )
        )
        links = [{"face_id": face.id, "role": role, "key": file.key} for role, file in _roles(face).items()]
        await self._session.execute(insert(FaceFileRow), links)
        if face.retention is not None:
            await self._session.execute(
                insert(PhotoRetentionRow).values(face_id=face.id, **face.retention._asdict())
            )

    async def get(self, id: UUID) -> Face | None:
        row = still(await self._session.scalar(_faces().where(FaceRow.id == id)))
        return None if row is None else _face(row)

    async def count_download(self, id: UUID) -> None:
        await self._session.execute(
            update(FaceRow)
            .where(FaceRow.id == id)
            .values(download_count=FaceRow.download_count + 1)
            .execution_options(synchronize_session=False)
        )

    async def remove(self, id: UUID) -> Face | None:
        # Locked first: the photos that are read afterwards are those that go.
        locked = select(FaceRow.id).where(FaceRow.id == id).with_for_update()
        if await self._session.scalar(locked) is None:
            return None
        face = await self.get(id)
        await self._session.execute(delete(FaceRow).where(FaceRow.id == id))
        return face

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Face]:
        place = tuple_(FaceRow.created_at, FaceRow.id)
        own = _faces().where(FaceRow.owner == owner)
        query = own.order_by(FaceRow.created_at.desc(), FaceRow.id.desc()).limit(limit)
        if after is not None:
            query = query.where(place < tuple_(*map(literal, after)))
        return [_face(row) for row in left(await self._session.scalars(query))]

    async def expired(self, now: datetime, limit: int) -> Sequence[UUID]:
        over = select(FaceRow.id).where(FaceRow.expires_at <= now).order_by(FaceRow.expires_at).limit(limit)
        return (await self._session.scalars(over)).all()

    async def retained_too_long(self, now: datetime, limit: int) -> Sequence[UUID]:
        due = PhotoRetentionRow.delete_at
        over = select(PhotoRetentionRow.face_id).where(due <= now).order_by(due).limit(limit)
        return (await self._session.scalars(over)).all()

    async def forget_photos(self, id: UUID) -> Sequence[StoredFile]:
        locked = select(FaceRow.id).where(FaceRow.id == id).with_for_update()
        await self._session.scalar(locked)
        face = await self.get(id)
        await self._session.execute(delete(PhotoRetentionRow).where(PhotoRetentionRow.face_id == id))
        await self._session.execute(
            delete(FaceFileRow).where(FaceFileRow.face_id == id, FaceFileRow.role.startswith(_PHOTO))
        )
        return tuple(face.photos.values()) if face else ()


class PostgresPhotoOrders:
    """What jobs with photos were asked for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, job_id: UUID, order: AvatarOrder) -> None:
        await self._session.execute(insert(PhotoOrderRow).values(job_id=job_id, asked=order_document(order)))
        links = [
            {"job_id": job_id, "slot": photo.slot.value, "key": photo.file.key} for photo in order.face.photos
        ]
        await self._session.execute(insert(PhotoOrderFileRow), links)

    async def get(self, job_id: UUID) -> AvatarOrder | None:
        asked = await self._session.scalar(select(PhotoOrderRow.asked).where(PhotoOrderRow.job_id == job_id))
        return None if asked is None else order_of(asked)

    async def broke_down(self, job_id: UUID) -> int:
        return await count_breakdown(self._session, PhotoOrderRow, PhotoOrderRow.job_id == job_id)

    async def remove(self, job_id: UUID) -> Sequence[StoredFile]:
        gone = delete(PhotoOrderRow).where(PhotoOrderRow.job_id == job_id).returning(PhotoOrderRow.asked)
        asked = await self._session.scalar(gone.execution_options(synchronize_session=False))
        return () if asked is None else order_of(asked).face.files()


def _faces() -> Select[tuple[FaceRow]]:
    # Whatever was read before in this unit of work may have changed since.
    return (
        select(FaceRow)
        .options(selectinload(FaceRow.files).joinedload(FaceFileRow.file), joinedload(FaceRow.retention))
        .execution_options(populate_existing=True)
    )


def _roles(face: Face) -> dict[str, StoredFile]:
    photos = {f"{_PHOTO}{slot.value}": file for slot, file in face.photos.items()}
    return {"file": face.mesh.file, "texture": face.mesh.texture, "geometry": face.geometry, **photos}


def _face(row: FaceRow) -> Face:
    by_role = {link.role: link.file.stored for link in row.files}
    kept = row.retention
    return Face(
        id=row.id,
        owner=row.owner,
        features=features_of(row.features),
        mesh=FaceMesh(by_role["file"], by_role["texture"], row.vertex_count, row.face_count),
        geometry=by_role["geometry"],
        scale_source=row.scale_source,
        model_version=row.model_version,
        generation_ms=row.generation_ms,
        inference_ms=row.inference_ms,
        created_at=row.created_at,
        expires_at=row.expires_at,
        consent_version=row.consent_version,
        photos={
            slot: by_role[f"{_PHOTO}{slot.value}"] for slot in Slot if f"{_PHOTO}{slot.value}" in by_role
        },
        retention=None if kept is None else Retention(kept.policy_version, kept.delete_at),
        download_count=row.download_count,
    )

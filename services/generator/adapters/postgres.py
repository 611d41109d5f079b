"""Avatars and the index of their files in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Select, delete, insert, literal, select, tuple_, union, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import selectinload

from atelierkit import sql
from services.generator.adapters.documents import receipt_document, receipt_of, recipe_document, recipe_of
from services.generator.adapters.linked import left, still
from services.generator.adapters.postgres_albums import PostgresAlbums, PostgresVideoOrders
from services.generator.adapters.postgres_custom_backgrounds import PostgresCustomBackgrounds
from services.generator.adapters.postgres_custom_poses import PostgresCustomPoses
from services.generator.adapters.postgres_faces import PostgresFaces, PostgresPhotoOrders
from services.generator.adapters.postgres_generations import PostgresGenerations, PostgresSittings
from services.generator.adapters.postgres_jobs import PostgresItems, PostgresJobs
from services.generator.adapters.postgres_scans import PostgresScans
from services.generator.adapters.postgres_shares import PostgresShares
from services.generator.adapters.rail import JobRail, SessionRail
from services.generator.adapters.tables.albums import DrawingRow
from services.generator.adapters.tables.avatars import AvatarFileRow, AvatarRow, ScanFileRow
from services.generator.adapters.tables.base import FileRow
from services.generator.adapters.tables.custom_backgrounds import CustomBackgroundRow
from services.generator.adapters.tables.faces import FaceFileRow, PhotoOrderFileRow
from services.generator.adapters.tables.generations import SittingFileRow
from services.generator.adapters.tables.jobs import JobFileRow
from services.generator.adapters.tables.shares import ShareRow
from services.generator.domain.errors import Outdated
from services.generator.domain.model import Avatar, FaceFiles, Files, Position, StoredFile

_OF_A_FACE = ("face.geometry", "face.texture")
"""Roles of the files of FaceFiles, in its order."""


class PostgresAvatars:
    """The records."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, avatar: Avatar) -> None:
        await self._session.execute(
            insert(AvatarRow).values(
                id=avatar.id, owner=avatar.owner, created_at=avatar.created_at, **_changing(avatar)
            )
        )
        await self._link(avatar)

    async def get(self, owner: str, id: UUID) -> Avatar | None:
        row = still(await self._session.scalar(_own(owner).where(AvatarRow.id == id)))
        return None if row is None else _avatar(row)

    async def replace(self, avatar: Avatar) -> None:
        stored = await self._session.execute(
            update(AvatarRow)
            .where(
                AvatarRow.id == avatar.id,
                AvatarRow.owner == avatar.owner,
                AvatarRow.revision == avatar.revision - 1,
            )
            .values(**_changing(avatar))
            .returning(AvatarRow.id)
            .execution_options(synchronize_session=False)
        )
        if stored.one_or_none() is None:
            raise Outdated
        await self._session.execute(delete(AvatarFileRow).where(AvatarFileRow.avatar_id == avatar.id))
        await self._link(avatar)

    async def remove(self, owner: str, id: UUID) -> Avatar | None:
        # Locked first: the files that are read afterwards are those of the revision that is deleted.
        locked = select(AvatarRow.id).where(AvatarRow.owner == owner, AvatarRow.id == id).with_for_update()
        if await self._session.scalar(locked) is None:
            return None
        avatar = await self.get(owner, id)
        await self._session.execute(delete(AvatarRow).where(AvatarRow.id == id))
        return avatar

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Avatar]:
        place = tuple_(AvatarRow.created_at, AvatarRow.id)
        newest_first = _own(owner).order_by(AvatarRow.created_at.desc(), AvatarRow.id.desc()).limit(limit)
        query = newest_first if after is None else newest_first.where(place < tuple_(*map(literal, after)))
        return [_avatar(row) for row in left(await self._session.scalars(query))]

    async def _link(self, avatar: Avatar) -> None:
        await self._session.execute(
            insert(AvatarFileRow),
            [
                {"avatar_id": avatar.id, "role": role, "key": file.key, "place": place}
                for place, (role, file) in enumerate(_roles(avatar.files).items())
            ],
        )


_LINKS = (
    AvatarFileRow,
    DrawingRow,
    ScanFileRow,
    FaceFileRow,
    JobFileRow,
    PhotoOrderFileRow,
    SittingFileRow,
    ShareRow,
    CustomBackgroundRow,
)
"""Rows that refer to files."""


class PostgresFileIndex:
    """Which objects avatars, scans, faces, sittings and jobs need."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note(self, *, needed: Iterable[StoredFile] = (), dropped: Iterable[StoredFile] = ()) -> None:
        marks = dict.fromkeys(dropped, True) | dict.fromkeys(needed, False)
        # Always in the order of keys: two units of work that share files never wait for each other.
        rows = [
            {
                "key": file.key,
                "sha256": file.sha256,
                "media_type": file.media_type,
                "size": file.size,
                "dropped": marks[file],
            }
            for file in sorted(marks, key=lambda file: file.key)
        ]
        if not rows:
            return
        entered = upsert(FileRow).values(rows)
        # Size and type as well: whoever adopted the object did not know them.
        told = {name: entered.excluded[name] for name in ("media_type", "size", "dropped")}
        await self._session.execute(entered.on_conflict_do_update(index_elements=[FileRow.key], set_=told))

    async def unknown(self, keys: Sequence[str]) -> Sequence[str]:
        known = set(await self._session.scalars(select(FileRow.key).where(FileRow.key.in_(keys))))
        return [key for key in keys if key not in known]

    async def adopt(self, keys: Sequence[str]) -> None:
        # Nobody reads size and type of an object that is about to be deleted.
        rows = [
            {
                "key": key,
                "sha256": key.rpartition("/")[2],
                "media_type": "application/octet-stream",
                "size": 1,
                "dropped": True,
            }
            for key in keys
        ]
        if rows:
            await self._session.execute(upsert(FileRow).values(rows).on_conflict_do_nothing())

    async def claim_unused(self, limit: int) -> Sequence[str]:
        marked = select(FileRow.key).where(FileRow.dropped).order_by(FileRow.key).limit(limit)
        claimed = set(await self._session.scalars(marked.with_for_update(skip_locked=True)))
        # A statement of its own: it sees what was committed before the locks were given.
        referred = union(*(select(link.key).where(link.key.in_(claimed)) for link in _LINKS))
        used = set(await self._session.scalars(referred))
        await self._session.execute(
            update(FileRow)
            .where(FileRow.key.in_(used))
            .values(dropped=False)
            .execution_options(synchronize_session=False)
        )
        unused = sorted(claimed - used)
        await self._session.execute(delete(FileRow).where(FileRow.key.in_(unused)))
        return unused


class PostgresUnitOfWork(sql.UnitOfWork):
    """One transaction over avatars, scans, faces, jobs, the index of their files, and the rail."""

    def __init__(self, engine: AsyncEngine, rail: JobRail) -> None:
        super().__init__(engine)
        self._rail = rail

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.jobs = PostgresJobs(self.session)
        self.items = PostgresItems(self.session)
        self.sittings = PostgresSittings(self.session)
        self.generations = PostgresGenerations(self.session, self.jobs, self.sittings)
        self.rail = SessionRail(self._rail, self.session)
        self.avatars = PostgresAvatars(self.session)
        self.scans = PostgresScans(self.session)
        self.faces = PostgresFaces(self.session)
        self.photo_orders = PostgresPhotoOrders(self.session)
        self.albums = PostgresAlbums(self.session)
        self.video_orders = PostgresVideoOrders(self.session)
        self.custom_poses = PostgresCustomPoses(self.session)
        self.custom_backgrounds = PostgresCustomBackgrounds(self.session)
        self.shares = PostgresShares(self.session)
        self.files = PostgresFileIndex(self.session)
        return self


def _own(owner: str) -> Select[tuple[AvatarRow]]:
    with_files = selectinload(AvatarRow.files).joinedload(AvatarFileRow.file)
    return select(AvatarRow).where(AvatarRow.owner == owner).options(with_files)


def _changing(avatar: Avatar) -> dict[str, Any]:
    """The columns that differ between revisions."""
    return {
        "revision": avatar.revision,
        "recipe": recipe_document(avatar.recipe),
        "receipt": receipt_document(avatar.receipt),
        "updated_at": avatar.updated_at,
    }


def _roles(files: Files) -> dict[str, StoredFile]:
    worn = {} if files.face is None else dict(zip(_OF_A_FACE, files.face, strict=True))
    return {"points": files.points, "dressed": files.dressed, **files.variants, **worn}


def _files(links: Iterable[AvatarFileRow]) -> Files:
    by_role = {link.role: link.file.stored for link in links}
    worn = [by_role.pop(role) for role in _OF_A_FACE if role in by_role]
    return Files(
        points=by_role.pop("points"),
        dressed=by_role.pop("dressed"),
        face=FaceFiles(*worn) if worn else None,
        variants=by_role,
    )


def _avatar(row: AvatarRow) -> Avatar:
    return Avatar(
        id=row.id,
        owner=row.owner,
        recipe=recipe_of(row.recipe),
        receipt=receipt_of(row.receipt),
        files=_files(row.files),
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
    )

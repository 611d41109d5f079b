"""The life of a face: made of photos that do not outlive the call, shown, fetched, deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.errors import FaceNotFound
from services.generator.domain.faces import (
    Face,
    FaceOrder,
    FacePage,
    ReadFace,
    Retention,
    SeenPhoto,
    Terms,
)
from services.generator.domain.model import Position, StoredFile
from services.generator.domain.ports import Clock, UnitsOfWork
from services.generator.domain.ports_faces import Consents, FaceMesher, FaceReader
from services.generator.use_cases.pages import paged
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.uploads import consumed, require_photos

_GEOMETRY_MEDIA_TYPE = "application/octet-stream"

Pictures = Sequence[tuple[SeenPhoto, StoredFile]]


@dataclass(frozen=True)
class MakeFace:
    """Makes a face of uploads, without recording it; part of creating a face and of creating an avatar with one."""

    reader: FaceReader
    mesher: FaceMesher
    shelf: Shelf
    clock: Clock
    seconds: Callable[[], float]
    """A clock that never goes back."""
    terms: Terms

    async def __call__(
        self, owner: str | None, order: FaceOrder, written: list[StoredFile], *, id: UUID | None = None
    ) -> Face:
        """The face; whatever is stored for it is entered in ``written`` at once. Raise InvalidPhotos and Unavailable."""
        began = self.seconds()
        read = await self.reader.read(order)
        face = await self.of(read, owner, order, written, id=id)
        return replace(face, generation_ms=round(1000 * (self.seconds() - began)))

    async def of(
        self,
        read: ReadFace,
        owner: str | None,
        order: FaceOrder,
        written: list[StoredFile],
        *,
        id: UUID | None = None,
    ) -> Face:
        """The same, of photos that were read. Raise Unavailable."""
        await failpoints.reach("faces.read")
        began = self.seconds()
        pictures = await self._stored(read, written)
        mesh = await self.mesher.build_face(read, pictures)
        written += (mesh.file, mesh.texture)
        await failpoints.reach("faces.built")
        geometry = await self.shelf.store.put(read.geometry, _GEOMETRY_MEDIA_TYPE)
        written.append(geometry)
        await failpoints.reach("faces.geometry_stored")
        now = self.clock()
        return Face(
            id=id or uuid4(),
            owner=owner,
            features=read.features,
            mesh=mesh,
            geometry=geometry,
            scale_source=read.scale_source,
            model_version=read.model_version,
            generation_ms=round(1000 * (self.seconds() - began)),
            inference_ms=read.inference_ms,
            created_at=now,
            expires_at=None if owner else now + self.terms.anonymous_faces,
            consent_version=order.consent_version,
            photos={seen.slot: file for seen, file in pictures} if order.keep_photos else {},
            retention=self._retention(order, now),
        )

    async def _stored(self, read: ReadFace, written: list[StoredFile]) -> Pictures:
        """The small pictures, as objects of their own: deleting one person's never takes another one's."""
        pictures: list[tuple[SeenPhoto, StoredFile]] = []
        for seen in read.seen:
            file = await self.shelf.store.put_apart(seen.picture, seen.media_type)
            written.append(file)
            pictures.append((seen, file))
            await failpoints.reach("faces.picture_stored")
        return pictures

    def _retention(self, order: FaceOrder, now: datetime) -> Retention | None:
        if not order.keep_photos:
            return None
        # Photos of a face that expires go with it, or before.
        return Retention(order.consent_version, now + self.terms.photos)


@dataclass(frozen=True)
class CreateFace:
    """Makes a face and stores it; nothing is stored when anything fails, and the uploads go in any case."""

    make_face: MakeFace
    consents: Consents
    shelf: Shelf

    async def __call__(self, owner: str | None, order: FaceOrder) -> Face:
        """Raise NotAnUpload, InvalidPhotos, ConsentRequired where a version is named; Unavailable."""
        require_photos(order)
        async with consumed(self.shelf.store, *order.files()):
            if order.consent_version:
                await self.consents.require(order.consent_version)
            async with self.shelf.writing() as written:
                face = await self.make_face(owner, order, written)
                await self.shelf.add_face(face, written)
                await failpoints.reach("faces.recorded")
        return face


@dataclass(frozen=True)
class GetFace:
    """Shows a face to its owner, or one that is nobody's to whoever knows its id."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, caller: str | None, id: UUID) -> Face:
        """Raise FaceNotFound."""
        async with self.units() as unit:
            return seen_by(caller, await unit.faces.get(id), self.clock())


@dataclass(frozen=True)
class ListFaces:
    """Shows a person's own faces, newest first."""

    units: UnitsOfWork

    async def __call__(self, owner: str, limit: int, after: Position | None) -> FacePage:
        """At most ``limit`` faces, which come after the position."""
        async with self.units() as unit:
            found = await unit.faces.page(owner, limit=limit + 1, after=after)
        return FacePage(*paged(found, limit))


@dataclass(frozen=True)
class DownloadFace:
    """Gives the file of a face, and counts that."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, caller: str | None, id: UUID) -> Face:
        """The face before this download. Raise FaceNotFound."""
        async with self.units() as unit:
            face = seen_by(caller, await unit.faces.get(id), self.clock())
            await unit.faces.count_download(id)
        return face


@dataclass(frozen=True)
class DeleteFace:
    """Deletes a face, and its files unless an avatar wears it or somebody else has the same."""

    units: UnitsOfWork
    shelf: Shelf
    clock: Clock

    @repeated
    async def __call__(self, caller: str | None, id: UUID) -> None:
        """Raise FaceNotFound."""
        async with self.units() as unit:
            seen_by(caller, await unit.faces.get(id), self.clock())
            face = await unit.faces.remove(id)
            if face is None:
                raise FaceNotFound
            await unit.files.note(dropped=face.files())
        await self.shelf.sweep()


def seen_by(caller: str | None, face: Face | None, now: datetime) -> Face:
    """The face, where the caller may see it and its time is not over. Raise FaceNotFound."""
    if face is None or face.owner not in (None, caller) or (face.expires_at and face.expires_at <= now):
        raise FaceNotFound
    return face

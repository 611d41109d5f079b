"""Records and their files, kept together: no record without its files, and no file that nobody refers to.

Files are written before the record that refers to them, and deleted after the one that referred to them
last is gone. Equal bytes are one object, so a file may belong to several records, of several people.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from atelierkit.errors import AppError
from atelierkit.logs import get_logger
from atelierkit.repeat import repeated
from services.generator.domain.errors import FileLost
from services.generator.domain.faces import Face
from services.generator.domain.jobs import Job
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.ports import Clock, FileStore, UnitOfWork, UnitsOfWork
from services.generator.domain.scan import Scan

_log = get_logger(__name__)

InUnit = Callable[[UnitOfWork], Awaitable[None]]
"""Something that is done in a unit of work; what it raises undoes all of it."""

_SWEEP_LIMIT = 100
"""Most files that one sweep deletes: a request never pays for a long backlog."""
_MOST_STRANGERS = 1_000
"""More files without a record are no leftovers of processes that ended: the store belongs to another database, or the
database is older than the store, as after a restore to an earlier moment."""


class TooManyStrangers(Exception):
    """So many files have no record that this is not the store of this database; a person has to look."""


@dataclass(frozen=True)
class Shelf:
    """Stores and deletes avatars, scans, faces and results of jobs with their files."""

    units: UnitsOfWork
    store: FileStore
    most_strangers: int = _MOST_STRANGERS

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[list[StoredFile]]:
        """Files that the block writes go into the list; when it fails before their record is stored, they go."""
        written: list[StoredFile] = []
        try:
            yield written
        except BaseException:
            if written:
                await self._give_up(written)
            raise

    @repeated
    async def add(self, avatar: Avatar, first: InUnit | None = None) -> None:
        """Store a new avatar; ``first`` is done before it, in the same unit of work."""
        async with self.units() as unit:
            if first is not None:
                await first(unit)
            await unit.avatars.add(avatar)
            await unit.files.note(needed=avatar.files.all())
            await self.require(avatar.files.all())

    @repeated
    async def add_scan(self, scan: Scan) -> None:
        """Store a new scan."""
        async with self.units() as unit:
            await unit.scans.add(scan)
            await unit.files.note(needed=scan.build.files())
            await self.require(scan.build.files())

    @repeated
    async def add_face(self, face: Face, written: Iterable[StoredFile]) -> None:
        """Store a new face; what else was written for it is needed no more, and deleted."""
        async with self.units() as unit:
            await self.enter_face(unit, face, written)
        await self.sweep()

    async def enter_face(self, unit: UnitOfWork, face: Face, written: Iterable[StoredFile]) -> None:
        """The same in a unit of work that does other things as well; the next sweep deletes what is not needed."""
        await unit.faces.add(face)
        await unit.files.note(needed=face.files(), dropped=written)
        await self.require(face.files())

    @repeated
    async def finish(self, finished: Callable[[UnitOfWork], Awaitable[Job]]) -> Job:
        """Store the results of a job, which ``finished`` ends in the same unit of work; gives the job."""
        async with self.units() as unit:
            job = await finished(unit)
            await unit.files.note(needed=job.results.values())
            await self.require(job.results.values())
        return job

    @repeated
    async def replace(self, old: Avatar, new: Avatar) -> None:
        """Store a changed avatar; files that only its old revision knew are deleted, and with another face all that was
        drawn of the old one, links to it as well. Raise Outdated."""
        async with self.units() as unit:
            await unit.avatars.replace(new)
            needed, dropped = new.files.all(), old.files.all()
            if new.recipe.face != old.recipe.face:
                dropped += tuple(await unit.albums.clear(old.owner, old.id))
                if old.recipe.face is not None:
                    dropped += tuple(await unit.shares.clear(old.id))
            await unit.files.note(needed=needed, dropped=set(dropped) - set(needed))
            await self.require(needed)
        await self.sweep()

    async def sweep(self) -> int:
        """Delete marked files that nothing refers to; gives their number.

        What cannot be deleted now stays marked, and the next sweep tries again: the change that marked it
        is stored already, so its caller is not told.
        """
        try:
            async with self.units() as unit:
                unused = await unit.files.claim_unused(_SWEEP_LIMIT)
                for key in unused:
                    await self.store.delete(key)
        except AppError as error:
            _log.warning("files wait for the next sweep", cause=error.message)
            return 0
        return len(unused)

    async def tidy(self, when: datetime) -> int:
        """Delete all files written before then that no record refers to; gives their number.

        A process that ends between a file and its record leaves one behind, and so does a store that was away when
        a failed request wanted to take its files back. What a request is at work on has to be younger than
        ``when``. Raise TooManyStrangers, before anything is deleted, where they are too many to be leftovers, and
        Unavailable when database or store do not answer.
        """
        strangers: list[str] = []
        async for keys in self.store.written_before(when):
            async with self.units() as unit:
                strangers += await unit.files.unknown(keys)
            if len(strangers) > self.most_strangers:
                raise TooManyStrangers(
                    f"more than {self.most_strangers} files have no record; none was deleted"
                )
        async with self.units() as unit:
            await unit.files.adopt(strangers)
        return await self.sweep_all()

    async def tidy_uploads(self, when: datetime) -> int:
        """Delete uploads and copies of photos from before then that no record refers to, however many they are: one outlives
        its call only where its process has ended. Gives the number of all files that were deleted."""
        gone = 0
        async for keys in self.store.uploaded_before(when):
            async with self.units() as unit:
                await unit.files.adopt(await unit.files.unknown(keys))
            gone += await self.sweep_all()
        return gone

    async def sweep_all(self) -> int:
        """Sweep until nothing is left to delete; gives the number of files."""
        gone = 0
        while swept := await self.sweep():
            gone += swept
        return gone

    async def drop(self, files: Iterable[StoredFile]) -> None:
        """Delete files that nobody needs any more, unless a record does."""
        async with self.units() as unit:
            await unit.files.note(dropped=files)
        await self.sweep()

    async def require(self, files: Iterable[StoredFile]) -> None:
        """Raise FileLost unless all files are there; being noted, they stay until the unit of work ends."""
        for file in files:
            if not await self.store.exists(file):
                raise FileLost

    async def _give_up(self, written: list[StoredFile]) -> None:
        try:
            async with self.units() as unit:
                await unit.files.note(dropped=written)
        except AppError as error:
            _log.warning(
                "files were left without a record", cause=error.message, keys=[file.key for file in written]
            )
        else:
            await self.sweep()


@dataclass(frozen=True)
class TidyUp:
    """Deletes the files that processes have left behind which ended before they stored a record."""

    shelf: Shelf
    clock: Clock
    age: timedelta
    """Younger files may belong to a request that is at work."""

    async def __call__(self) -> None:
        """Raise TooManyStrangers, and Unavailable when database or store do not answer."""
        gone = await self.shelf.tidy(self.clock() - self.age)
        if gone:
            _log.warning("files without a record were deleted", count=gone)

"""A person as a whole: taken along, and forgotten."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.custom_poses import CustomPose
from services.generator.domain.faces import Face
from services.generator.domain.generations import Generation
from services.generator.domain.jobs import Job
from services.generator.domain.model import Avatar, Position, StoredFile
from services.generator.domain.ports import UnitOfWork, UnitsOfWork
from services.generator.domain.ports_people import Deletions
from services.generator.domain.scan import Scan
from services.generator.domain.shares import Share
from services.generator.use_cases.avatars import removed_avatar
from services.generator.use_cases.endings import left_behind
from services.generator.use_cases.shelf import Shelf

_AT_ONCE = 50
"""Records of one part of an export, and of one transaction that forgets."""

_EVER = datetime.min.replace(tzinfo=UTC)
"""Links that were due to end long ago are somebody's too, until they are cleared."""


class Section(enum.StrEnum):
    """What a part of the export is about, in the export's order."""

    AVATARS = "avatars"
    SCANS = "scans"
    FACES = "faces"
    GENERATIONS = "generations"
    CUSTOM_POSES = "custom_poses"
    CUSTOM_BACKGROUNDS = "custom_backgrounds"
    SHARES = "shares"
    JOBS = "jobs"


class Place(NamedTuple):
    """Where a part begins."""

    section: Section = Section.AVATARS
    after: Position | None = None


Record = Avatar | Scan | Face | Generation | CustomPose | CustomBackground | Share | Job


class Part(NamedTuple):
    """Records of one section, newest first."""

    records: Sequence[Record]
    next: Place | None
    """Where the next part begins; None after the last."""


@dataclass(frozen=True)
class ExportPerson:
    """Gives everything that is known of a person, part by part."""

    units: UnitsOfWork

    async def __call__(self, owner: str, place: Place) -> Part:
        """The part that begins there; it may be empty."""
        async with self.units() as unit:
            records = await _page(unit, owner, place)
        if len(records) == _AT_ONCE:
            last = records[-1]
            return Part(records, Place(place.section, Position(last.created_at, last.id)))
        sections = tuple(Section)
        following = sections.index(place.section) + 1
        return Part(records, Place(sections[following]) if following < len(sections) else None)


async def _page(unit: UnitOfWork, owner: str, place: Place) -> Sequence[Record]:
    match place.section:
        case Section.AVATARS:
            return await unit.avatars.page(owner, limit=_AT_ONCE, after=place.after)
        case Section.SCANS:
            return await unit.scans.page(owner, limit=_AT_ONCE, after=place.after)
        case Section.FACES:
            return await unit.faces.page(owner, limit=_AT_ONCE, after=place.after)
        case Section.GENERATIONS:
            return await unit.generations.page(owner, limit=_AT_ONCE, after=place.after)
        case Section.CUSTOM_POSES:
            return await unit.custom_poses.page(owner, limit=_AT_ONCE, after=place.after)
        case Section.CUSTOM_BACKGROUNDS:
            return await unit.custom_backgrounds.page(owner, limit=_AT_ONCE, after=place.after)
        case Section.SHARES:
            return await unit.shares.page(owner, _EVER, limit=_AT_ONCE, after=place.after)
        case Section.JOBS:
            return await unit.jobs.page(owner=owner, state=None, limit=_AT_ONCE, after=place.after)


@dataclass(frozen=True)
class ForgetPerson:
    """Deletes all that a person has, with the files that nobody else has the same of."""

    units: UnitsOfWork
    shelf: Shelf

    async def __call__(self, owner: str) -> None:
        """May be done again, and has to be: what is under way meanwhile is stored after it."""
        while await self._some(owner):
            pass
        await self.shelf.sweep_all()

    async def _some(self, owner: str) -> bool:
        """Delete a few records, and mark their files; False when there were none."""
        start = [Place(section) for section in Section]
        async with self.units() as unit:
            # Jobs first: a batch stops when its record is gone, and makes no more avatars.
            for place in reversed(start):
                records = await _page(unit, owner, place)
                dropped = [file for record in records for file in await _removed(unit, owner, record)]
                await unit.files.note(dropped=dropped)
                if records:
                    return True
        return False


async def _removed(unit: UnitOfWork, owner: str, record: Record) -> Sequence[StoredFile]:
    """The files of a record that is deleted herewith; none where somebody else has deleted it."""
    match record:
        case Avatar():
            return await removed_avatar(unit, owner, record.id)
        case Scan():
            scan = await unit.scans.remove(owner, record.id)
            return scan.build.files() if scan else ()
        case Face():
            face = await unit.faces.remove(record.id)
            return face.files() if face else ()
        case CustomPose():
            await unit.custom_poses.remove(owner, record.id)
            return ()
        case CustomBackground():
            background = await unit.custom_backgrounds.remove(owner, record.id)
            return (background.file,) if background else ()
        case Share():
            share = await unit.shares.remove(owner, record.id)
            return (share.picture.file,) if share else ()
        case Generation():
            # Gone already, with its job.
            return ()
        case Job():
            uploads = await unit.photo_orders.remove(record.id)
            sitting_id = await unit.generations.sitting_of(record.id)
            job = await unit.jobs.remove(owner, record.id)
            left = await left_behind(unit, sitting_id)
            return (*uploads, *left, *(job.results.values() if job else ()))


@dataclass(frozen=True)
class ForgetTheDeleted:
    """Makes sure that people whose accounts are gone are forgotten here too, whatever happened to the request."""

    deletions: Deletions
    forget: ForgetPerson

    async def __call__(self) -> None:
        """Raise Unavailable when auth does not answer."""
        for owner in await self.deletions.waiting():
            await self.forget(owner)
            await self.deletions.confirm(owner)

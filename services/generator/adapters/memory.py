"""The records in memory: the twin of ``postgres.py`` for tests, keeping nothing beyond the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from atelierkit.jobs import MemoryRail
from services.generator.adapters.job_changes import JobChanges
from services.generator.adapters.memory_albums import Drawing, MemoryAlbums, MemoryVideoOrders, Place
from services.generator.adapters.memory_custom_backgrounds import MemoryCustomBackgrounds
from services.generator.adapters.memory_custom_poses import MemoryCustomPoses
from services.generator.adapters.memory_faces import MemoryFaces, MemoryPhotoOrders
from services.generator.adapters.memory_generations import MemoryGenerations, MemorySittings
from services.generator.adapters.memory_jobs import MemoryItems, MemoryJobs
from services.generator.adapters.memory_shares import MemoryShares
from services.generator.adapters.rail import SessionRail
from services.generator.domain.albums import VideoOrder
from services.generator.domain.batch import Item
from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.custom_poses import CustomPose
from services.generator.domain.errors import Outdated
from services.generator.domain.faces import AvatarOrder, Face
from services.generator.domain.generations import Generation, Sitting
from services.generator.domain.jobs import Job
from services.generator.domain.model import Avatar, Position, StoredFile
from services.generator.domain.scan import Scan
from services.generator.domain.shares import Share


class MemoryUnitsOfWork:
    """Units of work over dictionaries, one at a time; call it to begin one."""

    def __init__(self, rail: MemoryRail | None = None, changes: JobChanges | None = None) -> None:
        self._avatars: dict[UUID, Avatar] = {}
        self._scans: dict[UUID, Scan] = {}
        self._faces: dict[UUID, Face] = {}
        self._photo_orders: dict[UUID, tuple[AvatarOrder, int]] = {}
        self._drawings: dict[Place, Drawing] = {}
        self._video_orders: dict[UUID, tuple[VideoOrder, int]] = {}
        self._generations: dict[UUID, Generation] = {}
        self._generation_breakdowns: dict[UUID, int] = {}
        self._sittings: dict[UUID, Sitting] = {}
        self._custom_poses: dict[UUID, CustomPose] = {}
        self._custom_backgrounds: dict[UUID, CustomBackground] = {}
        self._shares: dict[str, Share] = {}
        self._jobs: dict[UUID, Job] = {}
        self._given_up_jobs: set[UUID] = set()
        self._items: dict[tuple[UUID, int], Item] = {}
        self._marks: dict[str, bool] = {}
        self._rail = rail or MemoryRail()
        self._changes = changes or JobChanges(poll_s=60.0)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Begin a unit of work on a copy, which replaces what is kept when the block succeeds."""
        async with self._turn, self._rail.transaction() as session:
            items = MemoryItems(dict(self._items))
            jobs = MemoryJobs(dict(self._jobs), set(self._given_up_jobs), items)
            sittings = dict(self._sittings)
            generations = MemoryGenerations(
                dict(self._generations), dict(self._generation_breakdowns), jobs, sittings
            )
            avatars = MemoryAvatars(dict(self._avatars))
            orders = MemoryVideoOrders(dict(self._video_orders), jobs.by_id)
            unit = MemoryUnitOfWork(
                avatars,
                MemoryScans(dict(self._scans)),
                MemoryFaces(dict(self._faces)),
                MemoryPhotoOrders(dict(self._photo_orders)),
                jobs,
                items,
                MemoryAlbums(dict(self._drawings), avatars.by_id, jobs.by_id, orders),
                orders,
                generations,
                MemorySittings(sittings, generations),
                MemoryCustomPoses(dict(self._custom_poses)),
                MemoryCustomBackgrounds(dict(self._custom_backgrounds)),
                MemoryShares(dict(self._shares), avatars.by_id, generations.by_id, jobs.by_id),
                dict(self._marks),
                SessionRail(self._rail, session),
            )
            yield unit
            self._avatars, self._scans = unit.avatars.by_id, unit.scans.by_id
            self._faces, self._photo_orders = unit.faces.by_id, unit.photo_orders.by_job
            self._jobs, self._items = unit.jobs.by_id, unit.items.by_place
            self._given_up_jobs = unit.jobs.given_up
            self._drawings, self._video_orders = unit.albums.by_place, unit.video_orders.by_job
            self._generations, self._sittings = unit.generations.by_id, unit.sittings.by_id
            self._generation_breakdowns = unit.generations.breakdowns
            self._custom_poses, self._shares = unit.custom_poses.by_id, unit.shares.by_token
            self._custom_backgrounds = unit.custom_backgrounds.by_id
            self._marks = unit.files.marks
        for job_id in unit.jobs.changed:
            self._changes.tell(job_id)


class MemoryUnitOfWork:
    """What one unit of work sees."""

    def __init__(
        self,
        avatars: MemoryAvatars,
        scans: MemoryScans,
        faces: MemoryFaces,
        photo_orders: MemoryPhotoOrders,
        jobs: MemoryJobs,
        items: MemoryItems,
        albums: MemoryAlbums,
        video_orders: MemoryVideoOrders,
        generations: MemoryGenerations,
        sittings: MemorySittings,
        custom_poses: MemoryCustomPoses,
        custom_backgrounds: MemoryCustomBackgrounds,
        shares: MemoryShares,
        marks: dict[str, bool],
        rail: SessionRail,
    ) -> None:
        self.avatars = avatars
        self.scans = scans
        self.faces = faces
        self.photo_orders = photo_orders
        self.jobs = jobs
        self.items = items
        self.albums = albums
        self.video_orders = video_orders
        self.generations = generations
        self.sittings = sittings
        self.custom_poses = custom_poses
        self.custom_backgrounds = custom_backgrounds
        self.shares = shares
        self.files = MemoryFileIndex(marks, self)
        self.rail = rail


class MemoryAvatars:
    """Avatars by id."""

    def __init__(self, by_id: dict[UUID, Avatar]) -> None:
        self.by_id = by_id

    async def add(self, avatar: Avatar) -> None:
        self.by_id[avatar.id] = avatar

    async def get(self, owner: str, id: UUID) -> Avatar | None:
        found = self.by_id.get(id)
        return found if found is not None and found.owner == owner else None

    async def replace(self, avatar: Avatar) -> None:
        stored = await self.get(avatar.owner, avatar.id)
        if stored is None or stored.revision != avatar.revision - 1:
            raise Outdated
        self.by_id[avatar.id] = avatar

    async def remove(self, owner: str, id: UUID) -> Avatar | None:
        found = await self.get(owner, id)
        return None if found is None else self.by_id.pop(id)

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Avatar]:
        def position(avatar: Avatar) -> Position:
            return Position(avatar.created_at, avatar.id)

        own = [avatar for avatar in self.by_id.values() if avatar.owner == owner]
        older = [avatar for avatar in own if after is None or position(avatar) < after]
        return sorted(older, key=position, reverse=True)[:limit]


class MemoryScans:
    """Scans by id."""

    def __init__(self, by_id: dict[UUID, Scan]) -> None:
        self.by_id = by_id

    async def add(self, scan: Scan) -> None:
        self.by_id[scan.id] = scan

    async def get(self, owner: str, id: UUID) -> Scan | None:
        found = self.by_id.get(id)
        return found if found is not None and found.owner == owner else None

    async def remove(self, owner: str, id: UUID) -> Scan | None:
        found = await self.get(owner, id)
        return None if found is None else self.by_id.pop(id)

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Scan]:
        own = [scan for scan in self.by_id.values() if scan.owner == owner]
        own.sort(key=lambda scan: (scan.created_at, scan.id), reverse=True)
        return [scan for scan in own if after is None or (scan.created_at, scan.id) < after][:limit]


class MemoryFileIndex:
    """Whether a file is marked, by key."""

    def __init__(self, marks: dict[str, bool], unit: MemoryUnitOfWork) -> None:
        self.marks = marks
        self._unit = unit

    async def note(self, *, needed: Iterable[StoredFile] = (), dropped: Iterable[StoredFile] = ()) -> None:
        self.marks.update({file.key: True for file in dropped})
        self.marks.update({file.key: False for file in needed})

    async def unknown(self, keys: Sequence[str]) -> Sequence[str]:
        return [key for key in keys if key not in self.marks]

    async def adopt(self, keys: Sequence[str]) -> None:
        self.marks = dict.fromkeys(keys, True) | self.marks

    async def claim_unused(self, limit: int) -> Sequence[str]:
        used = {file.key for avatar in self._unit.avatars.by_id.values() for file in avatar.files.all()}
        used |= {file.key for scan in self._unit.scans.by_id.values() for file in scan.build.files()}
        used |= {file.key for face in self._unit.faces.by_id.values() for file in face.files()}
        orders = (order for order, _ in self._unit.photo_orders.by_job.values())
        used |= {file.key for order in orders for file in order.face.files()}
        used |= {file.key for file in self._unit.albums.files()}
        used |= {file.key for file in self._unit.shares.files()}
        used |= {file.key for file in self._unit.custom_backgrounds.files()}
        used |= {file.key for sitting in self._unit.sittings.by_id.values() for file in sitting.files()}
        used |= {file.key for job in self._unit.jobs.by_id.values() for file in job.results.values()}
        marked = [key for key, is_marked in self.marks.items() if is_marked][:limit]
        for key in marked:
            if key in used:
                self.marks[key] = False
            else:
                del self.marks[key]
        return [key for key in marked if key not in used]

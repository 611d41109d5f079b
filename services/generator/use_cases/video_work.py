"""A worker's part of a video: the same video is the same bytes, so it may be drawn twice and is kept once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from atelierkit import failpoints
from services.generator.domain import jobs
from services.generator.domain.albums import Medium, VideoOrder, content_key
from services.generator.domain.errors import AvatarChanged
from services.generator.domain.jobs import Count, Job
from services.generator.domain.model import Avatar
from services.generator.domain.pictures import Drawn
from services.generator.domain.ports import Looks, UnitOfWork, UnitsOfWork
from services.generator.domain.ports_pictures import PoseShelf, VideoMesher
from services.generator.use_cases.avatars import GetAvatar
from services.generator.use_cases.batch_work import locked
from services.generator.use_cases.custom_backgrounds import HangScenery
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.pictures import Album
from services.generator.use_cases.posing import taken_poses
from services.generator.use_cases.videos import VIDEO
from services.generator.use_cases.wearing import person_of, wardrobe_of

_STEP = 5
"""Percent between two revisions of a job: nobody needs more, and each is told to all who watch."""


@dataclass(frozen=True)
class VideoCraft:
    """Draws the video of a job."""

    get_avatar: GetAvatar
    poses: PoseShelf
    hang: HangScenery
    looks: Looks
    mesher: VideoMesher
    album: Album

    async def asked(self, unit: UnitOfWork, job: Job) -> VideoOrder:
        """The order, which every job of this kind has."""
        order = await unit.video_orders.get(job.id)
        if order is None:
            raise LookupError(f"the job {job.id} has no order")
        return order

    def consent_version(self, asked: VideoOrder) -> str:
        """No photo is looked at."""
        return ""

    async def make(self, job: Job, asked: VideoOrder) -> Job:
        """Raise AvatarNotFound, AvatarChanged, PoseNotFound, BackgroundNotFound, JobEnded and Unavailable, as which it
        comes again where the face was changed meanwhile."""
        avatar = await self.get_avatar(job.owner, asked.avatar_id)
        poses = await taken_poses(self.poses, avatar, asked.pose_ids)
        options = await self.hang.in_video(job.owner, asked.options)
        if content_key(avatar, poses, options) != asked.content:
            raise AvatarChanged
        wardrobe = await wardrobe_of(self.looks, avatar)
        person = await person_of(self.album.shelf.store, avatar, wardrobe.look)
        told = _Progress(self.album.shelf.units, job.id)
        async with self.album.shelf.writing() as written:
            file = await self.mesher.render_video(person, wardrobe, poses, options, told)
            written.append(file)
            await failpoints.reach("videos.drawn")

            async def finished(unit: UnitOfWork) -> Job:
                return await self._end(unit, job.id, avatar, asked, Drawn(file, ()))

            ended = await self.album.shelf.finish(finished)
        await self.album.shelf.sweep()
        return ended

    async def broke_down(self, unit: UnitOfWork, id: UUID) -> int:
        """Counted with the order."""
        return await unit.video_orders.broke_down(id)

    async def _end(self, unit: UnitOfWork, id: UUID, avatar: Avatar, order: VideoOrder, drawn: Drawn) -> Job:
        now = await locked(unit, id)
        ended = jobs.completed(now, Count(made=1), {VIDEO: drawn.file}, self.album.clock())
        await self.album.enter(unit, avatar, order.content, Medium.VIDEO, drawn)
        await store_end(unit, ended)
        return ended


@dataclass
class _Progress:
    """Writes down how far a job is. Raise JobEnded where it was ended meanwhile, which ends the drawing."""

    units: UnitsOfWork
    id: UUID
    told: int = 0

    async def __call__(self, percent: int) -> None:
        if percent < self.told + _STEP:
            return
        self.told = percent
        async with self.units() as unit:
            job = await locked(unit, self.id)
            further = jobs.drawn(job, percent)
            if further != job:
                await unit.jobs.replace(further)

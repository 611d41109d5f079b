"""Videos of avatars are asked for: the finished file, or the job that draws it.

The ids of the jobs follow from what the video shows, so that the same video is one job, however often and by whichever
of its owner's devices it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid5

from services.generator.domain.albums import Attempts, VideoOrder, content_key
from services.generator.domain.jobs import Job, Kind, Lane, Queued
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.pictures import VideoOptions
from services.generator.domain.ports import UnitOfWork
from services.generator.domain.ports_jobs import Credits, Task
from services.generator.domain.ports_pictures import PoseShelf
from services.generator.use_cases.acceptance import AcceptJob
from services.generator.use_cases.avatars import GetAvatar
from services.generator.use_cases.custom_backgrounds import HangScenery
from services.generator.use_cases.jobs import queued
from services.generator.use_cases.pictures import Album
from services.generator.use_cases.posing import taken_poses

VIDEO = "video.mp4"
"""Name of the result of a job that draws a video."""


@dataclass(frozen=True)
class ExportVideo:
    """Gives a video of an avatar, or accepts the job that draws it."""

    get_avatar: GetAvatar
    poses: PoseShelf
    hang: HangScenery
    credits: Credits
    album: Album

    async def __call__(
        self, owner: str, id: UUID, pose_ids: tuple[str, ...], options: VideoOptions
    ) -> StoredFile | Queued:
        """An empty id stands for the A pose; without any it is the avatar's own pose.

        Raise AvatarNotFound, PoseNotFound, BackgroundNotFound, INSUFFICIENT_CREDITS and Unavailable.
        """
        avatar = await self.get_avatar(owner, id)
        poses = await taken_poses(self.poses, avatar, pose_ids)
        shown = await self.hang.in_video(owner, options)
        order = VideoOrder(id, pose_ids, options, content_key(avatar, poses, shown))
        before, under_way = await self._before(order)
        # Looked for after the jobs: one that has just completed has its file.
        known = await self.album.find(avatar, order.content)
        return known.file if known else under_way or await self._ordered(avatar, order, before)

    async def _before(self, order: VideoOrder) -> tuple[Attempts, Queued | None]:
        """What was tried, and the job that is under way."""
        async with self.album.shelf.units() as unit:
            before = await unit.video_orders.attempts(order.avatar_id, order.content)
            job = await unit.jobs.get(before.open) if before.open else None
            return before, await queued(unit, job) if job else None

    async def _ordered(self, avatar: Avatar, order: VideoOrder, before: Attempts) -> Queued:
        """A new job. A video that was paid, and whose file is no longer there, is drawn again for nothing."""
        price = 0 if before.has_completed else await self.credits.price(Kind.VIDEO)
        # Of those who ask at once all count the same attempts, and so mean the same job.
        id = uuid5(avatar.id, f"video/{order.content}/{before.number}")
        now = self.album.clock()
        job = Job(id, avatar.owner, Kind.VIDEO, Lane.NORMAL, price, total=1, created_at=now)
        accept = AcceptJob(self.album.shelf.units, self.credits)
        return await accept(job, partial(_enter, order=order))


async def _enter(unit: UnitOfWork, job: Job, order: VideoOrder) -> None:
    await unit.video_orders.add(job.id, order)
    await unit.rail.put(Task.VIDEO, job.id, job.lane)

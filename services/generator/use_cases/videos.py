"""Videos of avatars are asked for: the finished file, or the job that draws it.

The ids of the jobs follow from what the video shows, so that the same video is one job, however often and by whichever
of its owner's devices it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid5

from services.generator.domain.albums import VideoOrder, content_key
from services.generator.domain.jobs import Job, Kind, Lane, Queued, State
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.pictures import VideoOptions
from services.generator.domain.ports import UnitOfWork
from services.generator.domain.ports_jobs import Credits, Task
from services.generator.domain.ports_pictures import PoseShelf
from services.generator.use_cases.acceptance import AcceptJob
from services.generator.use_cases.avatars import GetAvatar
from services.generator.use_cases.custom_backgrounds import HangScenery
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
        known = await self.album.find(avatar, order.content)
        return known.file if known else await self._ordered(avatar, order)

    async def _ordered(self, avatar: Avatar, order: VideoOrder) -> StoredFile | Queued:
        """The first of the video's jobs that is under way, which may be a new one. A video that was paid, and whose file
        is no longer there, is drawn again for nothing."""
        accept = AcceptJob(self.album.shelf.units, self.credits)
        price, attempt = await self.credits.price(Kind.VIDEO), 0
        while True:
            id = uuid5(avatar.id, f"video/{order.content}/{attempt}")
            now = self.album.clock()
            job = Job(id, avatar.owner, Kind.VIDEO, Lane.NORMAL, price, total=1, created_at=now)
            queued = await accept(job, partial(_enter, order=order))
            if not queued.job.state.ended:
                return queued
            if queued.job.state is State.COMPLETED:
                if (known := await self.album.find(avatar, order.content)) is not None:
                    return known.file
                price = 0
            attempt += 1


async def _enter(unit: UnitOfWork, job: Job, order: VideoOrder) -> None:
    await unit.video_orders.add(job.id, order)
    await unit.rail.put(Task.VIDEO, job.id, job.lane)

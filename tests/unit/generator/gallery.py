"""What tests of pictures and videos share: every verb of them on one factory."""

from __future__ import annotations

from uuid import UUID

from services.generator.bootstrap import picture_verbs
from services.generator.domain.jobs import Job, Queued
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.pictures import Drawn, PictureOptions, VideoOptions
from tests.unit.generator.factory import Factory
from tests.unit.generator.world import ANN

PICTURE, VIDEO = PictureOptions(size=128), VideoOptions()


class Gallery:
    """The verbs of pictures and videos, on one factory."""

    def __init__(self, factory: Factory) -> None:
        self.factory, self.world = factory, factory.world
        verbs = picture_verbs(self.world.tools)
        self.export_picture, self.export_video = verbs.export_picture, verbs.export_video
        self.get_picture = verbs.get_picture

    async def picture(
        self, avatar: Avatar, pose_id: str | None = None, options: PictureOptions = PICTURE, owner: str = ANN
    ) -> Drawn:
        self.world.clock.advance(seconds=1)
        return await self.export_picture(owner, avatar.id, pose_id, options)

    async def video(
        self, avatar: Avatar, *pose_ids: str, options: VideoOptions = VIDEO, owner: str = ANN
    ) -> StoredFile | Job:
        self.world.clock.advance(seconds=1)
        answer = await self.export_video(owner, avatar.id, pose_ids, options)
        return answer.job if isinstance(answer, Queued) else answer

    async def job(self, avatar: Avatar, *pose_ids: str, options: VideoOptions = VIDEO) -> Job:
        answer = await self.video(avatar, *pose_ids, options=options)
        assert isinstance(answer, Job)
        return answer

    async def file(self, avatar: Avatar, *pose_ids: str, options: VideoOptions = VIDEO) -> StoredFile:
        answer = await self.video(avatar, *pose_ids, options=options)
        assert isinstance(answer, StoredFile)
        return answer

    async def worked(self, id: UUID) -> Job | None:
        """What a worker does with a video."""
        return await self.factory.tasks.videos(id)

    def keys(self, prefix: str) -> list[str]:
        """Files of that kind that are there."""
        return sorted(key for key in self.world.blobs.keys if key.startswith(f"{prefix}/"))

"""PictureService over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc

from atelier.mesher.v1 import pictures_pb2 as pb
from atelier.mesher.v1.pictures_pb2_grpc import PictureServiceServicer
from services.mesher import convert
from services.mesher.convert import pictures as convert_pictures
from services.mesher.convert import poses as convert_poses
from services.mesher.metrics import video_timed
from services.mesher.use_cases.pictures import RenderPicture, RenderPosePicture
from services.mesher.use_cases.videos import RenderVideo

Context = grpc.aio.ServicerContext[Any, Any]


class PictureServicer(PictureServiceServicer):
    """Offers the verbs of pictures."""

    def __init__(
        self,
        render_picture: RenderPicture,
        render_pose_picture: RenderPosePicture,
        render_video: RenderVideo,
    ) -> None:
        self._render_picture = render_picture
        self._render_pose_picture = render_pose_picture
        self._render_video = render_video

    async def RenderPicture(
        self, request: pb.RenderPictureRequest, context: Context
    ) -> pb.RenderPictureResponse:
        drawn = await self._render_picture(
            convert_pictures.sitter(request.sitter),
            convert_poses.pose(request.pose) if request.HasField("pose") else None,
            convert_pictures.picture_options(request.picture),
        )
        return convert_pictures.picture_response(drawn)

    async def RenderVideo(
        self, request: pb.RenderVideoRequest, context: Context
    ) -> AsyncIterator[pb.RenderVideoResponse]:
        video = self._render_video(
            convert_pictures.sitter(request.sitter),
            [convert_poses.pose(pose) for pose in request.poses],
            convert_pictures.video_options(request.video),
        )
        with video_timed():
            async with aclosing(video) as news:
                async for each in news:
                    yield convert_pictures.video_news(each)

    async def RenderPosePicture(
        self, request: pb.RenderPosePictureRequest, context: Context
    ) -> pb.RenderPosePictureResponse:
        file = await self._render_pose_picture(
            convert_poses.pose(request.pose),
            convert_pictures.body_type(request),
            convert_pictures.pose_picture_size(request),
        )
        return pb.RenderPosePictureResponse(file=convert.blob_ref(file))

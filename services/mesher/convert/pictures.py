"""Messages of pictures <-> domain."""

from __future__ import annotations

from dataclasses import replace

from atelier.common.v1 import body_pb2, picture_pb2
from atelier.mesher.v1 import pictures_pb2
from services.mesher import convert
from services.mesher.domain.drawing import Drawn, PictureFormat, PictureOptions, Sitter
from services.mesher.domain.film import VideoOptions
from services.mesher.domain.model import StoredBlob
from services.mesher.domain.stage import Backdrop, Style
from services.mesher.domain.views import Camera

_CAMERAS = {
    picture_pb2.CAMERA_UNSPECIFIED: Camera.FULL_BODY,
    picture_pb2.CAMERA_PORTRAIT: Camera.PORTRAIT,
    picture_pb2.CAMERA_FULL_BODY: Camera.FULL_BODY,
    picture_pb2.CAMERA_SIDE: Camera.SIDE,
    picture_pb2.CAMERA_BACK: Camera.BACK,
}
_STYLES = {
    picture_pb2.STYLE_UNSPECIFIED: Style.REALISTIC,
    picture_pb2.STYLE_REALISTIC: Style.REALISTIC,
    picture_pb2.STYLE_CARTOON: Style.CARTOON,
    picture_pb2.STYLE_ANIME: Style.ANIME,
}
_FORMATS = {
    picture_pb2.PICTURE_FORMAT_UNSPECIFIED: PictureFormat.PNG,
    picture_pb2.PICTURE_FORMAT_PNG: PictureFormat.PNG,
    picture_pb2.PICTURE_FORMAT_WEBP: PictureFormat.WEBP,
    picture_pb2.PICTURE_FORMAT_JPEG: PictureFormat.JPEG,
}
_BODY_TYPES = {
    body_pb2.BODY_TYPE_UNSPECIFIED: "neutral",
    body_pb2.BODY_TYPE_FEMININE: "feminine",
    body_pb2.BODY_TYPE_MASCULINE: "masculine",
    body_pb2.BODY_TYPE_NEUTRAL: "neutral",
}
_POSE_PICTURE_SIZE = 256
_VIDEO_SIZE = 512


def sitter(message: pictures_pb2.Sitter) -> Sitter:
    """Who is drawn; raises MeasurementMissing as `convert.body_order` does."""
    return Sitter(
        convert.body_order(message.body),
        convert.appearance(message.appearance),
        [convert.garment(garment) for garment in message.garments],
        convert.worn_face(message),
    )


def picture_options(message: picture_pb2.PictureOptions) -> PictureOptions:
    """Which picture is wanted; what is not given is a realistic PNG of the whole body on a quiet grey."""
    default = PictureOptions()
    return PictureOptions(
        camera=_CAMERAS[message.camera],
        style=_STYLES[message.style],
        size=message.size or default.size,
        backdrop=_backdrop(message.background),
        scenery_key=message.background.picture.key,
        format=_FORMATS[message.format],
        quality=message.quality or default.quality,
        face_shapes=dict(message.face_shapes),
    )


def video_options(message: picture_pb2.VideoOptions) -> VideoOptions:
    """Which video is wanted."""
    picture = picture_options(message.picture)
    default = VideoOptions(picture)
    return VideoOptions(
        replace(picture, size=message.picture.size or _VIDEO_SIZE),
        seconds=message.seconds or default.seconds,
        frame_rate=message.frame_rate or default.frame_rate,
    )


def video_news(news: int | StoredBlob) -> pictures_pb2.RenderVideoResponse:
    """How far a video is, or the video."""
    if isinstance(news, int):
        return pictures_pb2.RenderVideoResponse(progress_percent=news)
    return pictures_pb2.RenderVideoResponse(file=convert.blob_ref(news))


def picture_response(drawn: Drawn) -> pictures_pb2.RenderPictureResponse:
    return pictures_pb2.RenderPictureResponse(
        file=convert.blob_ref(drawn.file), clamped_bones=drawn.clamped_bones
    )


def pose_picture_size(message: pictures_pb2.RenderPosePictureRequest) -> int:
    return message.size or _POSE_PICTURE_SIZE


def body_type(message: pictures_pb2.RenderPosePictureRequest) -> str:
    return _BODY_TYPES[message.body_type]


def _backdrop(message: picture_pb2.Background) -> Backdrop:
    match message.WhichOneof("kind"):
        case "color":
            return Backdrop(_rgb(message.color), _rgb(message.color))
        case "gradient":
            return Backdrop(_rgb(message.gradient.top), _rgb(message.gradient.bottom))
        case "transparent":
            return Backdrop(transparent=True)
        case _:
            return Backdrop()


def _rgb(code: str) -> tuple[int, int, int]:
    """`#rrggbb` as three numbers."""
    red, green, blue = bytes.fromhex(code[1:])
    return red, green, blue

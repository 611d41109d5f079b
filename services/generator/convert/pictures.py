"""Options of pictures and videos <-> their messages; pure."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from atelier.common.v1 import picture_pb2 as pb
from services.generator import convert
from services.generator.domain.pictures import (
    TRANSPARENT,
    Background,
    Behind,
    Camera,
    OwnBackground,
    PictureFormat,
    PictureOptions,
    Scenery,
    Style,
    VideoOptions,
)

_CAMERAS: Mapping[Camera, pb.Camera.ValueType] = {
    Camera.PORTRAIT: pb.CAMERA_PORTRAIT,
    Camera.FULL_BODY: pb.CAMERA_FULL_BODY,
    Camera.SIDE: pb.CAMERA_SIDE,
    Camera.BACK: pb.CAMERA_BACK,
}
_STYLES: Mapping[Style, pb.Style.ValueType] = {
    Style.REALISTIC: pb.STYLE_REALISTIC,
    Style.CARTOON: pb.STYLE_CARTOON,
    Style.ANIME: pb.STYLE_ANIME,
}
_STYLES_BACK = {message: style for style, message in _STYLES.items()}
_FORMATS: Mapping[PictureFormat, pb.PictureFormat.ValueType] = {
    PictureFormat.PNG: pb.PICTURE_FORMAT_PNG,
    PictureFormat.WEBP: pb.PICTURE_FORMAT_WEBP,
    PictureFormat.JPEG: pb.PICTURE_FORMAT_JPEG,
}
_CAMERAS_BACK = {message: camera for camera, message in _CAMERAS.items()}
_FORMATS_BACK = {message: format for format, message in _FORMATS.items()}
_PLAIN_PICTURE, _PLAIN_VIDEO = PictureOptions(), VideoOptions()
"""What is not said is as in these."""


def style(message: pb.Style.ValueType) -> Style:
    """How a picture is drawn; realistic where nothing is said."""
    return _STYLES_BACK.get(message, Style.REALISTIC)


def style_message(style: Style) -> pb.Style.ValueType:
    """The same for the mesher, and for answers."""
    return _STYLES[style]


def background(message: pb.Background) -> Behind | None:
    """What stands behind; None where nothing is said. The schema lets no stored picture through but the person's own."""
    match message.WhichOneof("kind"):
        case "color":
            return Background(message.color, message.color)
        case "transparent":
            return TRANSPARENT
        case "gradient":
            return Background(message.gradient.top, message.gradient.bottom)
        case "own_id":
            return OwnBackground(str(UUID(message.own_id)))
        case _:
            return None


def options(message: pb.PictureOptions) -> PictureOptions:
    """Which picture is wanted."""
    return _options(message, message.size or _PLAIN_PICTURE.size)


def video_options(message: pb.VideoOptions) -> VideoOptions:
    """Which video is wanted."""
    return VideoOptions(
        picture=_options(message.picture, message.picture.size or _PLAIN_VIDEO.picture.size),
        seconds=message.seconds or _PLAIN_VIDEO.seconds,
        frame_rate=message.frame_rate or _PLAIN_VIDEO.frame_rate,
    )


def video_options_message(options: VideoOptions) -> pb.VideoOptions:
    """The same for the mesher."""
    return pb.VideoOptions(
        picture=options_message(options.picture), seconds=options.seconds, frame_rate=options.frame_rate
    )


def _options(message: pb.PictureOptions, size: int) -> PictureOptions:
    return PictureOptions(
        camera=_CAMERAS_BACK.get(message.camera, _PLAIN_PICTURE.camera),
        style=style(message.style),
        size=size,
        background=background(message.background),
        format=_FORMATS_BACK.get(message.format, _PLAIN_PICTURE.format),
        quality=message.quality,
        face_shapes={name: share for name, share in sorted(message.face_shapes.items()) if share},
    )


def options_message(options: PictureOptions) -> pb.PictureOptions:
    """Which picture is wanted, for the mesher."""
    return pb.PictureOptions(
        camera=_CAMERAS[options.camera],
        style=_STYLES[options.style],
        size=options.size,
        background=_background(options.background),
        format=_FORMATS[options.format],
        quality=options.quality,
        face_shapes=options.face_shapes,
    )


def _background(background: Behind | None) -> pb.Background | None:
    match background:
        case None:
            return None
        case Scenery():
            return pb.Background(picture=convert.blob_ref(background.picture))
        case OwnBackground():
            return pb.Background(own_id=background.id)
    if background == TRANSPARENT:
        return pb.Background(transparent=True)
    if background.top == background.bottom:
        return pb.Background(color=background.top)
    return pb.Background(gradient=pb.Gradient(top=background.top, bottom=background.bottom))

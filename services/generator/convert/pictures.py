"""Options of pictures <-> their messages; pure."""

from __future__ import annotations

from collections.abc import Mapping

from atelier.common.v1 import picture_pb2 as pb
from services.generator.domain.pictures import (
    TRANSPARENT,
    Background,
    Camera,
    PictureFormat,
    PictureOptions,
    Style,
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


def style(message: pb.Style.ValueType) -> Style:
    """How a picture is drawn; realistic where nothing is said."""
    return _STYLES_BACK.get(message, Style.REALISTIC)


def style_message(style: Style) -> pb.Style.ValueType:
    """The same for the mesher, and for answers."""
    return _STYLES[style]


def background(message: pb.Background) -> Background | None:
    """What stands behind; None where nothing is said. A picture is on no offer of the generator's."""
    match message.WhichOneof("kind"):
        case "color":
            return Background(message.color, message.color)
        case "transparent":
            return TRANSPARENT
        case "gradient":
            return Background(message.gradient.top, message.gradient.bottom)
        case _:
            return None


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


def _background(background: Background | None) -> pb.Background | None:
    if background is None:
        return None
    if background == TRANSPARENT:
        return pb.Background(transparent=True)
    if background.top == background.bottom:
        return pb.Background(color=background.top)
    return pb.Background(gradient=pb.Gradient(top=background.top, bottom=background.bottom))

"""Pictures and videos of a person: which one is wanted. The same options give the same picture."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.generator.domain.model import StoredFile


class Camera(enum.StrEnum):
    """Where the camera stands."""

    PORTRAIT = "portrait"
    FULL_BODY = "fullbody"
    SIDE = "side"
    BACK = "back"


class Style(enum.StrEnum):
    """How a picture is drawn."""

    REALISTIC = "realistic"
    CARTOON = "cartoon"
    ANIME = "anime"


class PictureFormat(enum.StrEnum):
    """What a picture is written as; its value is the file's usual extension."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpg"


class Background(NamedTuple):
    """What stands behind a person: the colours at the top and at the bottom, ``#rrggbb`` each; both empty for nothing."""

    top: str
    bottom: str


TRANSPARENT = Background("", "")


@dataclass(frozen=True)
class OwnBackground:
    """A picture of the person's own that is to stand behind: what is asked for."""

    id: str
    """UUID."""


@dataclass(frozen=True)
class Scenery:
    """A picture that stands behind: what is drawn, and kept by its content, whatever its id."""

    picture: StoredFile


Behind = Background | OwnBackground | Scenery


@dataclass(frozen=True)
class PictureOptions:
    """Which picture is wanted."""

    camera: Camera = Camera.FULL_BODY
    style: Style = Style.REALISTIC
    size: int = 1024
    """Pixels a side."""
    background: Behind | None = None
    """None for the mesher's own, a quiet light grey."""
    format: PictureFormat = PictureFormat.PNG
    quality: int = 0
    """How good a lossy file is, 1 to 100; 0 for the mesher's own."""
    face_shapes: Mapping[str, float] = field(default_factory=dict)
    """How far each face shape is moved."""


class Drawn(NamedTuple):
    """A picture that was drawn."""

    file: StoredFile
    clamped_bones: tuple[str, ...]
    """Joints that were turned back to what a body can do."""


@dataclass(frozen=True)
class VideoOptions:
    """Which video is wanted."""

    picture: PictureOptions = PictureOptions(size=512)
    """How each of its pictures is drawn."""
    seconds: int = 10
    frame_rate: int = 24
    """Pictures a second."""

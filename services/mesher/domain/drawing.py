"""A picture as asked for, and what drawing it needs from outside."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bodypose.skeleton import Pose
from facemodel.arrays import RgbImage
from services.mesher.domain.face.model import WornFace
from services.mesher.domain.model import Appearance, BodyOrder, Garment, StoredBlob
from services.mesher.domain.stage import Backdrop, Stage, Style
from services.mesher.domain.surface import IntArray
from services.mesher.domain.views import Camera

VERSION = "3"
"""Grows with every change that shows in pictures: what was drawn before is not given any more."""


class PictureFormat(enum.Enum):
    """What a picture is written as."""

    PNG = "image/png"
    WEBP = "image/webp"
    JPEG = "image/jpeg"


@dataclass(frozen=True, eq=False, slots=True)
class Sitter:
    """Somebody to draw."""

    order: BodyOrder
    appearance: Appearance
    garments: Sequence[Garment]
    worn: WornFace | None = None


@dataclass(frozen=True, eq=False, slots=True)
class PictureOptions:
    """Which picture is wanted."""

    camera: Camera = Camera.FULL_BODY
    style: Style = Style.REALISTIC
    size: int = 1024
    """Pixels a side."""
    backdrop: Backdrop = field(default_factory=Backdrop)
    scenery_key: str = ""
    """Of the stored picture that stands behind; empty for none."""
    format: PictureFormat = PictureFormat.PNG
    quality: int = 90
    """Of formats that lose something, 1 to 100."""
    face_shapes: Mapping[str, float] = field(default_factory=dict)
    """0..1 by name; empty for a face at ease."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn."""

    file: StoredBlob
    clamped_bones: Sequence[str] = ()
    """Joints that were turned back to what a body can do."""


def pose_key(pose: Pose, body_type: str, size: int) -> str:
    """SHA-256 of all that a picture of a pose follows from."""
    shown = [VERSION, sorted(pose.turns.items()), pose.support.value, body_type, size]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


class Draughtsman(Protocol):
    """Draws stages. It belongs to one thread, and is called on no other."""

    def open(self) -> str:
        """Get ready; gives the name of what draws. Raise DrawingUnavailable."""
        ...

    def draw(self, stage: Stage) -> IntArray:
        """(size, size, 4) uint8 sRGB and straight alpha, the upper row first. Raise DrawingUnavailable."""
        ...


class PictureFiles(Protocol):
    """Drawn pictures as files, and pictures of others that stand behind them."""

    def write(self, pixels: IntArray, format: PictureFormat, quality: int) -> bytes:
        """(h, w, 4) uint8 as a file; the same picture gives the same bytes."""
        ...

    def filling(self, data: bytes, side: int) -> RgbImage:
        """(side, side, 3) a picture to stand behind: the largest square from its middle. Raise InvalidPicture."""
        ...

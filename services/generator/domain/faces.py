"""What a face is: photos of a person, what was found in them, and the files that were made of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.model import (
    BodySpec,
    FaceFiles,
    Look,
    Outfit,
    Position,
    StoredFile,
    WornFace,
)


class Slot(enum.StrEnum):
    """Which side of the head a photo is said to show."""

    FRONT = "front"
    LEFT = "left"
    """The person's left side."""
    RIGHT = "right"
    """The person's right side."""


@dataclass(frozen=True)
class Photo:
    """An uploaded photo."""

    slot: Slot
    file: StoredFile
    filename: str = ""
    """The name that its owner gave it, for answers alone."""


@dataclass(frozen=True)
class PhotoFault:
    """Why a photo cannot be used, and what to do about it."""

    slot: Slot
    filename: str
    code: str
    message: str
    limit: str | None = None
    """The bound that it broke, where there is one."""


@dataclass(frozen=True)
class Trait:
    """Something that was looked for in the photos."""

    present: bool | None
    """None where it cannot be told."""
    score: float
    """How sure that is, 0 to 1."""
    reason: str = ""
    """Why it cannot be told, a machine code."""


@dataclass(frozen=True)
class MeasuredColor:
    """A colour that was measured, sRGB, 0 to 255."""

    red: int
    green: int
    blue: int
    confidence: float
    """How sure that is, 0 to 1."""

    @property
    def hex(self) -> str:
        """``#rrggbb``."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


@dataclass(frozen=True)
class Features:
    """What the photos say about the face. What cannot be told is unset, and a code says why."""

    expressions: Mapping[str, Trait] = field(default_factory=dict)
    accessories: Mapping[str, Trait] = field(default_factory=dict)
    face_shape: str = ""
    face_shape_reason: str = ""
    face_shape_scores: Mapping[str, float] = field(default_factory=dict)
    skin: MeasuredColor | None = None
    monk_tone: int = 0
    """1 to 10 on the Monk Skin Tone Scale; 0 where it cannot be told."""
    skin_reason: str = ""
    eyes: MeasuredColor | None = None
    """The irises."""


@dataclass(frozen=True)
class SeenPhoto:
    """What is kept in hand of one photo: a small upright picture of the head, encoded anew without metadata."""

    slot: Slot
    picture: bytes
    media_type: str
    points: bytes
    """468 points in pixels of the picture: little-endian float32, x y z."""


@dataclass(frozen=True)
class ReadFace:
    """What was read from the photos."""

    seen: tuple[SeenPhoto, ...]
    geometry: bytes
    """Its shape for the mesher: the contract's ``FaceGeometry``, passed on unread."""
    scale_source: str
    """What gave the face its size: ``iris`` or ``pupil_distance``."""
    features: Features
    model_version: str
    inference_ms: int
    """Time in the networks."""
    hair: MeasuredColor | None = None
    """What is seen above the forehead, where that is hair."""
    clothes: MeasuredColor | None = None
    """What is seen below the chin, where that is cloth."""


@dataclass(frozen=True)
class FaceMesh:
    """What the mesher made of a face."""

    file: StoredFile
    """The painted GLB."""
    texture: StoredFile
    vertex_count: int
    face_count: int


class Retention(NamedTuple):
    """How long photos are kept, and what allows it."""

    policy_version: str
    """Version of the policy that the person agreed to; empty where none was asked for."""
    delete_at: datetime
    """Then they go, even if the face stays."""


@dataclass(frozen=True)
class Terms:
    """How long what is kept."""

    anonymous_faces: timedelta
    """Faces that nobody made."""
    photos: timedelta
    """Photos that a person asked to keep."""
    uploads: timedelta
    """Uploads whose call or job left them behind; longer than any call works."""


@dataclass(frozen=True)
class Face:
    """A face of one person, or of whoever knows its id."""

    id: UUID
    owner: str | None
    """Subject of the account that made it; None for one that nobody made."""
    features: Features
    mesh: FaceMesh
    geometry: StoredFile
    scale_source: str
    model_version: str
    generation_ms: int
    inference_ms: int
    created_at: datetime
    expires_at: datetime | None
    """When it is deleted by itself; None for one that stays."""
    consent_version: str = ""
    """Version of the policy that the person agreed to; empty where none was asked for."""
    photos: Mapping[Slot, StoredFile] = field(default_factory=dict)
    """Small pictures of the photos, where the person asked to keep them."""
    retention: Retention | None = None
    """There with the photos."""
    download_count: int = 0

    def files(self) -> tuple[StoredFile, ...]:
        """Every object that is there."""
        return self.mesh.file, self.mesh.texture, self.geometry, *self.photos.values()

    @property
    def filename(self) -> str:
        """Name of the file for whoever saves it, as source 001 writes it."""
        return f"avatar_{self.id}_{round(self.created_at.timestamp() * 1000)}.glb"

    @property
    def worn(self) -> WornFace:
        """The face as an avatar's recipe names it."""
        return WornFace(
            face_id=self.id,
            geometry=self.geometry.sha256,
            texture=self.mesh.texture.sha256,
            skin_color=self.features.skin.hex if self.features.skin else "",
            eye_color=self.features.eyes.hex if self.features.eyes else "",
        )

    @property
    def worn_files(self) -> FaceFiles:
        """The objects that an avatar with this face needs."""
        return FaceFiles(self.geometry, self.mesh.texture)


@dataclass(frozen=True)
class FacePage:
    """A page of faces."""

    faces: tuple[Face, ...]
    """Newest first."""
    next: Position | None
    """Where the next page begins; None after the last."""


@dataclass(frozen=True)
class FaceOrder:
    """What is asked for when a face is made."""

    photos: tuple[Photo, ...]
    """Front, left and right, in any order, each once; or the front alone."""
    pupil_distance_mm: float | None = None
    keep_photos: bool = False
    consent_version: str = ""

    def files(self) -> tuple[StoredFile, ...]:
        """The uploads."""
        return tuple(photo.file for photo in self.photos)


@dataclass(frozen=True)
class AvatarOrder:
    """What is asked for when an avatar is made of photos."""

    face: FaceOrder
    body: BodySpec
    look: Look
    outfit: Outfit

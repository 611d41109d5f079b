"""Faces: what is asked of photos, what was found in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from services.gateway.convert.body import NAMES
from services.gateway.schemas.avatars import AvatarDraft, BodyType
from services.gateway.schemas.base import Input, Output, Query

Expression = Literal["smile", "frown", "raisedEyebrows", "squint"]
Accessory = Literal["glasses", "earrings", "hat"]
FaceShape = Literal["oval", "round", "square", "heart", "oblong", "diamond"]
LONGEST_WAIT_S = 30


class FaceFields(Query):
    """What is filled in beside three photos."""

    consent: Annotated[str, Field(max_length=32)] = ""
    """Version of the policy on photos of faces that you consented to; it must be the one in force."""
    pupil_distance_mm: Annotated[float, Field(ge=40, le=85)] | None = None
    """Distance between the pupils, which gives the face its size; measured by the irises where it is left out."""
    keep_photos: bool = False
    """Keep small pictures of the photos with the face until it is deleted; otherwise they go at once."""


class PhotoAvatar(AvatarDraft):
    """The body that belongs to the photos."""

    body_type: BodyType = "neutral"
    """Completes what the measurements leave open."""


class BodyFields(Query):
    """A body beside photos: a JSON part, or a field for each thing."""

    avatar: Annotated[str, Field(max_length=65_536)] | None = None
    """The body, look and clothes as JSON, in place of the fields below."""
    body_type: BodyType | None = None
    seed: int | None = None
    weight_kg: float | None = None
    age: float | None = None


def with_body(name: str, doc: str, *bases: type[Query]) -> type[Any]:
    """A form's fields, and a body beside them."""
    measurements = {
        name: (Annotated[float | None, Field(alias=name, description="millimetres")], None) for name in NAMES
    }
    return create_model(name, __base__=(*bases, BodyFields), __doc__=doc, **measurements)  # type: ignore[call-overload,no-any-return]


AvatarFields = with_body(
    "AvatarFields",
    "What is filled in beside three photos for a whole avatar: a JSON part, or a field for each thing.",
    FaceFields,
)


class Wait(Query):
    """How long the answer may wait."""

    wait: Annotated[int, Field(ge=0, le=LONGEST_WAIT_S)] = 0
    """Seconds to wait for the avatar before the job is answered instead."""


class FaceChoice(Input):
    """A face to put on an avatar."""

    face_id: Annotated[str, Field(min_length=36, max_length=36)]


class FoundTrait(Output):
    """Something that was looked for."""

    present: bool | None
    """Null where it cannot be told."""
    score: float
    """How sure that is, 0 to 1."""
    reason: str | None
    """Why it cannot be told."""


class MeasuredColor(Output):
    """A colour that was measured, in sRGB."""

    hex: str
    """`#rrggbb`."""
    confidence: float
    """How sure that is, 0 to 1."""


class FacialFeatures(Output):
    """What the photos say. What cannot be told is null, and `reasons` says why."""

    expressions: dict[Expression, FoundTrait]
    accessories: dict[Accessory, FoundTrait]
    face_shape: FaceShape | None
    face_shape_scores: dict[FaceShape, float]
    """Score of each shape, 0 to 1."""
    skin: MeasuredColor | None
    monk_tone: Annotated[int, Field(ge=1, le=10)] | None
    """On the Monk Skin Tone Scale."""
    eyes: MeasuredColor | None
    """The irises."""
    reasons: dict[str, str]
    """Why a member is null, by its name."""


class FaceLinks(Output):
    """Where the face's resources lie."""

    self: str
    glb: str


class Face(Output):
    """A face: 468 points with a picture."""

    id: str
    created_at: datetime
    expires_at: datetime | None
    """When it is deleted by itself; null for one that stays."""
    features: FacialFeatures
    vertex_count: int
    face_count: int
    """Triangles."""
    size: int
    """Bytes of the file."""
    scale_source: Literal["iris", "pupil_distance"]
    """What gave the face its size."""
    model_version: str
    generation_ms: int
    """From the photos to the stored face."""
    inference_ms: int
    """Of it in the networks."""
    download_count: int
    links: FaceLinks


class FacePage(Output):
    """Faces, newest first."""

    data: list[Face]
    next_cursor: str | None


class KeptPhoto(Output):
    """A small picture of a photo, which was kept because you asked for it."""

    media_type: str
    size: int
    """Bytes."""
    sha256: str


class KnownFace(Face):
    """A face as the export has it: with what is kept beside it."""

    consent_version: str | None
    """Version of the policy that you consented to; null where none was asked for."""
    photos: list[KeptPhoto]
    photos_deleted_at: datetime | None
    """When they are deleted by themselves; null where there are none."""

"""Faces: forms to messages, messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from atelier.generator.v1 import faces_pb2, person_pb2
from atelierkit.errors import FieldFault, InvalidInput
from services.gateway import reading
from services.gateway.convert.body import NAMES
from services.gateway.schemas import faces as shapes
from services.gateway.schemas.base import Query

_DECIMALS = 3


def photo_avatar(fields: Query, beside: type[Query] = shapes.FaceFields) -> shapes.PhotoAvatar:
    """The body that a form asks for, from its JSON part or from its fields but those `beside`. Raises InvalidInput."""
    given = fields.model_dump(exclude_unset=True, exclude=set(beside.model_fields))
    text = given.pop("avatar", None)
    if text is None:
        measurements = {name: given.pop(name) for name in NAMES if given.get(name) is not None}
        return reading.validated(shapes.PhotoAvatar, {**_camel(given), "measurements": measurements})
    if given:
        message = "these fields contradict each other"
        others = ", ".join(sorted(given))
        raise InvalidInput(message, faults=[FieldFault("avatar", "contradiction", message, others)])
    return reading.json_model(text.encode("utf-8"), shapes.PhotoAvatar)


def face(message: faces_pb2.Face) -> shapes.Face:
    """A face as the API shows it."""
    path = f"/v1/faces/{message.id}"
    return shapes.Face(
        id=message.id,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        expires_at=message.expire_time.ToDatetime(tzinfo=UTC) if message.HasField("expire_time") else None,
        features=features(message.features),
        vertex_count=message.vertex_count,
        face_count=message.face_count,
        size=message.file_size,
        scale_source=message.scale_source,
        model_version=message.model_version,
        generation_ms=message.generation_ms,
        inference_ms=message.inference_ms,
        download_count=message.download_count,
        links=shapes.FaceLinks(self=path, glb=f"{path}.glb"),
    )


def known_face(message: person_pb2.ExportedFace) -> shapes.KnownFace:
    """A face as the export has it."""
    kept = message.HasField("photos_delete_time")
    return shapes.KnownFace(
        **dict(face(message.face)),
        consent_version=message.consent_version or None,
        photos=[
            shapes.KeptPhoto(media_type=photo.media_type, size=photo.size, sha256=photo.sha256)
            for photo in message.photos
        ],
        photos_deleted_at=message.photos_delete_time.ToDatetime(tzinfo=UTC) if kept else None,
    )


def features(message: faces_pb2.FacialFeatures) -> shapes.FacialFeatures:
    """What the photos say."""
    reasons = {"faceShape": message.face_shape_reason, "skin": message.skin_reason}
    return shapes.FacialFeatures(
        expressions=_traits(message.expressions),
        accessories=_traits(message.accessories),
        face_shape=message.face_shape or None,
        face_shape_scores=_rounded(message.face_shape_scores),
        skin=color(message.skin) if message.HasField("skin") else None,
        monk_tone=message.monk_tone or None,
        eyes=color(message.eyes) if message.HasField("eyes") else None,
        reasons={name: reason for name, reason in reasons.items() if reason},
    )


def color(message: faces_pb2.MeasuredColor) -> shapes.MeasuredColor:
    """A colour that was measured."""
    return shapes.MeasuredColor(
        hex=f"#{message.red:02x}{message.green:02x}{message.blue:02x}",
        confidence=round(message.confidence, _DECIMALS),
    )


def present(trait: faces_pb2.Trait) -> bool | None:
    """Whether it is there; None where it cannot be told."""
    return trait.present if trait.HasField("present") else None


def _traits(messages: Mapping[str, faces_pb2.Trait]) -> dict[Any, shapes.FoundTrait]:
    return {
        name: shapes.FoundTrait(
            present=present(trait), score=round(trait.score, _DECIMALS), reason=trait.reason or None
        )
        for name, trait in sorted(messages.items())
    }


def _rounded(scores: Mapping[str, float]) -> dict[Any, float]:
    return {name: round(score, _DECIMALS) for name, score in sorted(scores.items())}


def _camel(given: Mapping[str, Any]) -> dict[str, Any]:
    """As the shape's own JSON names them; what is empty is left out."""
    names = shapes.PhotoAvatar.model_fields
    return {names[name].alias or name: value for name, value in given.items() if value is not None}

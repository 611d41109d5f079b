"""Messages of faces <-> their domain; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from atelier.generator.v1 import faces_pb2 as pb
from services.generator import convert
from services.generator.domain.faces import (
    AvatarOrder,
    Face,
    FaceOrder,
    FacePage,
    Features,
    MeasuredColor,
    Photo,
    PhotoFault,
    Slot,
    Trait,
)
from services.generator.domain.ports_faces import FaceModel

INPUT_SHAPE = (1, 3, 224, 224)
"""What the network takes for one photo."""
OUTPUT_SHAPE = (1, 468, 3)
"""What it gives for one photo."""

_SLOTS: Mapping[pb.PhotoSlot.ValueType, Slot] = {
    pb.PHOTO_SLOT_FRONT: Slot.FRONT,
    pb.PHOTO_SLOT_LEFT: Slot.LEFT,
    pb.PHOTO_SLOT_RIGHT: Slot.RIGHT,
}


def face_order(message: pb.CreateFaceRequest | pb.CreateAvatarFromPhotosRequest) -> FaceOrder:
    """The photos, and what is asked for with them."""
    return FaceOrder(
        photos=tuple(map(_photo, message.photos)),
        pupil_distance_mm=message.pupil_distance_mm if message.HasField("pupil_distance_mm") else None,
        keep_photos=message.keep_photos,
        consent_version=message.consent_version,
    )


def avatar_order(message: pb.CreateAvatarFromPhotosRequest) -> AvatarOrder:
    """The avatar that is asked for."""
    return AvatarOrder(
        face=face_order(message),
        body=convert.body_spec(message.body),
        look=convert.look(message.look),
        outfit=convert.outfit(message.outfit),
    )


def face(face: Face) -> pb.Face:
    """A face."""
    return pb.Face(
        id=str(face.id),
        create_time=convert.timestamp(face.created_at),
        expire_time=None if face.expires_at is None else convert.timestamp(face.expires_at),
        features=_features(face.features),
        vertex_count=face.mesh.vertex_count,
        face_count=face.mesh.face_count,
        file_size=face.mesh.file.size,
        filename=face.filename,
        generation_ms=face.generation_ms,
        inference_ms=face.inference_ms,
        download_count=face.download_count,
        model_version=face.model_version,
        scale_source=face.scale_source,
    )


def faces(page: FacePage) -> pb.ListFacesResponse:
    """A page of faces."""
    return pb.ListFacesResponse(
        faces=map(face, page.faces),
        next_page_token=convert.page_token(page.next) if page.next else "",
    )


def model(model: FaceModel) -> pb.GetFaceModelResponse:
    """The networks."""
    return pb.GetFaceModelResponse(
        ready=model.ready,
        name=model.name,
        version=model.version,
        input_shape=INPUT_SHAPE,
        output_shape=OUTPUT_SHAPE,
    )


def photo_faults(faults: Iterable[PhotoFault]) -> Iterable[dict[str, str]]:
    """What is wrong with which photo, field by field."""
    return ({**asdict(fault), "limit": fault.limit or ""} for fault in faults)


def _photo(message: pb.Photo) -> Photo:
    return Photo(_SLOTS[message.slot], convert.stored_file(message.file), message.filename)


def _features(features: Features) -> pb.FacialFeatures:
    return pb.FacialFeatures(
        expressions=_traits(features.expressions),
        face_shape=features.face_shape,
        face_shape_reason=features.face_shape_reason,
        face_shape_scores=features.face_shape_scores,
        skin=_color(features.skin),
        monk_tone=features.monk_tone,
        skin_reason=features.skin_reason,
        accessories=_traits(features.accessories),
        eyes=_color(features.eyes),
    )


def _traits(traits: Mapping[str, Trait]) -> Mapping[str, pb.Trait]:
    return {
        name: pb.Trait(present=trait.present, score=trait.score, reason=trait.reason)
        for name, trait in traits.items()
    }


def _color(color: MeasuredColor | None) -> pb.MeasuredColor | None:
    return None if color is None else pb.MeasuredColor(**asdict(color))

"""What generations and sittings were asked for, and portraits, as JSON documents for the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.generator.adapters.documents import Document
from services.generator.adapters.documents_backgrounds import background_of
from services.generator.domain.faces import Photo, Slot
from services.generator.domain.generations import Portrait, Quality, Sitting, Sketch
from services.generator.domain.model import (
    BodySpec,
    BodyType,
    FaceFiles,
    Look,
    OutfitItem,
    StoredFile,
    WornFace,
)
from services.generator.domain.pictures import Style

_OF_THE_FILES = frozenset({"id", "photo", "portrait", "photo_delete_at"})
"""What of a sitting has columns or rows of its own."""


def sketch_document(sketch: Sketch) -> Document:
    """A sketch as JSON."""
    return asdict(sketch)


def sketch_of(document: Mapping[str, Any]) -> Sketch:
    """The sketch that ``sketch_document`` wrote."""
    return Sketch(
        pose_id=document["pose_id"],
        quality=Quality(document["quality"]),
        style=Style(document["style"]),
        background=background_of(document["background"]),
    )


def sitting_document(sitting: Sitting) -> Document:
    """What a sitting was asked for, as JSON: all but its files and their term."""
    asked = {name: value for name, value in asdict(sitting).items() if name not in _OF_THE_FILES}
    return {**asked, "filename": sitting.photo.filename if sitting.photo else ""}


def sitting_of(
    document: Mapping[str, Any], photo: StoredFile | None, *, id: UUID, **changing: Any
) -> Sitting:
    """The sitting that ``sitting_document`` wrote, with what has columns of its own."""
    body, look, outfit = document["body"], document["look"], document["outfit"]
    return Sitting(
        id=id,
        photo=None if photo is None else Photo(Slot.FRONT, photo, document["filename"]),
        body=BodySpec(**{**body, "body_type": BodyType(body["body_type"])}),
        look=None if look is None else Look(**look),
        outfit=None if outfit is None else tuple(OutfitItem(**item) for item in outfit),
        consent_version=document["consent_version"],
        **changing,
    )


def portrait_document(portrait: Portrait) -> Document:
    """A portrait as JSON: all but its files."""
    return {
        "face": {**asdict(portrait.face), "face_id": str(portrait.face.face_id)},
        "hair_color": portrait.hair_color,
        "clothes_color": portrait.clothes_color,
    }


def portrait_of(document: Mapping[str, Any], files: FaceFiles) -> Portrait:
    """The portrait that ``portrait_document`` wrote, with its files."""
    face = document["face"]
    return Portrait(
        face=WornFace(**{**face, "face_id": UUID(face["face_id"])}),
        files=files,
        hair_color=document["hair_color"],
        clothes_color=document["clothes_color"],
    )

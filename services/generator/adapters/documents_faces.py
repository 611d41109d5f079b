"""Features of faces and orders of avatars from photos as JSON documents, for the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.generator.adapters.documents import Document
from services.generator.domain.faces import (
    AvatarOrder,
    FaceOrder,
    Features,
    MeasuredColor,
    Photo,
    PhotoFault,
    Slot,
    Trait,
)
from services.generator.domain.model import BodySpec, BodyType, Look, OutfitItem, StoredFile


def features_document(features: Features) -> Document:
    """Features as JSON."""
    return asdict(features)


def features_of(document: Mapping[str, Any]) -> Features:
    """The features that ``features_document`` wrote."""
    return Features(
        **{
            **document,
            "expressions": _traits(document["expressions"]),
            "accessories": _traits(document["accessories"]),
            "skin": _color(document["skin"]),
            "eyes": _color(document["eyes"]),
        }
    )


def order_document(order: AvatarOrder) -> Document:
    """An order as JSON."""
    return asdict(order)


def order_of(document: Mapping[str, Any]) -> AvatarOrder:
    """The order that ``order_document`` wrote."""
    face, body = document["face"], document["body"]
    photos = tuple(
        Photo(Slot(photo["slot"]), StoredFile(**photo["file"]), photo["filename"]) for photo in face["photos"]
    )
    return AvatarOrder(
        face=FaceOrder(**{**face, "photos": photos}),
        body=BodySpec(**{**body, "body_type": BodyType(body["body_type"])}),
        look=Look(**document["look"]),
        outfit=tuple(OutfitItem(**item) for item in document["outfit"]),
    )


def photo_fault_of(document: Mapping[str, Any]) -> PhotoFault:
    """The fault that ``asdict`` wrote."""
    return PhotoFault(**{**document, "slot": Slot(document["slot"])})


def _traits(document: Mapping[str, Any]) -> Mapping[str, Trait]:
    return {name: Trait(**trait) for name, trait in document.items()}


def _color(document: Mapping[str, Any] | None) -> MeasuredColor | None:
    return None if document is None else MeasuredColor(**document)

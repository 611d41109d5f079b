"""Orders of videos as JSON documents, for the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.generator.adapters.documents import Document
from services.generator.adapters.documents_backgrounds import background_of
from services.generator.domain.albums import VideoOrder
from services.generator.domain.pictures import (
    Camera,
    PictureFormat,
    PictureOptions,
    Style,
    VideoOptions,
)


def asked_document(order: VideoOrder) -> Document:
    """Poses and options as JSON."""
    return {"pose_ids": list(order.pose_ids), "options": asdict(order.options)}


def order_of(avatar_id: UUID, content: str, document: Mapping[str, Any]) -> VideoOrder:
    """The order of which ``asked_document`` wrote a part."""
    options = document["options"]
    picture = options["picture"]
    told = {
        "camera": Camera(picture["camera"]),
        "style": Style(picture["style"]),
        "background": background_of(picture["background"]),
        "format": PictureFormat(picture["format"]),
    }
    return VideoOrder(
        avatar_id=avatar_id,
        pose_ids=tuple(document["pose_ids"]),
        options=VideoOptions(**{**options, "picture": PictureOptions(**{**picture, **told})}),
        content=content,
    )

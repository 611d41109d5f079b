"""A person's own backgrounds: messages to JSON."""

from __future__ import annotations

from datetime import UTC

from atelier.generator.v1 import custom_backgrounds_pb2
from services.gateway.schemas import custom_backgrounds as shapes

PATH = "/v1/backgrounds"


def custom_background(message: custom_backgrounds_pb2.CustomBackground) -> shapes.CustomBackground:
    """A background as the API shows it."""
    return shapes.CustomBackground(
        id=message.id,
        name=message.name,
        width=message.width,
        height=message.height,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        links=shapes.CustomBackgroundLinks(picture=f"{PATH}/{message.id}.webp"),
    )

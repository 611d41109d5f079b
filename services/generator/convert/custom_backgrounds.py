"""People's own backgrounds <-> their messages; pure."""

from __future__ import annotations

from atelier.generator.v1 import custom_backgrounds_pb2 as pb
from services.generator import convert
from services.generator.domain.custom_backgrounds import CustomBackground, CustomBackgroundPage


def custom_background(background: CustomBackground) -> pb.CustomBackground:
    """A background."""
    return pb.CustomBackground(
        id=str(background.id),
        name=background.name,
        picture=convert.blob_ref(background.file),
        width=background.width,
        height=background.height,
        create_time=convert.timestamp(background.created_at),
    )


def page(page: CustomBackgroundPage) -> pb.ListCustomBackgroundsResponse:
    """A page of backgrounds."""
    return pb.ListCustomBackgroundsResponse(
        backgrounds=map(custom_background, page.backgrounds),
        next_page_token=convert.page_token(page.next) if page.next else "",
    )

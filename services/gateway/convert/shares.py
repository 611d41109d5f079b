"""Links to pictures: JSON to messages, messages to JSON."""

from __future__ import annotations

from datetime import UTC

from atelier.generator.v1 import shares_pb2 as pb
from services.gateway.convert import pictures
from services.gateway.schemas import shares as shapes
from services.gateway.schemas.pictures import PictureQuery

PAGE = "/s/"
"""What a link's address begins with; its token follows."""


def request(draft: shapes.ShareDraft) -> pb.CreateShareRequest:
    """What is asked for. InvalidInput for a background that is none."""
    message = pb.CreateShareRequest(title=draft.title, hours=draft.hours)
    if draft.generation_id is not None:
        message.generation_id = draft.generation_id
        return message
    message.avatar_id = draft.avatar_id or ""
    if draft.pose is not None:
        message.pose_id = "" if draft.pose == pictures.REST_POSE else draft.pose
    told = draft.model_dump(include={"camera", "style", "size", "background"}, exclude_none=True)
    message.picture.CopyFrom(pictures.picture_options("png", PictureQuery(**told)))
    return message


def share(message: pb.Share) -> shapes.Share:
    """A link as the API shows it."""
    return shapes.Share(
        id=message.id,
        avatar_id=message.avatar_id or None,
        generation_id=message.generation_id or None,
        title=message.title,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        expires_at=message.expire_time.ToDatetime(tzinfo=UTC),
    )


def new_share(answer: pb.CreateShareResponse, site: str) -> shapes.NewShare:
    """The same with its addresses on a site, which ends without a slash."""
    url = f"{site}{PAGE}{answer.token}"
    return shapes.NewShare(**dict(share(answer.share)), url=url, picture_url=f"{url}.png")

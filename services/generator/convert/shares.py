"""Links to pictures <-> their messages; pure."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from atelier.generator.v1 import shares_pb2 as pb
from services.generator import convert
from services.generator.convert import pictures
from services.generator.domain.shares import USUAL_LIFE, Share, ShareOrder, SharePage


def order(request: pb.CreateShareRequest) -> ShareOrder:
    """What is asked for when a link is made."""
    return ShareOrder(
        title=request.title.strip(),
        life=timedelta(hours=request.hours) if request.hours else USUAL_LIFE,
        avatar_id=UUID(request.avatar_id) if request.avatar_id else None,
        pose_id=request.pose_id if request.HasField("pose_id") else None,
        options=pictures.options(request.picture),
        generation_id=UUID(request.generation_id) if request.generation_id else None,
    )


def share(share: Share) -> pb.Share:
    """A link, without its token."""
    message = pb.Share(
        id=str(share.id),
        title=share.title,
        create_time=convert.timestamp(share.created_at),
        expire_time=convert.timestamp(share.expires_at),
    )
    if share.avatar_id is not None:
        message.avatar_id = str(share.avatar_id)
    else:
        message.generation_id = str(share.generation_id)
    return message


def page(page: SharePage) -> pb.ListSharesResponse:
    """A page of links."""
    return pb.ListSharesResponse(
        shares=map(share, page.shares), next_page_token=convert.page_token(page.next) if page.next else ""
    )


def shown(share: Share) -> pb.OpenShareResponse:
    """What a link shows, to anybody: nothing of whose it is."""
    return pb.OpenShareResponse(
        title=share.title,
        picture=convert.blob_ref(share.picture.file),
        width=share.picture.width,
        height=share.picture.height,
        expire_time=convert.timestamp(share.expires_at),
    )

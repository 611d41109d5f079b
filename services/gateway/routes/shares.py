"""Links to pictures: made, listed, revoked. What they show is `share_pages`'s."""

from __future__ import annotations

from http import HTTPStatus

from atelier.generator.v1 import shares_pb2
from atelierkit import identity
from atelierkit.scopes import Scope
from services.gateway.bulkheads import Work
from services.gateway.convert import shares as convert
from services.gateway.convert.faults import named
from services.gateway.operations import Call, Operation
from services.gateway.schemas import shares as shapes
from services.gateway.schemas.base import Page

PATH = "/v1/shares"
TAG = "Share links"


async def create(call: Call[shapes.ShareDraft]) -> shapes.NewShare:
    # Whoever makes a link sees what it shows.
    shown = Scope.JOBS_READ if call.body.generation_id else Scope.AVATARS_READ
    identity.require_caller().require_scope(shown)
    with named(lambda field: "pose" if field.startswith("pose_id") else field):
        answer = await call.clients.shares.CreateShare(
            convert.request(call.body), timeout=call.backend.settings.picture_timeout_s
        )
    return convert.new_share(answer, str(call.request.base_url).rstrip("/"))


async def page(call: Call[None]) -> shapes.SharePage:
    query: Page = call.request.state.query
    answer = await call.clients.shares.ListShares(
        shares_pb2.ListSharesRequest(page_size=query.limit, page_token=query.cursor)
    )
    return shapes.SharePage(
        data=list(map(convert.share, answer.shares)), next_cursor=answer.next_page_token or None
    )


async def revoke(call: Call[None]) -> None:
    request = shares_pb2.DeleteShareRequest(id=call.request.path_params["id"])
    await call.clients.shares.DeleteShare(request)


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Make a link to a picture of an avatar, or to a generation",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.PICTURE,
        body=shapes.ShareDraft,
        answer=shapes.NewShare,
        status=HTTPStatus.CREATED,
        refusals=(404, 409),
    ),
    Operation(
        "GET",
        PATH,
        "Your links that hold",
        TAG,
        page,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.SharePage,
        query=Page,
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Revoke a link",
        TAG,
        revoke,
        scopes=(Scope.AVATARS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

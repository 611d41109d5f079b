"""Avatars: make, look at, change, delete."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from atelier.generator.v1 import generator_pb2
from atelier.mesher.v1 import mesher_pb2
from atelierkit.scopes import Scope
from services.gateway.bulkheads import Work
from services.gateway.convert import avatars as convert
from services.gateway.convert.body import body_spec
from services.gateway.convert.faults import named
from services.gateway.downloads import is_known
from services.gateway.limits import Cost
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import avatars as shapes
from services.gateway.schemas.base import Page

TAG = "Avatars"
OCTETS = "application/octet-stream"
TOPOLOGY_MAX_AGE_S = 3600


async def create(call: Call[shapes.AvatarDraft]) -> shapes.Avatar:
    with named(convert.as_pose):
        answer = await call.clients.generator.CreateAvatar(
            generator_pb2.CreateAvatarRequest(
                body=body_spec(call.body),
                look=convert.look_message(call.body.look),
                outfit=convert.outfit_message(call.body.outfit),
                pose_id=call.body.pose or "",
            )
        )
    return convert.avatar(answer.avatar)


async def preview(call: Call[shapes.SeededPerson]) -> Response:
    answer = await call.clients.generator.PreviewAvatar(
        generator_pb2.PreviewAvatarRequest(body=body_spec(call.body))
    )
    return Response(convert.preview(answer), media_type=OCTETS, headers={"Cache-Control": "no-store"})


async def preview_topology(call: Call[None]) -> Response:
    answer = await call.clients.mesher.GetPreviewTopology(mesher_pb2.GetPreviewTopologyRequest())
    content = convert.topology(answer)
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
        "Cache-Control": f"public, max-age={TOPOLOGY_MAX_AGE_S}",
    }
    if is_known(call.request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, media_type=OCTETS, headers=headers)


async def page(call: Call[None]) -> shapes.AvatarPage:
    query: Page = call.request.state.query
    answer = await call.clients.generator.ListAvatars(
        generator_pb2.ListAvatarsRequest(page_size=query.limit, page_token=query.cursor)
    )
    return shapes.AvatarPage(
        data=[convert.avatar(item) for item in answer.avatars], next_cursor=answer.next_page_token or None
    )


async def get(call: Call[None]) -> shapes.Avatar:
    answer = await call.clients.generator.GetAvatar(generator_pb2.GetAvatarRequest(id=_id(call.request)))
    return convert.avatar(answer.avatar)


async def change(call: Call[shapes.AvatarChange]) -> shapes.Avatar:
    with named(convert.as_pose):
        answer = await call.clients.generator.UpdateAvatar(
            generator_pb2.UpdateAvatarRequest(
                id=_id(call.request),
                look=convert.look_change_message(call.body.look),
                outfit=convert.outfit_message(call.body.outfit),
                pose_id=call.body.pose,
            )
        )
    return convert.avatar(answer.avatar)


async def delete(call: Call[None]) -> None:
    await call.clients.generator.DeleteAvatar(generator_pb2.DeleteAvatarRequest(id=_id(call.request)))


def _id(request: Request) -> str:
    avatar_id: str = request.path_params["id"]
    return avatar_id


OPERATIONS = (
    Operation(
        "POST",
        "/v1/avatars",
        "Make an avatar",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.BODY,
        cost=Cost.GENERATE,
        body=shapes.AvatarDraft,
        answer=shapes.Avatar,
        status=HTTPStatus.CREATED,
    ),
    Operation(
        "GET",
        "/v1/avatars",
        "The caller's avatars",
        TAG,
        page,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.AvatarPage,
        query=Page,
    ),
    Operation(
        "POST",
        "/v1/avatars/preview",
        "A body for sliders",
        TAG,
        preview,
        scopes=(Scope.AVATARS_READ, Scope.AVATARS_WRITE),
        work=Work.BODY,
        cost=Cost.PREVIEW,
        reads_only=True,
        body=shapes.SeededPerson,
        answer=OCTETS,
    ),
    Operation(
        "GET",
        "/v1/avatars/preview/topology",
        "The triangles of every preview",
        TAG,
        preview_topology,
        Access.PUBLIC,
        answer=OCTETS,
    ),
    Operation(
        "GET",
        "/v1/avatars/{id}",
        "One avatar",
        TAG,
        get,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.Avatar,
        refusals=(404,),
    ),
    Operation(
        "PATCH",
        "/v1/avatars/{id}",
        "Change look, clothes and pose",
        TAG,
        change,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.BODY,
        body=shapes.AvatarChange,
        answer=shapes.Avatar,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        "/v1/avatars/{id}",
        "Delete an avatar and its files",
        TAG,
        delete,
        scopes=(Scope.AVATARS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

"""An avatar's pictures and videos, each at an address, and pictures of the catalogue's poses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from starlette.responses import Response

from atelier.generator.v1 import pictures_pb2
from atelierkit import identity
from atelierkit.errors import NotFound
from atelierkit.scopes import Scope
from services.gateway import downloads, problems, sessions
from services.gateway.bulkheads import Work
from services.gateway.convert import jobs as convert_jobs
from services.gateway.convert import pictures as convert
from services.gateway.convert.faults import named
from services.gateway.limits import Cost
from services.gateway.operations import Access, Call, Handler, Operation
from services.gateway.pose_pictures import PosePicture
from services.gateway.routes.avatars import TAG
from services.gateway.routes.catalog import TAG as CATALOGUE
from services.gateway.schemas import pictures as shapes
from services.gateway.schemas.jobs import Job

DRAWN = re.compile(r"/v1/(avatars/[^/]+\.(png|webp|jpg)|catalog/poses/[^/]+\.webp)")
"""Addresses whose answers may have to be drawn first."""
_SOON_S = "2"
"""A video takes seconds to minutes: who asks so often hears of it in time."""
_A_DAY = "public, max-age=86400"
"""A pose's picture changes with a release alone."""


def _picture(format: shapes.Format) -> Handler:
    async def picture(call: Call[None]) -> Response:
        query: shapes.PictureQuery = call.request.state.query
        avatar_id: str = call.request.path_params["id"]
        with named(_in_the_query):
            answer = await call.clients.pictures.ExportPicture(
                pictures_pb2.ExportPictureRequest(
                    avatar_id=avatar_id,
                    pose_id=None if query.pose is None else await _pose_id(call, query.pose),
                    picture=convert.picture_options(format, query),
                )
            )
        headers = {
            "Cache-Control": downloads.ASK_AGAIN,
            "Content-Location": f"/v1/pictures/{answer.file.sha256}.{format}",
        }
        if answer.clamped_bones:
            headers["Atelier-Clamped-Bones"] = ", ".join(answer.clamped_bones)
        return downloads.shown(
            call.request, call.clients.blobs, answer.file, f"avatar-{avatar_id}.{format}", headers
        )

    picture.__name__ = format
    return picture


def _kept(format: shapes.Format) -> Handler:
    async def kept(call: Call[None]) -> Response:
        sha256: str = call.request.path_params["sha256"]
        answer = await call.clients.pictures.GetPicture(pictures_pb2.GetPictureRequest(sha256=sha256))
        if answer.file.media_type != convert.MEDIA_TYPES[format]:
            raise NotFound("the picture is written in another format")
        headers = {"Cache-Control": downloads.FOR_EVER}
        return downloads.shown(call.request, call.clients.blobs, answer.file, f"{sha256}.{format}", headers)

    kept.__name__ = f"kept_{format}"
    return kept


async def video(call: Call[None]) -> Response:
    """The finished film, or the job that draws it."""
    # A film that is not there yet is paid, as by no other GET; one that is shows the avatar.
    if sessions.is_by_cookie(call.request.headers):
        sessions.refuse_cross_site(call.request.headers)
    identity.require_caller().require_scope(Scope.AVATARS_READ)
    query: shapes.VideoQuery = call.request.state.query
    avatar_id: str = call.request.path_params["id"]
    with named(_in_the_query):
        answer = await call.clients.pictures.ExportVideo(
            pictures_pb2.ExportVideoRequest(
                avatar_id=avatar_id,
                pose_ids=[await _pose_id(call, name) for name in query.pose.split(",")] if query.pose else [],
                video=convert.video_options(query),
            )
        )
    if answer.HasField("file"):
        return downloads.played(call.request, call.clients.blobs, answer.file, f"avatar-{avatar_id}.mp4")
    job = convert_jobs.job(answer.job, problems.language_of(call.request.headers))
    return Response(
        job.model_dump_json(by_alias=True),
        HTTPStatus.ACCEPTED,
        headers={"Location": job.links.self, "Retry-After": _SOON_S, "Cache-Control": "no-store"},
        media_type="application/json",
    )


async def _pose_id(call: Call[None], name: str) -> str:
    """A pose's id for the generator; empty for the A pose."""
    if name == convert.REST_POSE:
        return ""
    wanted = convert.spirit(name)
    if wanted is None:
        return name
    found = (await call.clients.poses.ListPoses(wanted)).poses
    # A catalogue without one has the name refused as any other pose that there is not.
    return found[0].id if found else name


async def pose_picture(call: Call[None]) -> Response:
    query: shapes.PosePictureQuery = call.request.state.query
    pose_id: str = call.request.path_params["id"]
    wanted = PosePicture(pose_id, convert.BODY_TYPES[query.body_type], int(query.size))
    drawings = call.backend.bulkheads[Work.POSE]
    timeout_s = call.backend.settings.picture_timeout_s
    blob = await call.backend.pose_pictures.get(call.clients, drawings, wanted, timeout_s)
    headers = {**downloads.ANYWHERE, "Cache-Control": _A_DAY}
    return downloads.shown(call.request, call.clients.blobs, blob, f"{pose_id}.webp", headers)


def _in_the_query(field: str) -> str:
    """The parameter that a field of the generator's is filled from."""
    return "pose" if field.startswith("pose_id") else field


def _pictures() -> Iterator[Operation]:
    for format, media_type in convert.MEDIA_TYPES.items():
        yield Operation(
            "GET",
            f"/v1/avatars/{{id}}.{format}",
            f"A picture of the avatar as {format.upper()}",
            TAG,
            _picture(format),
            scopes=(Scope.AVATARS_READ,),
            work=Work.PICTURE,
            answer=media_type,
            query=shapes.PictureQuery,
            refusals=(404,),
        )
        yield Operation(
            "GET",
            f"/v1/pictures/{{sha256}}.{format}",
            f"A picture that was drawn, as {format.upper()}",
            TAG,
            _kept(format),
            scopes=(Scope.AVATARS_READ,),
            work=Work.FILE,
            answer=media_type,
            refusals=(404,),
        )


OPERATIONS = (
    *_pictures(),
    Operation(
        "GET",
        "/v1/avatars/{id}.mp4",
        "A video of the avatar, or the job that draws it",
        TAG,
        video,
        scopes=(Scope.JOBS_WRITE,),
        work=Work.FILE,
        answer="video/mp4",
        also=((HTTPStatus.ACCEPTED, Job),),
        query=shapes.VideoQuery,
        refusals=(402, 404),
    ),
    Operation(
        "GET",
        "/v1/catalog/poses/{id}.webp",
        "A picture of a pose",
        CATALOGUE,
        pose_picture,
        Access.PUBLIC,
        work=Work.GALLERY,
        cost=Cost.GALLERY,
        answer="image/webp",
        query=shapes.PosePictureQuery,
        refusals=(404,),
    ),
)

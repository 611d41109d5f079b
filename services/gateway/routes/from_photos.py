"""Avatars with the face of three photos, and faces that are put on avatars and taken off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from atelier.generator.v1 import faces_pb2, generator_pb2, jobs_pb2
from atelierkit import identity, logs
from atelierkit.errors import AppError
from atelierkit.scopes import Scope
from services.gateway import audit, photo_form, problems
from services.gateway.bulkheads import Work
from services.gateway.convert import avatars as convert_avatars
from services.gateway.convert import jobs as convert_jobs
from services.gateway.convert.body import body_spec
from services.gateway.convert.faces import photo_avatar
from services.gateway.limits import Cost
from services.gateway.operations import Backend, Call, Form, Operation
from services.gateway.routes.faces import TAG, filled
from services.gateway.schemas import avatars as avatar_shapes
from services.gateway.schemas import faces as shapes
from services.gateway.schemas.jobs import Job

PATH = "/v1/avatars/from-photos"
FACE = "/v1/avatars/{id}/face"

_log = logs.get_logger(__name__)


@dataclass(frozen=True)
class AvatarForm:
    """Three photos, and the body that belongs to them."""

    photos: photo_form.PhotoForm
    fields: shapes.FaceFields
    avatar: shapes.PhotoAvatar

    @property
    def digest(self) -> bytes:
        return self.photos.digest


async def create(call: Call[AvatarForm]) -> Response:
    wait: shapes.Wait = call.request.state.query
    if wait.wait:
        for needed in (Scope.JOBS_READ, Scope.AVATARS_READ):
            identity.require_caller().require_scope(needed)
    job = await _accepted(call)
    if wait.wait:
        # Nobody else has to wait for this: the photos are in the store.
        await call.leave_place()
        job = await _watched(call, job, wait.wait)
    if job.state == jobs_pb2.JOB_STATE_COMPLETED and job.avatar_id:
        made = await call.clients.generator.GetAvatar(generator_pb2.GetAvatarRequest(id=job.avatar_id))
        avatar = convert_avatars.avatar(made.avatar)
        return _answered(call.request, avatar, HTTPStatus.CREATED, avatar.links.self)
    shown = convert_jobs.job(job, problems.language_of(call.request.headers))
    return _answered(call.request, shown, HTTPStatus.ACCEPTED, shown.links.self)


async def put_on(call: Call[shapes.FaceChoice]) -> avatar_shapes.Avatar:
    return await _faced(call, call.body.face_id)


async def take_off(call: Call[None]) -> avatar_shapes.Avatar:
    return await _faced(call, "")


async def _faced(call: Call[shapes.FaceChoice] | Call[None], face_id: str) -> avatar_shapes.Avatar:
    answer = await call.clients.faces.SetAvatarFace(
        faces_pb2.SetAvatarFaceRequest(avatar_id=call.request.path_params["id"], face_id=face_id)
    )
    return convert_avatars.avatar(answer.avatar)


async def _accepted(call: Call[AvatarForm]) -> jobs_pb2.Job:
    form, fields = call.body, call.body.fields
    async with photo_form.stored(form.photos, call.clients.blobs, call.request_uuid, for_job=True) as photos:
        answer = await call.clients.faces.CreateAvatarFromPhotos(
            faces_pb2.CreateAvatarFromPhotosRequest(
                photos=photos,
                body=body_spec(form.avatar),
                look=convert_avatars.look_message(form.avatar.look),
                outfit=convert_avatars.outfit_message(form.avatar.outfit),
                pupil_distance_mm=fields.pupil_distance_mm,
                keep_photos=fields.keep_photos,
                consent_version=fields.consent,
                request_id=str(call.request_uuid),
            ),
            timeout=call.backend.settings.photo_timeout_s,
        )
    return answer.job


async def _watched(call: Call[AvatarForm], job: jobs_pb2.Job, wait_s: float) -> jobs_pb2.Job:
    """The job as it is at its end, or when the time is over."""
    streams = call.backend.streams
    streams.check(call.backend.settings.max_event_streams)
    changes = call.clients.jobs.WatchJob(
        jobs_pb2.WatchJobRequest(id=job.id, after_revision=job.revision), timeout=wait_s + 1
    )
    with streams.one_more():
        try:
            async with asyncio.timeout(wait_s):
                async for change in changes:
                    job = change.job
        except (TimeoutError, AppError) as ended:
            # The job is accepted, whatever becomes of watching it.
            _log.info("a job is not watched to its end", cause=type(ended).__name__)
    return job


def _answered(request: Request, shape: BaseModel, status: HTTPStatus, location: str) -> Response:
    audit.note_resource(request, shape)
    return Response(
        shape.model_dump_json(by_alias=True),
        status,
        headers={"Location": location},
        media_type="application/json",
    )


async def _read(request: Request, backend: Backend) -> AvatarForm:
    photos, fields = await filled(request, backend, shapes.AvatarFields)
    return AvatarForm(photos, fields, photo_avatar(fields))


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Make an avatar with the face of three photos",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE, Scope.JOBS_WRITE),
        work=Work.PHOTO,
        cost=Cost.GENERATE,
        form=Form(_read, photo_form.FILES, shapes.AvatarFields, required=("consent",)),
        query=shapes.Wait,
        answer=Job,
        status=HTTPStatus.ACCEPTED,
        also=((HTTPStatus.CREATED, avatar_shapes.Avatar),),
        refusals=(402, 504),
    ),
    Operation(
        "PUT",
        FACE,
        "Put a face on an avatar",
        TAG,
        put_on,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.BODY,
        body=shapes.FaceChoice,
        answer=avatar_shapes.Avatar,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        FACE,
        "Take the face off an avatar",
        TAG,
        take_off,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.BODY,
        answer=avatar_shapes.Avatar,
        refusals=(404,),
    ),
)

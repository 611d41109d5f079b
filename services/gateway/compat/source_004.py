"""Source 004, a photo in a pose: `/api/apps/avatar-generator/generate`, `/generations`, `/generations/:id`, `/stats`, the
files that its records name, and the poses that its clients choose from, `/api/poses`.

A bearer token or a browser's session. The work is that of /v1; the photo is kept with the picture until that is deleted, for
the source's clients show both.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from atelier.catalog.v1 import poses_pb2
from atelier.generator.v1 import generations_pb2 as pb
from atelierkit import identity
from atelierkit.errors import AppError, Code, NotFound
from services.gateway import audit, downloads, idempotency, photo_consent, photo_form, problems, reading
from services.gateway.bulkheads import Work
from services.gateway.compat import shapes_004 as shapes
from services.gateway.compat.serving import route
from services.gateway.convert.faults import named
from services.gateway.convert.generations import QUALITIES
from services.gateway.limits import Cost
from services.gateway.operations import Backend
from services.gateway.photo_form import PhotoForm

GENERATE = f"{shapes.PREFIX}/generate"
GENERATIONS = f"{shapes.PREFIX}/generations"
ONE = f"{GENERATIONS}/{{id}}"
POSES = "/api/poses"
_SLOTS = ("image",)
_ALL_POSES = 1000
"""The library's largest page, which holds all of it."""


@dataclass(frozen=True)
class _Order:
    """A form that was read and checked."""

    photos: PhotoForm
    fields: shapes.Fields


def routes(backend: Backend) -> list[BaseRoute]:
    """The five routes of the source, its files, and the poses."""
    source = Source004(backend)
    return [
        route(backend, "POST", GENERATE, source.generate, Work.PHOTO, Cost.GENERATE),
        route(backend, "GET", GENERATIONS, source.page, Work.READ),
        route(backend, "GET", ONE, source.one, Work.READ),
        route(backend, "DELETE", ONE, source.delete, Work.READ),
        route(backend, "GET", f"{shapes.PREFIX}/stats", source.stats, Work.READ),
        route(backend, "GET", POSES, source.poses, Work.READ),
        route(backend, "GET", f"{shapes.UPLOADS}/{{user}}/{{filename}}", source.file, Work.FILE),
    ]


class Source004:
    """The routes, on the services of /v1."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._clients = backend.clients
        self._settings = backend.settings

    async def generate(self, request: Request) -> Response:
        """Accept a picture of the person of a photo in a pose."""
        identity.require_caller()
        key = idempotency.key_of(request.headers)
        async with self._backend.bulkheads[Work.PHOTO].place(GENERATE):
            order = await self._order(request)

            async def run(request_uuid: uuid.UUID) -> Response:
                return await self._accepted(request, order, request_uuid)

            if key is None:
                return await run(uuid.uuid4())
            asked = idempotency.fingerprint_of(request, order.photos.digest)
            return await self._backend.once.answer(request, f"POST {GENERATE}", key, asked, run)

    async def page(self, request: Request) -> Response:
        """The caller's pictures, newest first."""
        identity.require_caller()
        query = reading.query(shapes.PageQuery, request.query_params)
        answer = await self._clients.generations.ListGenerations(
            pb.ListGenerationsRequest(page_size=query.limit, offset=query.offset)
        )
        records = await self._records(request, answer.generations)
        return JSONResponse(shapes.page(answer, records, query))

    async def one(self, request: Request) -> Response:
        """One of them."""
        identity.require_caller()
        [record] = await self._records(request, [await self._known(request.path_params["id"])])
        return JSONResponse({"data": record})

    async def delete(self, request: Request) -> Response:
        """Delete one with its files; cancel it where it is not drawn yet."""
        identity.require_caller()
        audit.note_resource(request, None)
        await self._clients.generations.DeleteGeneration(
            pb.DeleteGenerationRequest(id=_id(request.path_params["id"]))
        )
        return JSONResponse({"message": "Generation deleted successfully"})

    async def stats(self, request: Request) -> Response:
        """Sums over them."""
        identity.require_caller()
        answer = await self._clients.generations.GetGenerationStats(pb.GetGenerationStatsRequest())
        return JSONResponse({"data": shapes.stats(answer)})

    async def poses(self, request: Request) -> Response:
        """All poses: the source's clients sort and search themselves."""
        identity.require_caller()
        language = problems.language_of(request.headers)
        answer = await self._clients.poses.ListPoses(poses_pb2.ListPosesRequest(page_size=_ALL_POSES))
        base = str(request.base_url)
        return JSONResponse({"data": [shapes.pose_template(each, language, base) for each in answer.poses]})

    async def file(self, request: Request) -> Response:
        """A photo or a picture, to its owner alone."""
        caller = identity.require_caller()
        filename: str = request.path_params["filename"]
        id = shapes.generation_of(filename)
        if id is None or request.path_params["user"] != caller.subject:
            raise _NO_FILE
        generation = await self._known(id)
        files = {
            shapes.input_name(generation): generation.photo if generation.HasField("photo") else None,
            shapes.output_name(generation): generation.picture if generation.HasField("picture") else None,
        }
        found = files.get(filename)
        if found is None:
            raise _NO_FILE
        headers = {"Cache-Control": downloads.ASK_AGAIN}
        shown = shapes.output_name(generation) if found == generation.picture else f"photo-{generation.id}"
        return downloads.shown(request, self._clients.blobs, found, shown, headers)

    async def _order(self, request: Request) -> _Order:
        """The form. Where consent is demanded, who has not given it is refused before the photo is read."""
        photo_form.announced(request, _SLOTS)
        demanded = self._settings.require_consent
        in_force = await photo_consent.version_agreed_to(self._clients) if demanded else ""
        form = await photo_form.read(request, shapes.Fields.names(), _SLOTS)
        fields = reading.validated(shapes.Fields, dict(form.fields))
        if demanded:
            photo_consent.demand(fields.consent, in_force)
        return _Order(form, fields)

    async def _accepted(self, request: Request, order: _Order, request_uuid: uuid.UUID) -> Response:
        form, fields = order.photos, order.fields
        async with photo_form.uploaded(form, self._clients.blobs, request_uuid, for_job=True) as uploaded:
            with named(_in_the_form):
                answer = await self._clients.generations.CreateGenerations(
                    pb.CreateGenerationsRequest(
                        photo=uploaded[0],
                        filename=form.photos[0].filename,
                        pose_ids=[fields.pose_template_id],
                        quality=QUALITIES[fields.quality],
                        priority=fields.priority,
                        keep_photo=True,
                        consent_version=fields.consent,
                        request_id=str(request_uuid),
                    ),
                    timeout=self._settings.photo_timeout_s,
                )
        [record] = await self._records(request, answer.generations)
        request.scope["state"]["resource"] = record["id"]
        return JSONResponse({"message": "Avatar generation started", "data": record})

    async def _known(self, id: str) -> pb.Generation:
        request = pb.GetGenerationRequest(id=_id(id))
        return (await self._clients.generations.GetGeneration(request)).generation

    async def _records(self, request: Request, generations: Iterable[pb.Generation]) -> list[dict[str, Any]]:
        language = problems.language_of(request.headers)
        templates = await self._templates(request, {each.pose_id for each in generations}, language)
        return [shapes.generation(each, templates[each.pose_id], language) for each in generations]

    async def _templates(
        self, request: Request, ids: set[str], language: str
    ) -> Mapping[str, dict[str, Any] | None]:
        """The poses by their ids; None for one of the person's own, which the source does not know."""
        ordered = sorted(ids)
        found = await asyncio.gather(*map(self._pose, ordered))
        return {
            id: None if pose is None else shapes.pose_template(pose, language, str(request.base_url))
            for id, pose in zip(ordered, found, strict=True)
        }

    async def _pose(self, id: str) -> poses_pb2.PoseSummary | None:
        try:
            return (await self._clients.poses.GetPose(poses_pb2.GetPoseRequest(id=id))).summary
        except AppError as error:
            if error.code is not Code.NOT_FOUND:
                raise
            return None


_NO_FILE = NotFound("there is no such file")


def _id(text: str) -> str:
    """The id as the generator takes it: the source's ids are no UUIDs, and whoever asks for one asks for nothing of ours."""
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise NotFound("there is no such generation") from error


def _in_the_form(field: str) -> str:
    """The part of the source's form that a field of the generator's is filled from."""
    return {"pose_ids[0]": "poseTemplateId", "front": "image"}.get(field, field)

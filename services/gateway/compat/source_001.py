"""Source 001, faces from photos: `/api/avatar/generate`, `/download/:id`, `/info/:id`, `/health`.

A form with three photos; a bearer token where there is one; the answer comes with the finished face. What a stranger made is
found by its id, until it expires.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from atelier.generator.v1 import faces_pb2
from services.gateway import audit, idempotency, photo_consent, photo_form
from services.gateway.bulkheads import Work
from services.gateway.compat import shapes_001 as shapes
from services.gateway.compat.serving import route, success
from services.gateway.downloads import download
from services.gateway.limits import Cost
from services.gateway.operations import Backend
from services.gateway.photo_form import PhotoForm

PREFIX = "/api/avatar/"
GENERATE = "/api/avatar/generate"
_CONSENT = "consent"


def routes(backend: Backend) -> list[BaseRoute]:
    """The four routes of the source."""
    source = Source001(backend)
    return [
        route(backend, "POST", GENERATE, source.generate, Work.PHOTO, Cost.GENERATE, dialect=shapes.dialect),
        route(backend, "GET", "/api/avatar/download/{id}", source.file, Work.FILE, dialect=shapes.dialect),
        route(backend, "GET", "/api/avatar/info/{id}", source.info, Work.READ, dialect=shapes.dialect),
        route(backend, "GET", "/api/avatar/health", source.health, Work.READ, dialect=shapes.dialect),
    ]


class Source001:
    """The four routes, on the services of /v1."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._clients = backend.clients
        self._settings = backend.settings

    async def generate(self, request: Request) -> Response:
        """Make a face of three photos."""
        key = idempotency.key_of(request.headers)
        async with self._backend.bulkheads[Work.PHOTO].place(GENERATE):
            form = await self._form(request)

            async def run(request_uuid: uuid.UUID) -> Response:
                return await self._generated(request, form, request_uuid)

            if key is None:
                return await run(uuid.uuid4())
            asked = idempotency.fingerprint_of(request, form.digest)
            return await self._backend.once.answer(request, f"POST {GENERATE}", key, asked, run)

    async def file(self, request: Request) -> Response:
        """The face as GLB, which is counted."""
        audit.note_resource(request, None)
        asked = faces_pb2.DownloadFaceRequest(id=request.path_params["id"])
        answer = await self._clients.faces.DownloadFace(asked)
        return download(request, self._clients.blobs, answer.file, answer.filename)

    async def info(self, request: Request) -> Response:
        """What is known of a face."""
        audit.note_resource(request, None)
        asked = faces_pb2.GetFaceRequest(id=request.path_params["id"])
        return success(shapes.info((await self._clients.faces.GetFace(asked)).face))

    async def health(self, request: Request) -> Response:
        """Whether faces can be made."""
        model = await self._clients.faces.GetFaceModel(faces_pb2.GetFaceModelRequest())
        status = HTTPStatus.OK if model.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"success": model.ready, "data": shapes.health(model)}, status)

    async def _form(self, request: Request) -> PhotoForm:
        """The three photos. Where consent is demanded, who has not given it is refused before a photo is read."""
        photo_form.announced(request)
        demanded = self._settings.require_consent
        in_force = await photo_consent.version_agreed_to(self._clients) if demanded else ""
        form = await photo_form.read(request, (_CONSENT,))
        if demanded:
            photo_consent.demand(form.fields.get(_CONSENT, ""), in_force)
        return form

    async def _generated(self, request: Request, form: PhotoForm, request_uuid: uuid.UUID) -> Response:
        async with photo_form.stored(form, self._clients.blobs, request_uuid) as photos:
            answer = await self._clients.faces.CreateFace(
                faces_pb2.CreateFaceRequest(photos=photos, consent_version=form.fields.get(_CONSENT, "")),
                timeout=self._settings.photo_timeout_s,
            )
        audit.note_resource(request, answer.face)
        return success(shapes.generated(answer.face))

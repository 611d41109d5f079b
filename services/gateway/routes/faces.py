"""Faces: made of three photos, looked at, downloaded, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from atelier.generator.v1 import faces_pb2
from atelierkit.scopes import Scope
from services.gateway import photo_consent, photo_form, reading
from services.gateway.bulkheads import Work
from services.gateway.convert import faces as convert
from services.gateway.downloads import download
from services.gateway.limits import Cost
from services.gateway.operations import Backend, Call, Form, Operation
from services.gateway.schemas import faces as shapes
from services.gateway.schemas.base import Page

PATH = "/v1/faces"
TAG = "Faces"
GLB = "model/gltf-binary"


@dataclass(frozen=True)
class FaceForm:
    """Three photos, and what to make of them."""

    photos: photo_form.PhotoForm
    fields: shapes.FaceFields

    @property
    def digest(self) -> bytes:
        return self.photos.digest


async def create(call: Call[FaceForm]) -> shapes.Face:
    fields = call.body.fields
    async with photo_form.stored(call.body.photos, call.clients.blobs, call.request_uuid) as photos:
        answer = await call.clients.faces.CreateFace(
            faces_pb2.CreateFaceRequest(
                photos=photos,
                pupil_distance_mm=fields.pupil_distance_mm,
                keep_photos=fields.keep_photos,
                consent_version=fields.consent,
            ),
            timeout=call.backend.settings.photo_timeout_s,
        )
    return convert.face(answer.face)


async def get(call: Call[None]) -> shapes.Face:
    request = faces_pb2.GetFaceRequest(id=call.request.path_params["id"])
    return convert.face((await call.clients.faces.GetFace(request)).face)


async def page(call: Call[None]) -> shapes.FacePage:
    query: Page = call.request.state.query
    answer = await call.clients.faces.ListFaces(
        faces_pb2.ListFacesRequest(page_size=query.limit, page_token=query.cursor)
    )
    return shapes.FacePage(
        data=[convert.face(item) for item in answer.faces], next_cursor=answer.next_page_token or None
    )


async def glb(call: Call[None]) -> Response:
    request = faces_pb2.DownloadFaceRequest(id=call.request.path_params["id"])
    answer = await call.clients.faces.DownloadFace(request)
    return download(call.request, call.clients.blobs, answer.file, answer.filename)


async def delete(call: Call[None]) -> None:
    await call.clients.faces.DeleteFace(faces_pb2.DeleteFaceRequest(id=call.request.path_params["id"]))


async def filled(
    request: Request, backend: Backend, shape: type[shapes.FaceFields]
) -> tuple[photo_form.PhotoForm, shapes.FaceFields]:
    """The form of somebody who has consented. Who has not is refused before a photo is read."""
    photo_form.announced(request)
    in_force = await photo_consent.version_agreed_to(backend.clients)
    form = await photo_form.read(request, shape.names())
    fields = reading.validated(shape, dict(form.fields))
    photo_consent.demand(fields.consent, in_force)
    return form, fields


async def _read(request: Request, backend: Backend) -> FaceForm:
    return FaceForm(*await filled(request, backend, shapes.FaceFields))


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Make a face of three photos",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.PHOTO,
        cost=Cost.GENERATE,
        form=Form(_read, photo_form.FILES, shapes.FaceFields, required=("consent",)),
        answer=shapes.Face,
        status=HTTPStatus.CREATED,
        refusals=(504,),
    ),
    Operation(
        "GET",
        PATH,
        "The caller's faces",
        TAG,
        page,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.FacePage,
        query=Page,
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}.glb",
        "The face as GLB",
        TAG,
        glb,
        scopes=(Scope.AVATARS_READ,),
        work=Work.FILE,
        answer=GLB,
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}",
        "One face",
        TAG,
        get,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.Face,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Delete a face and its files; avatars that wear it keep it",
        TAG,
        delete,
        scopes=(Scope.AVATARS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

"""A person's own backgrounds: sent, looked at, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from atelier.generator.v1 import custom_backgrounds_pb2 as pb
from atelierkit.scopes import Scope
from services.gateway import downloads, photo_form, reading
from services.gateway.bulkheads import Work
from services.gateway.convert import custom_backgrounds as convert
from services.gateway.limits import Cost
from services.gateway.operations import Backend, Call, Form, Operation
from services.gateway.schemas import custom_backgrounds as shapes
from services.gateway.schemas.base import Page

PATH = convert.PATH
TAG = "Backgrounds"
PICTURE = "picture"


@dataclass(frozen=True)
class BackgroundForm:
    """A picture, and what was filled in beside it."""

    picture: photo_form.PhotoForm
    fields: shapes.BackgroundFields

    @property
    def digest(self) -> bytes:
        return self.picture.digest


async def create(call: Call[BackgroundForm]) -> shapes.CustomBackground:
    async with photo_form.uploaded(call.body.picture, call.clients.blobs, call.request_uuid) as [file]:
        answer = await call.clients.custom_backgrounds.CreateCustomBackground(
            pb.CreateCustomBackgroundRequest(picture=file, name=call.body.fields.name),
            timeout=call.backend.settings.photo_timeout_s,
        )
    return convert.custom_background(answer.background)


async def page(call: Call[None]) -> shapes.CustomBackgroundPage:
    query: Page = call.request.state.query
    answer = await call.clients.custom_backgrounds.ListCustomBackgrounds(
        pb.ListCustomBackgroundsRequest(page_size=query.limit, page_token=query.cursor)
    )
    return shapes.CustomBackgroundPage(
        data=list(map(convert.custom_background, answer.backgrounds)),
        next_cursor=answer.next_page_token or None,
    )


async def picture(call: Call[None]) -> Response:
    request = pb.GetCustomBackgroundRequest(id=call.request.path_params["id"])
    background = (await call.clients.custom_backgrounds.GetCustomBackground(request)).background
    headers = {"Cache-Control": downloads.ASK_AGAIN}
    return downloads.shown(
        call.request, call.clients.blobs, background.picture, f"background-{background.id}.webp", headers
    )


async def delete(call: Call[None]) -> None:
    request = pb.DeleteCustomBackgroundRequest(id=call.request.path_params["id"])
    await call.clients.custom_backgrounds.DeleteCustomBackground(request)


async def _read(request: Request, _: Backend) -> BackgroundForm:
    photo_form.announced(request, (PICTURE,))
    form = await photo_form.read(request, shapes.BackgroundFields.names(), (PICTURE,))
    return BackgroundForm(form, reading.validated(shapes.BackgroundFields, dict(form.fields)))


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Keep a picture to stand behind people",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.PHOTO,
        form=Form(
            _read, (photo_form.file(PICTURE, "What is to stand behind people"),), shapes.BackgroundFields
        ),
        answer=shapes.CustomBackground,
        status=HTTPStatus.CREATED,
        refusals=(409, 504),
    ),
    Operation(
        "GET",
        PATH,
        "Your own backgrounds",
        TAG,
        page,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.CustomBackgroundPage,
        query=Page,
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}.webp",
        "The picture of one of your own backgrounds",
        TAG,
        picture,
        scopes=(Scope.AVATARS_READ,),
        work=Work.FILE,
        cost=Cost.GALLERY,
        answer="image/webp",
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Delete one of your own backgrounds; what was drawn before it stays",
        TAG,
        delete,
        scopes=(Scope.AVATARS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

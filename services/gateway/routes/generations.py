"""Generations: a photo of a person and a pose become a picture of that person in that pose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from atelier.generator.v1 import generations_pb2 as pb
from atelierkit.errors import NotFound
from atelierkit.scopes import Scope
from services.gateway import audit, downloads, photo_consent, photo_form, problems, reading
from services.gateway.bulkheads import Work
from services.gateway.convert import generations as convert
from services.gateway.convert.faces import photo_avatar
from services.gateway.convert.faults import named
from services.gateway.limits import Cost
from services.gateway.operations import Backend, Call, Form, Operation
from services.gateway.schemas import generations as shapes
from services.gateway.schemas.faces import PhotoAvatar

TAG = "Poses"
PATH = convert.PATH
BATCH = f"{PATH}/batch"
SLOTS = ("photo",)
FILES = (photo_form.file("photo", "One person, the face from the front"),)


Fields = TypeVar("Fields", bound=shapes.DrawnFields)


@dataclass(frozen=True)
class GenerationForm:
    """A photo, the poses, and what else was filled in."""

    photos: photo_form.PhotoForm
    pose_ids: Sequence[str]
    fields: shapes.DrawnFields
    avatar: PhotoAvatar

    @property
    def digest(self) -> bytes:
        return self.photos.digest


async def create(call: Call[GenerationForm]) -> Response:
    [accepted] = (await _accepted(call)).generations
    shown = convert.generation(accepted, _language(call.request))
    audit.note_resource(call.request, shown)
    return Response(
        shown.model_dump_json(by_alias=True),
        HTTPStatus.ACCEPTED,
        headers={"Location": shown.links.self},
        media_type="application/json",
    )


async def create_batch(call: Call[GenerationForm]) -> shapes.Generations:
    accepted = (await _accepted(call)).generations
    return shapes.Generations(
        data=[convert.generation(each, _language(call.request)) for each in accepted],
        credits=sum(each.credits for each in accepted),
    )


async def page(call: Call[None]) -> shapes.GenerationPage:
    query: shapes.GenerationQuery = call.request.state.query
    answer = await call.clients.generations.ListGenerations(
        pb.ListGenerationsRequest(page_size=query.limit, offset=query.offset, page_token=query.cursor)
    )
    return convert.page(answer, query, _language(call.request))


async def stats(call: Call[None]) -> shapes.GenerationStats:
    return convert.stats(await call.clients.generations.GetGenerationStats(pb.GetGenerationStatsRequest()))


async def get(call: Call[None]) -> shapes.Generation:
    return convert.generation(await _known(call), _language(call.request))


async def picture(call: Call[None]) -> Response:
    generation = await _known(call)
    if not generation.HasField("picture"):
        raise NotFound("the picture is not drawn yet")
    headers = {"Cache-Control": downloads.ASK_AGAIN}
    return downloads.shown(
        call.request, call.clients.blobs, generation.picture, f"pose-{generation.id}.png", headers
    )


async def photo(call: Call[None]) -> Response:
    generation = await _known(call)
    if not generation.HasField("photo"):
        raise NotFound("the photo is not kept")
    return downloads.download(call.request, call.clients.blobs, generation.photo, f"photo-{generation.id}")


async def delete(call: Call[None]) -> None:
    request = pb.DeleteGenerationRequest(id=call.request.path_params["id"])
    await call.clients.generations.DeleteGeneration(request)


async def _accepted(call: Call[GenerationForm]) -> pb.CreateGenerationsResponse:
    form = call.body
    async with photo_form.uploaded(
        form.photos, call.clients.blobs, call.request_uuid, for_job=True
    ) as uploaded:
        request = convert.request(
            form.pose_ids,
            form.fields,
            form.avatar,
            photo=uploaded[0],
            filename=form.photos.photos[0].filename,
            request_id=str(call.request_uuid),
        )
        with named(_in_the_form if isinstance(form.fields, shapes.PoseFields) else _in_the_batch):
            return await call.clients.generations.CreateGenerations(
                request, timeout=call.backend.settings.photo_timeout_s
            )


def _in_the_form(field: str) -> str:
    """The part that a field of the generator's is filled from."""
    return {"pose_ids[0]": "poseId", "front": "photo"}.get(field, field)


def _in_the_batch(field: str) -> str:
    """The same where there are several poses."""
    return "photo" if field == "front" else field.replace("pose_ids", "poses", 1)


async def _known(call: Call[None]) -> pb.Generation:
    request = pb.GetGenerationRequest(id=call.request.path_params["id"])
    return (await call.clients.generations.GetGeneration(request)).generation


def _language(request: Request) -> str:
    return problems.language_of(request.headers)


async def _read(request: Request, backend: Backend) -> GenerationForm:
    shape: type[shapes.PoseFields] = shapes.GenerationFields
    photos, fields = await _filled(request, backend, shape)
    return GenerationForm(photos, [fields.pose_id], fields, photo_avatar(fields, shapes.PoseFields))


async def _read_batch(request: Request, backend: Backend) -> GenerationForm:
    shape: type[shapes.PosesFields] = shapes.BatchFields
    photos, fields = await _filled(request, backend, shape)
    avatar = photo_avatar(fields, shapes.PosesFields)
    return GenerationForm(photos, convert.pose_ids(fields.poses), fields, avatar)


async def _filled(
    request: Request, backend: Backend, shape: type[Fields]
) -> tuple[photo_form.PhotoForm, Fields]:
    """The form of somebody who has consented. Who has not is refused before the photo is read."""
    photo_form.announced(request, SLOTS)
    in_force = await photo_consent.version_agreed_to(backend.clients)
    form = await photo_form.read(request, shape.names(), SLOTS)
    fields = reading.validated(shape, dict(form.fields))
    photo_consent.demand(fields.consent, in_force)
    return form, fields


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Draw the person of a photo in a pose",
        TAG,
        create,
        scopes=(Scope.JOBS_WRITE,),
        work=Work.PHOTO,
        cost=Cost.GENERATE,
        form=Form(_read, FILES, shapes.GenerationFields, required=("poseId", "consent")),
        answer=shapes.Generation,
        status=HTTPStatus.ACCEPTED,
        refusals=(402, 404, 504),
    ),
    Operation(
        "POST",
        BATCH,
        "Draw the person of a photo in several poses",
        TAG,
        create_batch,
        scopes=(Scope.JOBS_WRITE,),
        work=Work.PHOTO,
        cost=Cost.GENERATE,
        form=Form(_read_batch, FILES, shapes.BatchFields, required=("poses", "consent")),
        answer=shapes.Generations,
        status=HTTPStatus.ACCEPTED,
        refusals=(402, 404, 504),
    ),
    Operation(
        "GET",
        PATH,
        "The caller's pictures in poses",
        TAG,
        page,
        scopes=(Scope.JOBS_READ,),
        answer=shapes.GenerationPage,
        query=shapes.GenerationQuery,
    ),
    Operation(
        "GET",
        f"{PATH}/stats",
        "Sums over them",
        TAG,
        stats,
        scopes=(Scope.JOBS_READ,),
        answer=shapes.GenerationStats,
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}.png",
        "The finished picture",
        TAG,
        picture,
        scopes=(Scope.JOBS_READ,),
        work=Work.FILE,
        answer="image/png",
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}/photo",
        "The photo that it was drawn from, where it is kept",
        TAG,
        photo,
        scopes=(Scope.JOBS_READ,),
        work=Work.FILE,
        answer="image/*",
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}",
        "One picture in a pose",
        TAG,
        get,
        scopes=(Scope.JOBS_READ,),
        answer=shapes.Generation,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Delete a picture and its files; one that is not drawn yet is cancelled and costs nothing",
        TAG,
        delete,
        scopes=(Scope.JOBS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

"""Avatars in batch: one request, one job."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from atelier.generator.v1 import jobs_pb2
from atelierkit.errors import FieldFault, InvalidInput
from atelierkit.scopes import Scope
from services.gateway import audit, batch_table, problems, reading
from services.gateway.bulkheads import Work
from services.gateway.convert import jobs as convert
from services.gateway.convert.faults import at_most
from services.gateway.limits import Cost
from services.gateway.operations import Call, Operation
from services.gateway.problems import UnsupportedMediaType
from services.gateway.schemas import jobs as shapes

PATH = "/v1/avatars/batch"
JSON = "application/json"


async def create(call: Call[None]) -> Response:
    settings = call.backend.settings
    draft = await _draft(call)
    answer = await call.clients.jobs.CreateAvatarBatch(
        jobs_pb2.CreateAvatarBatchRequest(
            rows=convert.batch_rows(draft.rows), request_id=str(call.request_uuid)
        ),
        timeout=settings.batch_timeout_s,
    )
    job = convert.job(answer.job, problems.language_of(call.request.headers))
    audit.note_resource(call.request, job)
    return Response(
        job.model_dump_json(by_alias=True),
        HTTPStatus.ACCEPTED,
        headers={"Location": job.links.self},
        media_type=JSON,
    )


async def _draft(call: Call[None]) -> shapes.BatchDraft:
    """Raises InvalidInput, PayloadTooLarge, UnsupportedMediaType."""
    media_type = reading.media_type(call.request)
    if media_type not in (JSON, batch_table.MEDIA_TYPE):
        message = "the body must be JSON or CSV"
        limit = f"{JSON}, {batch_table.MEDIA_TYPE}"
        raise UnsupportedMediaType(message, faults=[FieldFault("", "media_type", message, limit)])
    return draft(media_type, await reading.body(call.request, call.backend.settings.max_batch_bytes))


def draft(media_type: str, data: bytes) -> shapes.BatchDraft:
    """The batch in a body of that type: JSON, else a table. InvalidInput with at most as many faults as are told."""
    if media_type == JSON:
        document = reading.parse_json(data)
    else:
        document = {"rows": batch_table.rows(data, shapes.MOST_ROWS)}
    try:
        return reading.validated(shapes.BatchDraft, document)
    except InvalidInput as refusal:
        raise at_most(refusal.message, refusal.faults) from refusal


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Make many avatars as a job",
        "Avatars",
        create,
        scopes=(Scope.JOBS_WRITE,),
        work=Work.UPLOAD,
        cost=Cost.GENERATE,
        body=shapes.BatchDraft,
        upload=(batch_table.MEDIA_TYPE,),
        answer=shapes.Job,
        status=HTTPStatus.ACCEPTED,
        refusals=(402,),
    ),
)

"""Scans of people: uploaded, made into meshes and bodies, downloaded, deleted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from atelier.common.v1 import blob_pb2
from atelier.generator.v1 import generator_pb2
from atelierkit.errors import FieldFault, InvalidInput, NotFound
from atelierkit.scopes import Scope
from services.gateway import multipart, reading
from services.gateway.bulkheads import Work
from services.gateway.convert import clouds as convert
from services.gateway.downloads import download
from services.gateway.limits import Cost
from services.gateway.operations import Call, Operation
from services.gateway.problems import UnsupportedMediaType
from services.gateway.schemas import clouds as shapes

PATH = "/v1/clouds"
TAG = "Scans"
PLY = "model/ply"
GLB = "model/gltf-binary"
OCTETS = "application/octet-stream"
UPLOADS = (OCTETS, PLY, "model/obj", "text/plain", multipart.MEDIA_TYPE)
_FILE = "file"


@dataclass(frozen=True)
class Upload:
    """A cloud as it came in."""

    data: bytes
    media_type: str
    query: shapes.CloudQuery


async def create(call: Call[None]) -> shapes.Scan:
    upload = await _upload(call)
    format = convert.cloud_format(upload.query.format, upload.media_type, upload.data)
    # A key of its own, however often the same bytes come: each call deletes what it brought.
    stored = await call.clients.blobs.put(
        upload.data, prefix=f"uploads/{uuid.uuid4().hex}", media_type=OCTETS
    )
    try:
        answer = await call.clients.generator.CreateScan(
            generator_pb2.CreateScanRequest(
                cloud=blob_pb2.BlobRef(
                    key=stored.key, sha256=stored.sha256, media_type=stored.media_type, size=stored.size
                ),
                format=format,
                register=upload.query.with_body,
            ),
            timeout=call.backend.settings.cloud_timeout_s,
        )
    except BaseException:
        # The generator deletes it, unless the call never got there.
        await call.clients.blobs.delete(stored.key)
        raise
    return convert.scan(answer.scan)


async def get(call: Call[None]) -> shapes.Scan:
    return convert.scan(await _scan(call))


async def mesh(call: Call[None]) -> Response:
    scan = await _scan(call)
    return download(call.request, call.clients.blobs, scan.mesh, f"scan-{scan.id}.ply")


async def body(call: Call[None]) -> Response:
    scan = await _scan(call)
    if not scan.HasField("body"):
        raise NotFound("no body was fitted to this scan")
    return download(call.request, call.clients.blobs, scan.body, f"scan-{scan.id}.glb")


async def delete(call: Call[None]) -> None:
    await call.clients.generator.DeleteScan(
        generator_pb2.DeleteScanRequest(id=call.request.path_params["id"])
    )


async def _scan(call: Call[None]) -> generator_pb2.Scan:
    request = generator_pb2.GetScanRequest(id=call.request.path_params["id"])
    return (await call.clients.generator.GetScan(request)).scan


async def _upload(call: Call[None]) -> Upload:
    """The body as a file, or the form that holds one. Raises InvalidInput, PayloadTooLarge, UnsupportedMediaType."""
    media_type = reading.media_type(call.request)
    if media_type not in UPLOADS and not media_type.startswith("model/"):
        message = "the body must be a file or a form with one"
        raise UnsupportedMediaType(
            message, faults=[FieldFault("", "media_type", message, ", ".join((*UPLOADS, "model/*")))]
        )
    data = await reading.body(call.request, call.backend.settings.max_cloud_bytes)
    query: shapes.CloudQuery = call.request.state.query
    if media_type != multipart.MEDIA_TYPE:
        return Upload(data, media_type, query)
    return _in_form(multipart.parts(data, call.request.headers["content-type"]), query)


def _in_form(parts: list[multipart.Part], query: shapes.CloudQuery) -> Upload:
    """The part `file`; the other parts are the query's parameters, which are given once, here or there."""
    names = [part.name for part in parts]
    given = [*names, *(shapes.CloudQuery.model_fields[name].alias or name for name in query.model_fields_set)]
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise _refused(twice[0], "duplicate_field", "the field is given twice", "once")
    if _FILE not in names:
        raise _refused(_FILE, "required", "the form has no file", f"a part named {_FILE}")
    fields = {part.name: part.data.decode("utf-8", "replace") for part in parts if part.name != _FILE}
    merged = query.model_dump(by_alias=True, exclude_unset=True) | fields
    file = parts[names.index(_FILE)]
    return Upload(file.data, file.media_type, reading.validated(shapes.CloudQuery, merged))


def _refused(field: str, code: str, message: str, limit: str) -> InvalidInput:
    return InvalidInput(message, faults=[FieldFault(field, code, message, limit)])


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Make a mesh and a body of a scan",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.UPLOAD,
        cost=Cost.GENERATE,
        upload=UPLOADS,
        answer=shapes.Scan,
        query=shapes.CloudQuery,
        status=HTTPStatus.CREATED,
        refusals=(422, 501, 504),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}.ply",
        "The scan's watertight mesh",
        TAG,
        mesh,
        scopes=(Scope.AVATARS_READ,),
        answer=PLY,
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}.glb",
        "The body in the scan, rigged",
        TAG,
        body,
        scopes=(Scope.AVATARS_READ,),
        answer=GLB,
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}",
        "One scan",
        TAG,
        get,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.Scan,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Delete a scan and its files",
        TAG,
        delete,
        scopes=(Scope.AVATARS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

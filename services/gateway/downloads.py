"""Stored files as answers."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from atelier.common.v1 import blob_pb2
from atelierkit.blobs import Blobs


def download(request: Request, blobs: Blobs, blob: blob_pb2.BlobRef, filename: str) -> Response:
    """A stored file: strong ETag, 304 when the client has it, streamed from the object store."""
    headers = {
        "ETag": f'"{blob.sha256}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{filename}"',
    }
    if is_known(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(blob.size)
    return StreamingResponse(blobs.stream(blob.key), media_type=blob.media_type, headers=headers)


def is_known(request: Request, etag: str) -> bool:
    """Whether the client says that it has this version (RFC 9110, If-None-Match)."""
    named = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return bool(named & {etag, "*"})

"""Stored files as answers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from atelier.common.v1 import blob_pb2
from atelierkit.blobs import Blobs
from services.gateway import ranges

ASK_AGAIN = "private, no-cache"
"""For an address whose file may be another one tomorrow."""
FOR_EVER = "private, max-age=31536000, immutable"
"""For an address that names what its file holds."""
ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""For a picture that pages of other sites may show."""


def download(request: Request, blobs: Blobs, blob: blob_pb2.BlobRef, filename: str) -> Response:
    """A stored file to be saved: strong ETag, 304 when the client has it, streamed from the object store."""
    headers = {
        "Cache-Control": ASK_AGAIN,
        "Content-Disposition": f'attachment; filename="{filename}"',
    }
    return _sent(request, blobs, blob, headers)


def shown(
    request: Request, blobs: Blobs, blob: blob_pb2.BlobRef, filename: str, headers: Mapping[str, str]
) -> Response:
    """The same for a file that a browser shows in its place."""
    return _sent(request, blobs, blob, {**headers, "Content-Disposition": f'inline; filename="{filename}"'})


def played(request: Request, blobs: Blobs, blob: blob_pb2.BlobRef, filename: str) -> Response:
    """The same for a file that is played, and jumped about in: 206 for a part of it, 416 for one that there is not."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": ASK_AGAIN,
        "Content-Disposition": f'inline; filename="{filename}"',
    }
    etag = _etag(blob)
    if is_known(request, etag):
        return _sent(request, blobs, blob, headers)
    try:
        # A part is what GET alone may ask for (RFC 9110, Range).
        span = ranges.asked(request.headers, etag, blob.size) if request.method == "GET" else None
    except ranges.Unsatisfiable:
        headers["Content-Range"] = f"bytes */{blob.size}"
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    if span is None:
        return _sent(request, blobs, blob, headers)
    headers |= {
        "ETag": etag,
        "Content-Length": str(span.size),
        "Content-Range": f"bytes {span.first}-{span.last}/{blob.size}",
    }
    part = ranges.cut(blobs.stream(blob.key), span)
    return StreamingResponse(part, HTTPStatus.PARTIAL_CONTENT, headers, blob.media_type)


def is_known(request: Request, etag: str) -> bool:
    """Whether the client says that it has this version (RFC 9110, If-None-Match)."""
    named = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return bool(named & {etag, "*"})


def _sent(request: Request, blobs: Blobs, blob: blob_pb2.BlobRef, headers: Mapping[str, str]) -> Response:
    headers = {**headers, "ETag": _etag(blob)}
    if is_known(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(blob.size)
    if request.method == "HEAD":
        return Response(headers=headers, media_type=blob.media_type)
    return StreamingResponse(blobs.stream(blob.key), media_type=blob.media_type, headers=headers)


def _etag(blob: blob_pb2.BlobRef) -> str:
    return f'"{blob.sha256}"'

"""gzip, for answers that shrink and clients that take it."""

from __future__ import annotations

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.routes import files

# Meshes are float data that gzip hardly shrinks, at 30 ms of CPU a file, or archives already.
NOT_COMPRESSED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream", *files.MEDIA_TYPES)
COMPRESS_FROM_BYTES = 1024
COMPRESSION_LEVEL = 5

_VARY = (b"vary", b"Accept-Encoding")


class Compression:
    """Starlette's middleware for clients that take gzip; past it for all others, whose answers it would only look at."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(
            app,
            minimum_size=COMPRESS_FROM_BYTES,
            compresslevel=COMPRESSION_LEVEL,
            exclude_content_types=NOT_COMPRESSED,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _takes_gzip(scope):
            await self._gzip(scope, receive, send)
            return

        async def send_varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], _VARY]
            await send(message)

        await self._app(scope, receive, send_varying)


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])

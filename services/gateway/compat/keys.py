"""An Idempotency-Key on an inherited route: the sources know none, and whoever sends one means it."""

from __future__ import annotations

import uuid

from starlette.requests import Request
from starlette.responses import Response

from services.gateway import idempotency, reading
from services.gateway.compat.serving import Handler
from services.gateway.operations import Backend


async def answered_once(
    backend: Backend, path: str, handler: Handler, request: Request, limit: int
) -> Response:
    """What the handler of a POST answers: with a key once, however often the request comes; without one each time.

    The body, of `limit` bytes at most, is read here and given to the handler as if it was not. Raise what
    ``idempotency.key_of`` and ``Once.answer`` do.
    """
    key = idempotency.key_of(request.headers)
    if key is None:
        return await handler(request)
    data = await reading.body(request, limit)
    whole = idempotency.replaying(request, data)

    async def run(_: uuid.UUID) -> Response:
        return await handler(whole)

    asked = idempotency.fingerprint(request, data)
    return await backend.once.answer(request, f"POST {path}", key, asked, run)

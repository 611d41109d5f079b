"""The ASGI application: every route, and what surrounds it."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from atelierkit.errors import NotFound
from atelierkit.health import Readiness
from services.gateway import openapi, problems, share_pages
from services.gateway.areas import Areas
from services.gateway.audit import Audit
from services.gateway.compat import source_000, source_001, source_004
from services.gateway.compression import Compression
from services.gateway.draining import Draining
from services.gateway.middleware import Failures, Identity, RequestScope
from services.gateway.operations import Backend, route
from services.gateway.probes import Probes
from services.gateway.routes import (
    OPERATIONS,
    batches,
    clouds,
    custom_backgrounds,
    custom_poses,
    export,
    faces,
    from_photos,
    generations,
    jobs,
    pictures,
    shares,
)
from services.gateway.sessions import BrowserSessions, Callers
from services.gateway.static import static_routes
from services.gateway.tracing import Tracing
from services.gateway.trail import Trail


def create(
    backend: Backend, callers: Callers, sessions: BrowserSessions, trail: Trail, readiness: Readiness
) -> Starlette:
    """The application, ready to serve."""
    settings = backend.settings
    routes: list[BaseRoute] = [
        Areas(route(operation, backend) for operation in OPERATIONS),
        *source_000.routes(backend, sessions),
        *source_001.routes(backend),
        *source_004.routes(backend),
        *share_pages.routes(backend),
        *openapi.routes(OPERATIONS),
        *Probes(readiness, list(backend.clients.channels), serve_metrics=settings.serve_metrics).routes(),
        *static_routes(Path(settings.web_dir)),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Draining, readiness=readiness),
            Middleware(Tracing),
            Middleware(Compression),
            Middleware(
                RequestScope,
                timeout_s=settings.request_timeout_s,
                longer={
                    ("POST", clouds.PATH): settings.cloud_timeout_s,
                    ("POST", batches.PATH): settings.batch_timeout_s,
                    ("GET", export.PATH): settings.export_timeout_s,
                    ("POST", faces.PATH): settings.photo_timeout_s,
                    ("POST", from_photos.PATH): settings.photo_timeout_s,
                    ("POST", custom_poses.PATH): settings.photo_timeout_s,
                    ("POST", custom_backgrounds.PATH): settings.photo_timeout_s,
                    ("POST", shares.PATH): settings.picture_timeout_s,
                    ("POST", generations.PATH): settings.photo_timeout_s,
                    ("POST", generations.BATCH): settings.photo_timeout_s,
                    ("POST", source_001.GENERATE): settings.photo_timeout_s,
                    ("POST", source_004.GENERATE): settings.photo_timeout_s,
                },
                patterns=[(pictures.DRAWN, settings.picture_timeout_s)],
                streams=jobs.STREAMS,
                stream_s=settings.event_stream_s,
            ),
            Middleware(Audit, trail=trail),
            Middleware(Failures),
            Middleware(Identity, callers=callers),
        ],
        exception_handlers={HTTPException: _routing_failed},
    )


async def _routing_failed(request: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405, in the published shape."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    failure = (
        problems.MethodNotAllowed("this path does not take that method")
        if status == 405
        else NotFound("there is nothing at this address")
    )
    response = problems.answer(failure, request.headers)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response

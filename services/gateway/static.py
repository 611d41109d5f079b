"""The built web app's files."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.gateway.middleware import remember_route

YEAR_S = 31_536_000


class WebFiles(StaticFiles):
    """Files of the web app. Those under /assets carry their hash in their name and never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        remember_route(scope, "/{file}")
        response = await super().get_response(path, scope)
        forever = path.startswith("assets/") and response.status_code < 400
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if forever else "no-cache"
        return response


def static_routes(folder: Path) -> list[BaseRoute]:
    """The web app at `/`; nothing where it was not built."""
    if not (folder / "index.html").is_file():
        return []
    return [Mount("/", WebFiles(directory=folder, html=True), name="web")]

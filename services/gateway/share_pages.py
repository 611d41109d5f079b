"""What links lead to: a page with a picture, which networks show as a card, and the picture itself.

Whoever has a link may see them, so nothing here asks who calls. A token is in no log and no trace: those know the route.
"""

from __future__ import annotations

import base64
import hashlib
import html
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from atelier.generator.v1 import shares_pb2
from atelierkit.errors import AppError, Code, NotFound
from services.gateway import downloads, problems
from services.gateway.bulkheads import Work
from services.gateway.compat.serving import route
from services.gateway.convert.shares import PAGE
from services.gateway.limits import Cost
from services.gateway.operations import Backend
from services.gateway.share_texts import PAGES, Texts

PATH = f"{PAGE}{{token}}"
PICTURE_PATH = f"{PATH}.png"
LONGEST_CACHED_S = 300
"""How long somebody may go on seeing the picture of a link that was revoked."""
_LONGEST_TOKEN = 128
_UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}


def routes(backend: Backend) -> list[Route]:
    """The page and its picture; the picture's address is longer, and so comes first."""

    async def picture(request: Request) -> Response:
        shown = await _opened(backend, request)
        if shown is None:
            raise NotFound("there is no such link")
        cached = f"public, max-age={_cached_s(shown)}"
        headers = {**_UNLISTED, **downloads.ANYWHERE, "Cache-Control": cached}
        return downloads.shown(request, backend.clients.blobs, shown.picture, "avatar.png", headers)

    async def page(request: Request) -> Response:
        return _page(request, await _opened(backend, request))

    return [
        route(backend, "GET", PICTURE_PATH, picture, Work.FILE, Cost.GALLERY),
        route(backend, "GET", PATH, page, Work.READ),
    ]


async def _opened(backend: Backend, request: Request) -> shares_pb2.OpenShareResponse | None:
    """What a link shows; None for one that does not hold, whyever."""
    token: str = request.path_params["token"]
    if len(token) > _LONGEST_TOKEN:
        return None
    try:
        return await backend.clients.shares.OpenShare(shares_pb2.OpenShareRequest(token=token))
    except AppError as error:
        if error.code is not Code.NOT_FOUND:
            raise
        return None


def _cached_s(shown: shares_pb2.OpenShareResponse) -> int:
    left = shown.expire_time.ToDatetime(tzinfo=UTC) - datetime.now(UTC)
    return max(0, min(LONGEST_CACHED_S, int(left.total_seconds())))


def _page(request: Request, shown: shares_pb2.OpenShareResponse | None) -> Response:
    language = problems.language_of(request.headers)
    texts = Texts.of(language)
    if shown is None:
        words = {"title": texts.gone, "text": texts.why}
        return _answer("gone.html", language, words, HTTPStatus.NOT_FOUND)
    url = str(request.url.replace(query="", fragment=""))
    words = {
        "title": shown.title or texts.untitled,
        "description": texts.description,
        "locale": texts.locale,
        "until": texts.holds(shown.expire_time.ToDatetime(tzinfo=UTC)),
        "url": url,
        "picture": f"{url}.png",
        "media_type": shown.picture.media_type,
        "width": str(shown.width),
        "height": str(shown.height),
    }
    return _answer("share.html", language, words, HTTPStatus.OK)


def _answer(name: str, language: str, words: dict[str, str], status: HTTPStatus) -> Response:
    """Every word is escaped: titles are people's own."""
    words = {"language": language, "made_with": Texts.of(language).made_with, **words}
    escaped = {key: html.escape(word, quote=True) for key, word in words.items()}
    style = _file("page.css")
    headers = {
        **_UNLISTED,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language",
        # In place of the policy of all answers: nothing runs here at all.
        "Content-Security-Policy": (
            f"default-src 'none'; img-src 'self'; style-src 'sha256-{_digest(style)}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    }
    text = Template(_file(name)).substitute(escaped, style=style)
    return HTMLResponse(text, status, headers)


@cache
def _file(name: str) -> str:
    return (PAGES / name).read_text("utf-8")


def _digest(style: str) -> str:
    """As a policy names an element by what is in it."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

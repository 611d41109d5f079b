"""Routes by the area of the API that they belong to, so that a request is compared with few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_FOUND = "atelier.route"
_SEGMENTS = 2
"""Segments of a path that name its area: `/v1/avatars`, `/api/auth`. No route has a parameter in them."""


class Areas(BaseRoute):
    """All routes in one; which of an area's answers is for Starlette to say, in the order in which they were given.

    Starlette's own router compares a request with every route, an expression each, until one fits.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._areas: defaultdict[str, list[Route]] = defaultdict(list)
        for route in routes:
            area = _area(route.path)
            if "{" in area:
                raise ValueError(f"{route.path} has a parameter among its first {_SEGMENTS} segments")
            self._areas[area].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that fits, else the first that would with another method."""
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._areas.get(_area(scope.get("path", "")), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, _FOUND: route}
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, {**found, _FOUND: route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the route that `matches` found."""
        await scope[_FOUND].handle(scope, receive, send)


def _area(path: str) -> str:
    return "/".join(path.split("/", _SEGMENTS + 1)[: _SEGMENTS + 1])

"""How connections end when the gateway does."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelierkit.health import Readiness


class Draining:
    """Ends each connection with its next answer once the gateway drains.

    A connection that is kept open past the drain is closed under the client's next request, which the
    client cannot tell from one that was lost at work.
    """

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        self._app = app
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start" and self._readiness.draining:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        # Answers that last for minutes end with the drain.
        scope.setdefault("state", {})["until_draining"] = self._readiness.until_draining
        await self._app(scope, receive, send_last)

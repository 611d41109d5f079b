"""Which service calls: as its certificate says, or where there are none, as it says itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelierkit import identity
from atelierkit.interceptors.around import AroundInterceptor, Call
from atelierkit.interceptors.peers import SPIFFE_ID


class CallingService(AroundInterceptor):
    """Tells the servicer the name of the service that calls (``identity.require_service``).

    In plain text nothing is proven, as nothing is there: whoever reaches the port may say any name.
    """

    def __init__(self, prefix: str | None) -> None:
        """``prefix`` and a service's name make the id in its certificate; None without certificates."""
        self._prefix = prefix

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call for the service."""
        with identity.called_by(self._name(call)):
            yield

    def _name(self, call: Call) -> str:
        if self._prefix is None:
            return call.text(identity.SERVICE_KEY) or ""
        [id] = call.context.auth_context()[SPIFFE_ID]  # Peers has refused those without one
        return str(id.decode().removeprefix(self._prefix))

"""Lets a call in when its caller may make it, as the proto says: ``(atelier.common.v1.access)``, and ``scopes``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from google.protobuf.descriptor import ServiceDescriptor

from atelier.common.v1 import access_pb2
from atelierkit import identity
from atelierkit.errors import Unauthenticated
from atelierkit.identity import Caller, TokenVerifier
from atelierkit.interceptors.around import AroundInterceptor, Call

_WITHOUT_TOKEN = frozenset({access_pb2.ACCESS_PUBLIC, access_pb2.ACCESS_SERVICE})
# Tools carry no token, and it says nothing about people.
_OPEN_SERVICES = frozenset({"grpc.reflection.v1alpha.ServerReflection"})


@dataclass(frozen=True)
class _Rule:
    """What one method demands of its caller."""

    access: access_pb2.Access.ValueType
    scopes: Sequence[str]


_CLOSED = _Rule(access_pb2.ACCESS_UNSPECIFIED, ())


class Identity(AroundInterceptor):
    """Verifies the bearer token and compares the caller with what the method demands.

    A method that says nothing is closed to anonymous callers. A public method knows its caller where
    the token is good, and takes a bad one for none: logging in with a stale token must work. So does a
    method for services, whose certificates ``Peers`` has looked at. An API key calls what names one of its scopes.
    """

    def __init__(self, services: Iterable[ServiceDescriptor], verifier: TokenVerifier | None) -> None:
        self._rules = {
            (service.full_name, method.name): _Rule(
                method.GetOptions().Extensions[access_pb2.access],
                tuple(method.GetOptions().Extensions[access_pb2.scopes]),
            )
            for service in services
            for method in service.methods
        }
        self._verifier = verifier

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call on behalf of its caller."""
        with identity.acting(await self._admitted(call)):
            yield

    async def _admitted(self, call: Call) -> Caller | None:
        rule = self._rules.get((call.service, call.method), _CLOSED)
        if rule.access in _WITHOUT_TOKEN or call.service in _OPEN_SERVICES:
            return await self._known(call)
        caller = await self._verified(call)
        if rule.access == access_pb2.ACCESS_ADMIN:
            caller.require_role(identity.ADMIN)
        caller.require_scope(*rule.scopes)
        return caller

    async def _known(self, call: Call) -> Caller | None:
        try:
            return await self._verified(call)
        except Unauthenticated:
            return None

    async def _verified(self, call: Call) -> Caller:
        scheme, _, token = (call.text("authorization") or "").partition(" ")
        if self._verifier is None or scheme.lower() != "bearer" or not token:
            raise Unauthenticated(identity.NOT_VALID)
        return await self._verifier.verify(token)

"""Lets a call in when the service that makes it may call this one: the arrows of the architecture."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from google.protobuf.descriptor import ServiceDescriptor
from prometheus_client import Counter

from atelier.common.v1 import access_pb2
from atelierkit.errors import Forbidden
from atelierkit.interceptors.around import AroundInterceptor, Call
from atelierkit.logs import get_logger

PEERS_REFUSED = Counter(
    "atelier_grpc_server_peers_refused_total",
    "Calls refused because the certificate is of no service that may call this one.",
)

# gRPC names it only where the certificate has exactly one URI, and that a well-formed SPIFFE id.
SPIFFE_ID = "peer_spiffe_id"
_MAX_LOGGED = 100

_log = get_logger(__name__)


class PeerNotAllowed(Forbidden):
    """The certificate is good, and of a service that has no business here."""

    reason = "PEER_NOT_ALLOWED"


class Peers(AroundInterceptor):
    """Compares the SPIFFE id in the peer's certificate with the ids that may call.

    TLS has verified the certificate before: this is about who, not whether. A method whose proto names its
    callers takes calls from these alone. Each peer that is refused is logged once and counted each time.
    """

    def __init__(
        self, prefix: str, allowed: Iterable[str], services: Iterable[ServiceDescriptor] = ()
    ) -> None:
        """``prefix`` and a service's name make its id."""
        self._allowed = frozenset(f"{prefix}{name}".encode() for name in allowed)
        self._callers: Mapping[tuple[str, str], frozenset[bytes]] = {
            (service.full_name, method.name): frozenset(f"{prefix}{name}".encode() for name in named)
            for service in services
            for method in service.methods
            if (named := method.GetOptions().Extensions[access_pb2.callers])
        }
        self._logged: set[bytes] = set()

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call when its peer may make it."""
        named = call.context.auth_context().get(SPIFFE_ID, ())
        allowed = self._allowed & self._callers.get((call.service, call.method), self._allowed)
        if not allowed.intersection(named):
            PEERS_REFUSED.inc()
            self._log_once(b", ".join(named), call.rpc)
            raise PeerNotAllowed("this service does not take calls from yours")
        yield

    def _log_once(self, peer: bytes, rpc: str) -> None:
        if peer not in self._logged and len(self._logged) < _MAX_LOGGED:
            self._logged.add(peer)
            _log.warning("peer refused", peer=peer.decode(errors="replace") or "without a name", rpc=rpc)

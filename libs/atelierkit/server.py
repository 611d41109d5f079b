"""A grpc.aio server with everything that every service's server has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2_grpc  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]

from atelierkit import health
from atelierkit.identity import TokenVerifier
from atelierkit.interceptors.around import HEALTH
from atelierkit.interceptors.calling import CallingService
from atelierkit.interceptors.errors import Errors
from atelierkit.interceptors.identity import Identity
from atelierkit.interceptors.limit import Limit
from atelierkit.interceptors.logging import AccessLog, RequestContext
from atelierkit.interceptors.metrics import Metrics
from atelierkit.interceptors.peers import Peers
from atelierkit.interceptors.repeat import Repeat
from atelierkit.interceptors.tracing import Tracing
from atelierkit.interceptors.validation import Validation
from atelierkit.settings import ServiceSettings
from atelierkit.tls import Certificates, server_credentials


@dataclass(frozen=True)
class Service:
    """What a service's ``bootstrap.build`` hands to the runtime."""

    name: str
    """Full proto name, e.g. ``atelier.auth.v1.AuthService``; health is told under it."""
    add: Callable[[grpc.aio.Server], None]
    """Registers the servicer: ``lambda server: add_AuthServiceServicer_to_server(servicer, server)``."""
    descriptor: ServiceDescriptor
    """The proto service, whose method options say who may call."""
    verifier: TokenVerifier | None = None
    """Verifies callers' tokens; without one only public methods can be called."""
    also: Sequence[ServiceDescriptor] = ()
    """Further proto services that ``add`` registers on the same server."""
    dependencies: Mapping[str, health.Dependency] = field(default_factory=dict)
    """What the service stands on, by name; it says SERVING while the hard ones answer."""

    @property
    def descriptors(self) -> tuple[ServiceDescriptor, ...]:
        """All proto services that it offers."""
        return (self.descriptor, *self.also)


@dataclass(frozen=True)
class Running:
    """A server that is serving."""

    port: int
    """The port it listens on."""
    health_port: int | None = None
    """The port of its health service in plain text; None where it has none."""


def options(max_message_bytes: int) -> list[tuple[str, int]]:
    """Channel arguments that both ends share: message limits, and keepalive that finds a dead peer in 20 s."""
    return [
        ("grpc.max_receive_message_length", max_message_bytes),
        ("grpc.max_send_message_length", max_message_bytes),
        ("grpc.keepalive_time_ms", 15_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        # No keepalive is sent beside a ping of another kind, e.g. of gRPC's bandwidth probe, which waits a minute.
        ("grpc.http2.ping_timeout_ms", 5_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
    ]


SERVER_OPTIONS: list[tuple[str, int]] = [
    # Two servers on one port would share its calls at random; a taken port must be an error.
    ("grpc.so_reuseport", 0),
    # Pings more often than this are abuse: after two strikes the connection goes.
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
    ("grpc.max_metadata_size", 16 * 1024),
]

_AGE_GRACE_MS = 150_000
"""What calls under way on an aged connection get to finish: more than the longest, a scan with its 120 s."""


def age(seconds: float) -> list[tuple[str, int]]:
    """Channel arguments that end a connection at that age, give or take a tenth, once its calls have ended."""
    return [
        ("grpc.max_connection_age_ms", round(seconds * 1000)),
        ("grpc.max_connection_age_grace_ms", _AGE_GRACE_MS),
    ]


def create(service: Service, settings: ServiceSettings) -> grpc.aio.Server:
    """A server with the interceptors in their order, not yet listening."""
    prefix = None if settings.tls is None else settings.peer_prefix
    peers = [] if prefix is None else [Peers(prefix, settings.allowed_peers, service.descriptors)]
    return grpc.aio.server(
        interceptors=[
            RequestContext(),
            Tracing(),
            AccessLog(),
            Metrics(),
            Errors(),
            Limit(settings.max_concurrent_rpcs),
            *peers,
            CallingService(prefix),
            Identity(service.descriptors, service.verifier),
            Validation(),
            Repeat(service.descriptors),
        ],
        options=[
            *options(settings.max_message_bytes),
            *SERVER_OPTIONS,
            *age(settings.max_connection_age_s),
        ],
    )


@asynccontextmanager
async def serving(service: Service, settings: ServiceSettings) -> AsyncIterator[Running]:
    """Serve while the block runs, then drain: NOT_SERVING, a wait for it to be noticed, running calls finish.

    Raises OSError when a port is taken or the certificate cannot be used.
    """
    async with AsyncExitStack() as stack:
        checks = health.Health(service.name)
        health_port = None
        if settings.health_port is not None:
            answering = health.answering(checks, settings.metrics_host, settings.health_port)
            health_port = await stack.enter_async_context(answering)
        server = create(service, settings)
        service.add(server)
        health_pb2_grpc.add_HealthServicer_to_server(checks, server)
        if settings.reflection:
            offered = (each.full_name for each in service.descriptors)
            reflection.enable_server_reflection((*offered, HEALTH, reflection.SERVICE_NAME), server)
        port = _listen(server, settings)
        await server.start()
        watching = health.watching(service.dependencies, lambda ready: checks.tell(ready=ready))
        await stack.enter_async_context(watching)
        try:
            yield Running(port, health_port)
        finally:
            checks.drain()
            await asyncio.sleep(settings.endpoint_notice_s)
            checks.end()
            await server.stop(settings.drain_grace_s)


def _listen(server: grpc.aio.Server, settings: ServiceSettings) -> int:
    address = f"{settings.host}:{settings.port}"
    try:
        if settings.tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, server_credentials(Certificates(settings.tls)))
    except RuntimeError as error:
        raise OSError(
            f"cannot listen on {address}: the port is taken or the address is not of this machine"
        ) from error

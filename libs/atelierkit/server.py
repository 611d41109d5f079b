"""A grpc.aio server with everything that every service's server has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]
from opentelemetry.instrumentation.grpc import aio_server_interceptor

from atelierkit.identity import TokenVerifier
from atelierkit.interceptors.errors import Errors
from atelierkit.interceptors.identity import Identity
from atelierkit.interceptors.logging import AccessLog, RequestContext
from atelierkit.interceptors.metrics import Metrics
from atelierkit.interceptors.validation import Validation
from atelierkit.settings import ServiceSettings, Tls


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


@dataclass(frozen=True)
class Running:
    """A server that is serving."""

    port: int
    """The port it listens on."""


def options(max_message_bytes: int) -> list[tuple[str, int]]:
    """Channel arguments that both ends share: message limits, and keepalive that finds a dead peer in 20 s."""
    return [
        ("grpc.max_receive_message_length", max_message_bytes),
        ("grpc.max_send_message_length", max_message_bytes),
        ("grpc.keepalive_time_ms", 15_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
    ]


_SERVER_OPTIONS = [
    # Two servers on one port would share its calls at random; a taken port must be an error.
    ("grpc.so_reuseport", 0),
    # Pings more often than this are abuse: after two strikes the connection goes.
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
    ("grpc.max_metadata_size", 16 * 1024),
]


def create(service: Service, settings: ServiceSettings) -> grpc.aio.Server:
    """A server with the interceptors in their order, not yet listening."""
    return grpc.aio.server(
        interceptors=[
            RequestContext(),
            aio_server_interceptor(),  # type: ignore[no-untyped-call]
            AccessLog(),
            Metrics(),
            Errors(),
            Identity([service.descriptor], service.verifier),
            Validation(),
        ],
        options=[*options(settings.max_message_bytes), *_SERVER_OPTIONS],
        maximum_concurrent_rpcs=settings.max_concurrent_rpcs,
    )


@asynccontextmanager
async def serving(service: Service, settings: ServiceSettings) -> AsyncIterator[Running]:
    """Serve while the block runs, then drain: NOT_SERVING, a wait for it to be noticed, running calls finish.

    Raises OSError when the port is taken.
    """
    server = create(service, settings)
    service.add(server)
    checks = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    if settings.reflection:
        names: Sequence[str] = (service.name, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
    port = _listen(server, settings)
    await server.start()
    for name in ("", service.name):
        await checks.set(name, health_pb2.HealthCheckResponse.SERVING)
    try:
        yield Running(port)
    finally:
        await checks.enter_graceful_shutdown()
        await asyncio.sleep(settings.endpoint_notice_s)
        await server.stop(settings.drain_grace_s)


def _listen(server: grpc.aio.Server, settings: ServiceSettings) -> int:
    address = f"{settings.host}:{settings.port}"
    try:
        if settings.tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, _credentials(settings.tls))
    except RuntimeError as error:
        raise OSError(
            f"cannot listen on {address}: the port is taken or the address is not of this machine"
        ) from error


def _credentials(tls: Tls) -> grpc.ServerCredentials:
    return grpc.ssl_server_credentials(
        [(tls.key.read_bytes(), tls.cert.read_bytes())],
        root_certificates=tls.client_ca.read_bytes(),
        require_client_auth=True,
    )

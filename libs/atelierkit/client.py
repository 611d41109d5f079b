"""Channels to other services: deadlines, retries, identity and traces pass on; failures come back as AppErrors."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from opentelemetry import propagate, trace

from atelierkit import context, metrics, tracing
from atelierkit.connections import Connections, Method
from atelierkit.errors import AppError, Code, TimedOut, Unavailable
from atelierkit.identity import SERVICE_KEY, current_caller
from atelierkit.methods import may_come_twice
from atelierkit.server import options
from atelierkit.settings import ServiceSettings
from atelierkit.status import from_rpc_error
from atelierkit.tls import LOOK_EVERY_S, Certificates, Material, channel_credentials

DEFAULT_TIMEOUT_S = 10.0
"""Deadline of a call that sets none, in a request that has none: no call waits for ever."""

_MAX_MESSAGE_BYTES: int = ServiceSettings.model_fields["max_message_bytes"].default
_tracer = trace.get_tracer(__name__)

CLIENT_OPTIONS: list[tuple[str, str | int]] = [
    # A lost address is tried again after 0.1 s and then every 2 s at most; gRPC's own limit is two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    # And the name is asked again, so that a replica in its place is found; gRPC's own pause is 30 s.
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
    ("grpc.service_config_disable_resolution", 1),
]


def channel(
    addr: str,
    settings: ServiceSettings | None = None,
    *,
    services: Sequence[ServiceDescriptor] = (),
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> grpc.aio.Channel:
    """A channel to ``addr``, to be used and closed by ``async with``.

    ``addr`` is host:port, or a target of gRPC's: ``dns:///name:port`` for all addresses behind a
    name, ``ipv4:1.2.3.4:1,1.2.3.4:2`` for several, without TLS. Calls are spread over the addresses
    that say SERVING under the name of the first of ``services``.

    Calls raise AppErrors, never ``grpc.aio.AioRpcError``. Each passes on the request id, the
    caller's token and the trace, and has the nearest of three deadlines: its own ``timeout``, the
    request's, and ``timeout_s``. ``settings`` brings TLS, the message limit and the calling service's
    name. Methods of ``services`` whose proto declares an ``idempotency_level`` are tried again, three
    times in all, when the service is not reachable.
    """
    arguments: list[tuple[str, str | int]] = [
        *options(_MAX_MESSAGE_BYTES if settings is None else settings.max_message_bytes),
        *CLIENT_OPTIONS,
        ("grpc.service_config", _service_config(services)),
    ]

    def open(material: Material | None) -> grpc.aio.Channel:
        if material is None:
            return grpc.aio.insecure_channel(addr, options=arguments)
        return grpc.aio.secure_channel(addr, channel_credentials(material), options=arguments)

    tls = None if settings is None else settings.tls
    return _Channel(
        Connections(open, None if tls is None else Certificates(tls, look_every_s=LOOK_EVERY_S)),
        timeout_s,
        said={} if settings is None else {SERVICE_KEY: settings.service()},
    )


async def is_serving(through: grpc.aio.Channel, service: str = "", *, timeout_s: float = 1.0) -> bool:
    """Whether the service behind the channel says SERVING under that name; False where it says nothing."""
    stub = health_pb2_grpc.HealthStub(through)
    try:
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout_s)
    except AppError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def is_reached(through: grpc.aio.Channel) -> bool:
    """Whether an address of the channel says SERVING; it asks the channel, which watches them, and makes no call."""
    return through.get_state(try_to_connect=True) is grpc.ChannelConnectivity.READY


def reaching(through: grpc.aio.Channel) -> Callable[[], Coroutine[Any, Any, None]]:
    """``is_reached`` as a check."""

    async def check() -> None:
        if not is_reached(through):
            raise Unavailable("no address of the service is serving")

    return check


def _service_config(named: Sequence[ServiceDescriptor]) -> str:
    repeatable = [
        {"service": service.full_name, "method": method.name}
        for service in named
        for method in service.methods
        if may_come_twice(method)
    ]
    policy = {
        "maxAttempts": 3,
        "initialBackoff": "0.05s",
        "maxBackoff": "0.5s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [{"name": repeatable, "retryPolicy": policy}] if repeatable else [],
    }
    if named:
        # An address that is draining, or has lost its database, gets no call.
        config["healthCheckConfig"] = {"serviceName": named[0].full_name}
    if repeatable:
        # Retries stop once half of the tokens are gone, and each success gives a tenth back: no storm on a dead peer,
        # yet enough for the calls that one dead replica of two had under way.
        config["retryThrottling"] = {"maxTokens": 40, "tokenRatio": 0.1}
    return json.dumps(config)


class _Channel(grpc.aio.Channel):
    """Wraps a channel's four kinds of calls.

    Client interceptors would be the usual place. They start a task per call, and an exception of
    ours that passes through them surfaces a second time in ``InterceptedCall.__del__``.
    """

    def __init__(self, connections: Connections, timeout_s: float, said: Mapping[str, str]) -> None:
        """``said`` is metadata of every call."""
        self._connections = connections
        self._timeout_s = timeout_s
        self._said = said

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: Any) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        await self._connections.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._connections.channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._connections.channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self._connections.channel.channel_ready()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._once(method, Method("unary_unary", method, *args, **kwargs))

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._once(method, Method("stream_unary", method, *args, **kwargs))

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._streaming(method, Method("unary_stream", method, *args, **kwargs))

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._streaming(method, Method("stream_stream", method, *args, **kwargs))

    def _once(self, method: str, start: Method) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def call(request: Any = None, **given: Any) -> Any:
            with _calling(method), self._connections.in_use() as connection:
                return await start.on(connection)(request, **self._passed_on(given))

        return call

    def _streaming(self, method: str, start: Method) -> Callable[..., AsyncIterator[Any]]:
        async def call(request: Any = None, **given: Any) -> AsyncIterator[Any]:
            with _calling(method), self._connections.in_use() as connection:
                running = start.on(connection)(request, **self._passed_on(given))
                try:
                    async for message in running:
                        yield message
                finally:
                    # A reader that leaves early stops the sender; once the stream has ended this does nothing.
                    running.cancel()

        return call

    def _passed_on(self, given: dict[str, Any]) -> dict[str, Any]:
        """The call's keyword arguments with the nearest deadline, and with what every call passes on."""
        own = given.get("timeout")
        limit = self._timeout_s if own is None else own
        remaining = context.remaining_s()
        if remaining is not None and remaining <= 0:
            raise TimedOut("the request's time was used up before this call")
        timeout = limit if remaining is None else min(limit, remaining)
        return given | {"timeout": timeout, "metadata": _outgoing(given.get("metadata") or (), self._said)}


@contextmanager
def _calling(method: str) -> Iterator[None]:
    """A client span around the call, and its rate, code and duration; what gRPC raises becomes an AppError."""
    service, _, name = method.lstrip("/").rpartition("/")
    start, code = time.perf_counter(), Code.CANCELLED
    with tracing.rpc_span(_tracer, service, name, trace.SpanKind.CLIENT) as span:
        try:
            yield
            code = Code.OK
        except grpc.aio.AioRpcError as error:
            failure = from_rpc_error(error)
            code = failure.code
            raise failure from error
        except AppError as error:
            code = error.code
            raise
        finally:
            tracing.end_rpc(span, code, of_server=False)
            metrics.GRPC_CLIENT_REQUESTS.labels(service, name, code.name).inc()
            metrics.observe(
                metrics.GRPC_CLIENT_DURATION, time.perf_counter() - start, service=service, method=name
            )


def _outgoing(
    own: Iterable[tuple[str, str | bytes]], said: Mapping[str, str]
) -> tuple[tuple[str, str | bytes], ...]:
    """The call's own metadata, then what is said, id, token and trace; a key that the call sets itself is left alone."""
    passed = dict(said)
    propagate.inject(passed)
    if (request_id := context.request_id()) is not None:
        passed[context.REQUEST_ID_KEY] = request_id
    if (caller := current_caller()) is not None:
        passed["authorization"] = f"Bearer {caller.token}"
    pairs = tuple(own)
    taken = {key for key, _ in pairs}
    return (*pairs, *((key, value) for key, value in passed.items() if key not in taken))

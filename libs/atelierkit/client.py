"""Channels to other services: deadlines, retries, identity and traces pass on; failures come back as AppErrors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from opentelemetry import propagate, trace

from atelierkit import context
from atelierkit.errors import AppError, TimedOut
from atelierkit.identity import current_caller
from atelierkit.server import options
from atelierkit.settings import ServiceSettings
from atelierkit.status import from_rpc_error

DEFAULT_TIMEOUT_S = 10.0
"""Deadline of a call that sets none, in a request that has none: no call waits for ever."""

_MAX_MESSAGE_BYTES: int = ServiceSettings.model_fields["max_message_bytes"].default
_tracer = trace.get_tracer(__name__)


def channel(
    addr: str,
    settings: ServiceSettings | None = None,
    *,
    services: Sequence[ServiceDescriptor] = (),
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> grpc.aio.Channel:
    """A channel to ``addr`` (host:port), to be used and closed by ``async with``.

    Calls raise AppErrors, never ``grpc.aio.AioRpcError``. Each passes on the request id, the
    caller's token and the trace, and has the nearest of three deadlines: its own ``timeout``, the
    request's, and ``timeout_s``. ``settings`` brings TLS and the message limit. Methods of
    ``services`` whose proto declares an ``idempotency_level`` are tried again, three times in all,
    when the service is not reachable.
    """
    arguments: list[tuple[str, str | int]] = [
        *options(_MAX_MESSAGE_BYTES if settings is None else settings.max_message_bytes),
        ("grpc.service_config", _service_config(services)),
    ]
    tls = None if settings is None else settings.tls
    if tls is None:
        return _Channel(grpc.aio.insecure_channel(addr, options=arguments), timeout_s)
    credentials = grpc.ssl_channel_credentials(
        tls.client_ca.read_bytes(), tls.key.read_bytes(), tls.cert.read_bytes()
    )
    return _Channel(grpc.aio.secure_channel(addr, credentials, options=arguments), timeout_s)


async def is_serving(through: grpc.aio.Channel, service: str = "", *, timeout_s: float = 1.0) -> bool:
    """Whether the service behind the channel says SERVING under that name; False where it says nothing."""
    stub = health_pb2_grpc.HealthStub(through)
    try:
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout_s)
    except AppError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _service_config(services: Iterable[ServiceDescriptor]) -> str:
    repeatable = [
        {"service": service.full_name, "method": method.name}
        for service in services
        for method in service.methods
        if _is_idempotent(method)
    ]
    policy = {
        "maxAttempts": 3,
        "initialBackoff": "0.05s",
        "maxBackoff": "0.5s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    config: dict[str, Any] = {
        "methodConfig": [{"name": repeatable, "retryPolicy": policy}] if repeatable else []
    }
    if repeatable:
        # Retries stop once half of ten tokens are gone, and each success gives a tenth back: no storm on a dead peer.
        config["retryThrottling"] = {"maxTokens": 10, "tokenRatio": 0.1}
    return json.dumps(config)


def _is_idempotent(method: MethodDescriptor) -> bool:
    return bool(method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN)


class _Channel(grpc.aio.Channel):
    """Wraps a channel's four kinds of calls.

    Client interceptors would be the usual place. They start a task per call, and an exception of
    ours that passes through them surfaces a second time in ``InterceptedCall.__del__``.
    """

    def __init__(self, inner: grpc.aio.Channel, timeout_s: float) -> None:
        self._inner = inner
        self._timeout_s = timeout_s

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *exc_info: Any) -> None:
        await self._inner.__aexit__(*exc_info)

    async def close(self, grace: float | None = None) -> None:
        await self._inner.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._inner.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._inner.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self._inner.channel_ready()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._once(method, self._inner.unary_unary(method, *args, **kwargs))

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._once(method, self._inner.stream_unary(method, *args, **kwargs))

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._streaming(method, self._inner.unary_stream(method, *args, **kwargs))

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._streaming(method, self._inner.stream_stream(method, *args, **kwargs))

    def _once(self, method: str, start: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def call(request: Any = None, **given: Any) -> Any:
            with _calling(method):
                return await start(request, **self._passed_on(given))

        return call

    def _streaming(self, method: str, start: Callable[..., Any]) -> Callable[..., AsyncIterator[Any]]:
        async def call(request: Any = None, **given: Any) -> AsyncIterator[Any]:
            with _calling(method):
                running = start(request, **self._passed_on(given))
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
        return given | {"timeout": timeout, "metadata": _outgoing(given.get("metadata") or ())}


@contextmanager
def _calling(method: str) -> Iterator[None]:
    """A client span around the call; the failures that gRPC raises become AppErrors."""
    attributes = {"rpc.system": "grpc"}
    with _tracer.start_as_current_span(method.lstrip("/"), kind=trace.SpanKind.CLIENT, attributes=attributes):
        try:
            yield
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from error


def _outgoing(own: Iterable[tuple[str, str | bytes]]) -> tuple[tuple[str, str | bytes], ...]:
    """The call's own metadata, then id, token and trace; a key that the call sets itself is left alone."""
    passed: dict[str, str] = {}
    propagate.inject(passed)
    if (request_id := context.request_id()) is not None:
        passed[context.REQUEST_ID_KEY] = request_id
    if (caller := current_caller()) is not None:
        passed["authorization"] = f"Bearer {caller.token}"
    pairs = tuple(own)
    taken = {key for key, _ in pairs}
    return (*pairs, *((key, value) for key, value in passed.items() if key not in taken))

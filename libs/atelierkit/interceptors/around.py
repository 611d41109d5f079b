"""One shape for all interceptors: a context manager around a call, whatever the call streams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import grpc

Context = grpc.aio.ServicerContext[Any, Any]
Handler = Any
"""A grpc.RpcMethodHandler: its published types know the synchronous API alone."""

HEALTH = "grpc.health.v1.Health"
"""Asked without a token from every side, and watched for as long as a connection lives: its calls are no requests."""


@dataclass(frozen=True)
class Call:
    """A call on its way to the servicer."""

    service: str
    """Full name of the proto service."""
    method: str
    """Name of the method in it."""
    metadata: dict[str, str | bytes]
    """Metadata of the request; where a key came twice, the first value."""
    context: Context

    @property
    def rpc(self) -> str:
        """``service/method``, as logs name it."""
        return f"{self.service}/{self.method}"

    def text(self, key: str) -> str | None:
        """A metadata value that is text; None where it is missing or binary."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None


class AroundInterceptor(grpc.aio.ServerInterceptor, ABC):
    """Wraps each call in ``around``; an exception of the call rises through it."""

    @abstractmethod
    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """The context manager in which the call runs, in the call's own task."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Give the handler with ``around`` about it; an unknown method stays unknown, a health check bare."""
        handler = await continuation(handler_call_details)
        service, _, method = handler_call_details.method.lstrip("/").rpartition("/")
        if handler is None or service == HEALTH:
            return handler
        metadata: dict[str, str | bytes] = {}
        for key, value in handler_call_details.invocation_metadata or ():
            metadata.setdefault(key, value)

        def enter(context: Context) -> AbstractAsyncContextManager[None]:
            return self.around(Call(service, method, metadata, context))

        return wrapped(handler, enter)


def wrapped(handler: Handler, enter: Callable[[Context], AbstractAsyncContextManager[None]]) -> Handler:
    """The handler with its behaviour run inside ``enter(context)``; all four kinds of calls."""
    behaviour = handler.unary_unary or handler.stream_unary or handler.unary_stream or handler.stream_stream

    async def once(request: Any, context: Context) -> Any:
        async with enter(context):
            return await behaviour(request, context)

    async def streaming(request: Any, context: Context) -> AsyncIterator[Any]:
        async with enter(context):
            async for message in behaviour(request, context):
                yield message

    return reshaped(handler, streaming if handler.response_streaming else once)


def reshaped(
    handler: Handler,
    behaviour: Callable[[Any, Context], Any],
    *,
    request_deserializer: Callable[[bytes], Any] | None = None,
) -> Handler:
    """The handler with another behaviour of the same kind, and another deserializer where one is given."""
    make = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }[bool(handler.request_streaming), bool(handler.response_streaming)]
    return make(
        behaviour,
        request_deserializer=request_deserializer or handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )

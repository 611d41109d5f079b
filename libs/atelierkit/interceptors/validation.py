"""Checks every request against the rules in its proto (protovalidate), innermost: servicers get valid messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import protovalidate
from google.protobuf.message import DecodeError, Message

from atelierkit.errors import InvalidInput
from atelierkit.interceptors.around import HEALTH, Handler, reshaped
from atelierkit.violations import field_fault

_TEXT = "the request breaks the rules of its fields"


@dataclass(frozen=True)
class _Undecodable:
    """Stands in for a request whose bytes are no message of its type, until an AppError can be raised."""


class Validation(grpc.aio.ServerInterceptor):
    """Refuses malformed bytes and messages that break a rule, with one fault per broken rule."""

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Give the handler behind a check of each request message; that of a health check bare."""
        handler = await continuation(handler_call_details)
        if handler is None or handler_call_details.method.startswith(f"/{HEALTH}/"):
            return handler
        behaviour = (
            handler.unary_unary or handler.stream_unary or handler.unary_stream or handler.stream_stream
        )

        def checked(request: Any, context: Any) -> Any:
            valid = self._each(request) if handler.request_streaming else self._valid(request)
            return behaviour(valid, context)

        return reshaped(handler, checked, request_deserializer=_lenient(handler.request_deserializer))

    def _valid(self, message: Message | _Undecodable) -> Message:
        if isinstance(message, _Undecodable):
            raise InvalidInput("the request is not a message of this call")
        violations = self._validator.collect_violations(message)
        if violations:
            raise InvalidInput(_TEXT, faults=[field_fault(message.DESCRIPTOR, item) for item in violations])
        return message

    async def _each(self, messages: AsyncIterator[Message | _Undecodable]) -> AsyncIterator[Message]:
        async for message in messages:
            yield self._valid(message)


def _lenient(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Grpc answers UNKNOWN with library internals when decoding fails; the caller's fault is told as such instead."""

    def decode(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return _Undecodable()

    return decode

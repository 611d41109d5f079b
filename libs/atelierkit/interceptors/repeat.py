"""Calls that the database has undone are answered all the same, where the contract lets them come twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor

from atelierkit.interceptors.around import Handler, reshaped
from atelierkit.methods import may_come_twice
from atelierkit.repeat import until_kept


class Repeat(grpc.aio.ServerInterceptor):
    """Runs a servicer's method again whose unit of work was undone.

    Nobody else would: an answer of ours, once given, is never repeated by gRPC's client. Streams are left alone, since
    messages that were read or sent cannot be taken back.
    """

    def __init__(self, services: Iterable[ServiceDescriptor]) -> None:
        self._repeatable = frozenset(
            f"/{service.full_name}/{method.name}"
            for service in services
            for method in service.methods
            if may_come_twice(method)
        )

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Give the handler, which does its work until it is kept where that is allowed."""
        handler = await continuation(handler_call_details)
        if handler is None or handler_call_details.method not in self._repeatable or not handler.unary_unary:
            return handler

        async def kept(request: Any, context: Any) -> Any:
            return await until_kept(lambda: handler.unary_unary(request, context))

        return reshaped(handler, kept)

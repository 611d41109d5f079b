"""RequestService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import requests_pb2 as pb
from atelier.auth.v1.requests_pb2_grpc import RequestServiceServicer
from services.auth.convert import requests as convert
from services.auth.use_cases.requests import BeginRequest, FinishRequest

Context = grpc.aio.ServicerContext[Any, Any]


class RequestServicer(RequestServiceServicer):
    """Offers the verbs of idempotency keys."""

    def __init__(self, *, begin: BeginRequest, finish: FinishRequest) -> None:
        self._begin = begin
        self._finish = finish

    async def Begin(self, request: pb.BeginRequest, context: Context) -> pb.BeginResponse:
        outcome = await self._begin(
            convert.request_key(request.key),
            request.fingerprint,
            UUID(request.attempt),
            request.lease.ToTimedelta(),
        )
        return convert.begin_response(outcome)

    async def Finish(self, request: pb.FinishRequest, context: Context) -> pb.FinishResponse:
        answer = convert.answer(request.answer) if request.HasField("answer") else None
        await self._finish(convert.request_key(request.key), UUID(request.attempt), answer)
        return pb.FinishResponse()

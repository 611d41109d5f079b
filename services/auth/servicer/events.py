"""EventService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import events_pb2 as pb
from atelier.auth.v1.events_pb2_grpc import EventServiceServicer
from services.auth.convert import webhooks as convert
from services.auth.domain.events import EventKind
from services.auth.use_cases.announce import Announce

Context = grpc.aio.ServicerContext[Any, Any]


class EventServicer(EventServiceServicer):
    """Takes announcements."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce

    async def Announce(self, request: pb.AnnounceRequest, context: Context) -> pb.AnnounceResponse:
        data = convert.event_data(request.data_json)
        await self._announce(UUID(request.event_id), UUID(request.account_id), EventKind(request.kind), data)
        return pb.AnnounceResponse()

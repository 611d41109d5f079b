"""CustomBackgroundService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import custom_backgrounds_pb2 as pb
from atelier.generator.v1.custom_backgrounds_pb2_grpc import CustomBackgroundServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert
from services.generator.convert import custom_backgrounds as convert_backgrounds
from services.generator.use_cases.custom_backgrounds import (
    CreateCustomBackground,
    DeleteCustomBackground,
    GetCustomBackground,
    ListCustomBackgrounds,
)

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class CustomBackgroundVerbs:
    """What the service offers."""

    create: CreateCustomBackground
    get: GetCustomBackground
    list: ListCustomBackgrounds
    delete: DeleteCustomBackground


class CustomBackgroundServicer(CustomBackgroundServiceServicer):
    """Offers the verbs to the calling person, about that person's backgrounds alone."""

    def __init__(self, verbs: CustomBackgroundVerbs) -> None:
        self._verbs = verbs

    async def CreateCustomBackground(
        self, request: pb.CreateCustomBackgroundRequest, context: Context
    ) -> pb.CreateCustomBackgroundResponse:
        background = await self._verbs.create(
            require_caller().subject, request.name, convert.stored_file(request.picture)
        )
        return pb.CreateCustomBackgroundResponse(background=convert_backgrounds.custom_background(background))

    async def GetCustomBackground(
        self, request: pb.GetCustomBackgroundRequest, context: Context
    ) -> pb.GetCustomBackgroundResponse:
        background = await self._verbs.get(require_caller().subject, UUID(request.id))
        return pb.GetCustomBackgroundResponse(background=convert_backgrounds.custom_background(background))

    async def ListCustomBackgrounds(
        self, request: pb.ListCustomBackgroundsRequest, context: Context
    ) -> pb.ListCustomBackgroundsResponse:
        return convert_backgrounds.page(
            await self._verbs.list(
                require_caller().subject,
                convert.page_size(request.page_size),
                convert.position(request.page_token),
            )
        )

    async def DeleteCustomBackground(
        self, request: pb.DeleteCustomBackgroundRequest, context: Context
    ) -> pb.DeleteCustomBackgroundResponse:
        await self._verbs.delete(require_caller().subject, UUID(request.id))
        return pb.DeleteCustomBackgroundResponse()

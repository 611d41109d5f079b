"""ShareService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import shares_pb2 as pb
from atelier.generator.v1.shares_pb2_grpc import ShareServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert
from services.generator.convert import shares as convert_shares
from services.generator.use_cases.shares import CreateShare, DeleteShare, ListShares, OpenShare

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class ShareVerbs:
    """What the service offers."""

    create: CreateShare
    list: ListShares
    delete: DeleteShare
    open: OpenShare


class ShareServicer(ShareServiceServicer):
    """Offers the verbs to the calling person, and what a link shows to whoever has it."""

    def __init__(self, verbs: ShareVerbs) -> None:
        self._verbs = verbs

    async def CreateShare(self, request: pb.CreateShareRequest, context: Context) -> pb.CreateShareResponse:
        share, token = await self._verbs.create(require_caller().subject, convert_shares.order(request))
        return pb.CreateShareResponse(share=convert_shares.share(share), token=token)

    async def ListShares(self, request: pb.ListSharesRequest, context: Context) -> pb.ListSharesResponse:
        return convert_shares.page(
            await self._verbs.list(
                require_caller().subject,
                convert.page_size(request.page_size),
                convert.position(request.page_token),
            )
        )

    async def DeleteShare(self, request: pb.DeleteShareRequest, context: Context) -> pb.DeleteShareResponse:
        await self._verbs.delete(require_caller().subject, UUID(request.id))
        return pb.DeleteShareResponse()

    async def OpenShare(self, request: pb.OpenShareRequest, context: Context) -> pb.OpenShareResponse:
        return convert_shares.shown(await self._verbs.open(request.token))

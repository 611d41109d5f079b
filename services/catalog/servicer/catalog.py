"""CatalogService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any

import grpc

from atelier.catalog.v1 import catalog_pb2 as pb
from atelier.catalog.v1.catalog_pb2_grpc import CatalogServiceServicer
from services.catalog import convert, metrics
from services.catalog.use_cases.looks import GetGarment, ListGarments, ListHairstyles, ListSkins, ResolveLook

Context = grpc.aio.ServicerContext[Any, Any]


class CatalogServicer(CatalogServiceServicer):
    """Offers the verbs."""

    def __init__(
        self,
        *,
        list_garments: ListGarments,
        get_garment: GetGarment,
        list_hairstyles: ListHairstyles,
        list_skins: ListSkins,
        resolve_look: ResolveLook,
    ) -> None:
        self._list_garments = list_garments
        self._get_garment = get_garment
        self._list_hairstyles = list_hairstyles
        self._list_skins = list_skins
        self._resolve_look = resolve_look

    async def ListGarments(
        self, request: pb.ListGarmentsRequest, context: Context
    ) -> pb.ListGarmentsResponse:
        page = await self._list_garments(
            convert.category(request.category), convert.page_size(request.page_size), request.page_token
        )
        return pb.ListGarmentsResponse(
            garments=map(convert.garment, page.garments), next_page_token=page.next
        )

    async def GetGarment(self, request: pb.GetGarmentRequest, context: Context) -> pb.GetGarmentResponse:
        garment = await self._get_garment(request.id)
        return pb.GetGarmentResponse(garment=convert.garment(garment))

    async def ListHairstyles(
        self, request: pb.ListHairstylesRequest, context: Context
    ) -> pb.ListHairstylesResponse:
        hairstyles = await self._list_hairstyles()
        return pb.ListHairstylesResponse(hairstyles=map(convert.hairstyle, hairstyles))

    async def ListSkins(self, request: pb.ListSkinsRequest, context: Context) -> pb.ListSkinsResponse:
        skins = await self._list_skins()
        return pb.ListSkinsResponse(skins=map(convert.skin, skins))

    async def ResolveLook(self, request: pb.ResolveLookRequest, context: Context) -> pb.ResolveLookResponse:
        with metrics.look_counted():
            look = await self._resolve_look(convert.look_request(request))
        return convert.look(look)

"""Garments, hairstyles and skin tones."""

from __future__ import annotations

from atelier.catalog.v1 import catalog_pb2
from services.gateway.convert import catalog as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import catalog as shapes

TAG = "Catalogue"


async def garments(call: Call[None]) -> shapes.GarmentList:
    query: shapes.GarmentQuery = call.request.state.query
    category = convert.CATEGORIES[query.category] if query.category else catalog_pb2.CATEGORY_UNSPECIFIED
    answer = await call.clients.catalog.ListGarments(
        catalog_pb2.ListGarmentsRequest(category=category, page_size=query.limit, page_token=query.cursor)
    )
    return shapes.GarmentList(
        data=[convert.garment(item) for item in answer.garments], next_cursor=answer.next_page_token or None
    )


async def hairstyles(call: Call[None]) -> shapes.HairstyleList:
    answer = await call.clients.catalog.ListHairstyles(catalog_pb2.ListHairstylesRequest())
    return shapes.HairstyleList(data=[convert.hairstyle(item) for item in answer.hairstyles])


async def skins(call: Call[None]) -> shapes.SkinList:
    answer = await call.clients.catalog.ListSkins(catalog_pb2.ListSkinsRequest())
    return shapes.SkinList(data=[convert.skin(item) for item in answer.skins])


OPERATIONS = (
    Operation(
        "GET",
        "/v1/catalog/garments",
        "Garments with their size charts",
        TAG,
        garments,
        Access.PUBLIC,
        answer=shapes.GarmentList,
        query=shapes.GarmentQuery,
    ),
    Operation(
        "GET",
        "/v1/catalog/hairstyles",
        "Hairstyles",
        TAG,
        hairstyles,
        Access.PUBLIC,
        answer=shapes.HairstyleList,
    ),
    Operation("GET", "/v1/catalog/skins", "Skin tones", TAG, skins, Access.PUBLIC, answer=shapes.SkinList),
)

"""The catalogue's contract over a real gRPC server, for callers without a token."""

from __future__ import annotations

from collections.abc import AsyncIterator

import protovalidate
import pytest
from prometheus_client import REGISTRY

from atelier.catalog.v1 import catalog_pb2 as pb
from atelier.catalog.v1.catalog_pb2_grpc import CatalogServiceStub
from atelier.common.v1 import outfit_pb2
from atelierkit.errors import AppError, Code
from atelierkit.testing import serve
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.bootstrap import assemble

SEED = released()


@pytest.fixture
async def stub() -> AsyncIterator[CatalogServiceStub]:
    async with serve(assemble(units=lambda: MemoryUnitOfWork(SEED))) as channel:
        yield CatalogServiceStub(channel)


async def refusal(call) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


async def test_all_garments_are_listed_in_the_catalogues_order(stub) -> None:
    answer = await stub.ListGarments(pb.ListGarmentsRequest())
    assert [garment.id for garment in answer.garments] == [garment.id for garment in SEED.garments]


@pytest.mark.parametrize(
    ("category", "ids"),
    [
        (pb.CATEGORY_DRESS, ["dress-ines", "dress-maud"]),
        (pb.CATEGORY_SKIRT, ["skirt-alba", "skirt-romy"]),
        (pb.CATEGORY_SWEATER, ["sweater-noa"]),
        (pb.CATEGORY_TSHIRT, ["tshirt-sam", "tshirt-lea"]),
        (pb.CATEGORY_TROUSERS, ["trousers-milo", "trousers-vera"]),
    ],
)
async def test_a_category_lists_its_own(stub, category, ids) -> None:
    answer = await stub.ListGarments(pb.ListGarmentsRequest(category=category))
    assert [(garment.id, garment.category) for garment in answer.garments] == [(id, category) for id in ids]


async def test_an_undefined_category_is_refused(stub) -> None:
    error = await refusal(stub.ListGarments(pb.ListGarmentsRequest(category=99)))  # type: ignore[arg-type]
    assert (error.code, error.reason, error.faults[0].field) == (
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        "category",
    )


async def test_a_garment_comes_whole(stub) -> None:
    garment = (await stub.GetGarment(pb.GetGarmentRequest(id="trousers-vera"))).garment
    assert (garment.id, garment.category, garment.licence) == (
        "trousers-vera",
        pb.CATEGORY_TROUSERS,
        "CC0-1.0",
    )
    assert (garment.name.en, garment.name.fr) == (
        "Vera, slim ankle trousers",
        "Vera, pantalon étroit à la cheville",
    )
    assert garment.cut == outfit_pb2.Cut(pattern=outfit_pb2.PATTERN_TROUSERS, hem=0.88, thickness_mm=2)
    assert [size.label for size in garment.sizes] == ["S", "M", "L", "XL"]
    assert garment.sizes[1].girths == outfit_pb2.GarmentGirths(waist_mm=870, hip_mm=1045, thigh_mm=640)
    assert list(garment.covers) == [pb.BODY_PART_LEGS]
    assert [range_.zone for range_ in garment.ease] == ["waist", "hip", "thigh"]
    assert garment.ease[0] == pb.EaseRange(zone="waist", least_mm=-10, ideal_mm=15, most_mm=50)
    assert garment.colors[1] == pb.ColorOption(
        color="#41597d", name=pb.LocalizedText(en="Denim blue", fr="Bleu denim")
    )


async def test_a_dress_says_that_it_covers_torso_and_legs(stub) -> None:
    garment = (await stub.GetGarment(pb.GetGarmentRequest(id="dress-maud"))).garment
    assert list(garment.covers) == [pb.BODY_PART_TORSO, pb.BODY_PART_LEGS]


async def test_an_unknown_garment_is_not_found(stub) -> None:
    error = await refusal(stub.GetGarment(pb.GetGarmentRequest(id="kilt")))
    assert (error.code, error.reason) == (Code.NOT_FOUND, "NOT_FOUND")


async def test_hairstyles_and_skins_are_listed(stub) -> None:
    hairstyles = (await stub.ListHairstyles(pb.ListHairstylesRequest())).hairstyles
    skins = (await stub.ListSkins(pb.ListSkinsRequest())).skins
    assert [(hairstyle.id, hairstyle.pattern) for hairstyle in hairstyles] == [
        ("crop", outfit_pb2.HAIR_PATTERN_CROP),
        ("bob", outfit_pb2.HAIR_PATTERN_BOB),
        ("long", outfit_pb2.HAIR_PATTERN_LONG),
    ]
    assert skins[9] == pb.Skin(
        id="tone-10", color="#3a2318", name=pb.LocalizedText(en="Very deep brown", fr="Brun très profond")
    )
    assert len(skins) == 10


async def test_a_look_is_resolved_to_geometry_and_colours(stub) -> None:
    look = await stub.ResolveLook(
        pb.ResolveLookRequest(
            skin_id="tone-07",
            hairstyle_id="long",
            hair_color="#aa3355",
            outfit=[
                pb.OutfitItem(garment_id="tshirt-lea", size="S"),
                pb.OutfitItem(garment_id="skirt-romy", size="M", color="#d79aa0"),
            ],
        )
    )
    assert look.appearance == outfit_pb2.Appearance(
        skin_color="#8d5c3f", hair=outfit_pb2.HAIR_PATTERN_LONG, hair_color="#aa3355"
    )
    skirt, top = look.garments
    assert (skirt.garment_id, skirt.color, skirt.licence) == ("skirt-romy", "#d79aa0", "CC0-1.0")
    assert skirt.girths == outfit_pb2.GarmentGirths(waist_mm=875, hip_mm=1175)
    assert skirt.cut == outfit_pb2.Cut(pattern=outfit_pb2.PATTERN_SKIRT, hem=0.7, flare=0.6, thickness_mm=3)
    assert (top.garment_id, top.color, top.cut.pattern) == ("tshirt-lea", "#fafaf7", outfit_pb2.PATTERN_TOP)


@pytest.mark.parametrize("garment", SEED.garments, ids=lambda garment: garment.id)
async def test_every_variant_resolves_to_what_the_mesher_accepts(stub, garment) -> None:
    for size in garment.sizes:
        for color in garment.colors:
            item = pb.OutfitItem(garment_id=garment.id, size=size.label, color=color.color)
            look = await stub.ResolveLook(pb.ResolveLookRequest(outfit=[item]))
            protovalidate.validate(look)
            assert (look.garments[0].garment_id, look.garments[0].color) == (garment.id, color.color)


async def test_the_default_look_is_what_the_mesher_accepts(stub) -> None:
    look = await stub.ResolveLook(pb.ResolveLookRequest())
    protovalidate.validate(look)
    assert look == pb.ResolveLookResponse(
        appearance=outfit_pb2.Appearance(
            skin_color="#c68f6b", hair=outfit_pb2.HAIR_PATTERN_NONE, hair_color="#c68f6b"
        ),
        skin_id="tone-05",
    )


@pytest.mark.parametrize(
    ("request_", "reason", "field", "limit"),
    [
        (
            pb.ResolveLookRequest(hairstyle_id="mohawk"),
            "UNKNOWN_CATALOG_ITEM",
            "hairstyle_id",
            "crop, bob, long",
        ),
        (
            pb.ResolveLookRequest(
                outfit=[
                    pb.OutfitItem(garment_id="dress-ines", size="M"),
                    pb.OutfitItem(garment_id="kilt", size="M"),
                ]
            ),
            "UNKNOWN_CATALOG_ITEM",
            "outfit[1].garment_id",
            "the id of a garment in the catalogue",
        ),
        (
            pb.ResolveLookRequest(outfit=[pb.OutfitItem(garment_id="dress-ines", size="m")]),
            "UNAVAILABLE_VARIANT",
            "outfit[0].size",
            "S, M, L, XL",
        ),
        (
            pb.ResolveLookRequest(outfit=[pb.OutfitItem(garment_id="skirt-alba", size="M", color="#000000")]),
            "UNAVAILABLE_VARIANT",
            "outfit[0].color",
            "#1d1c1f, #232f4b, #b5884f, #652434",
        ),
        (
            pb.ResolveLookRequest(
                outfit=[
                    pb.OutfitItem(garment_id="dress-ines", size="M"),
                    pb.OutfitItem(garment_id="skirt-alba", size="M"),
                ]
            ),
            "CONFLICTING_GARMENTS",
            "outfit[1].garment_id",
            None,
        ),
    ],
    ids=["hairstyle", "garment", "size", "color", "conflict"],
)
async def test_a_refusal_names_reason_field_and_limit_and_is_counted(
    stub, request_, reason, field, limit
) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("atelier_catalog_looks_total", {"outcome": reason.lower()}) or 0

    before = counted()
    error = await refusal(stub.ResolveLook(request_))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, reason)
    assert [(fault.field, fault.limit) for fault in error.faults] == [(field, limit)]
    assert counted() == before + 1


async def test_an_unknown_item_is_named_in_the_metadata(stub) -> None:
    error = await refusal(stub.ResolveLook(pb.ResolveLookRequest(hairstyle_id="mohawk")))
    assert error.metadata == {"field": "hairstyle_id", "value": "mohawk"}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.ResolveLookRequest(hair_color="red"), "hair_color"),
        (pb.ResolveLookRequest(hair_color="#AA3355"), "hair_color"),
        (pb.ResolveLookRequest(outfit=[pb.OutfitItem(garment_id="dress-ines")]), "outfit[0].size"),
        (pb.ResolveLookRequest(outfit=[pb.OutfitItem(garment_id="x", size="M")] * 9), "outfit"),
    ],
)
async def test_a_malformed_look_is_refused(stub, request_, field) -> None:
    error = await refusal(stub.ResolveLook(request_))
    assert (error.code, error.reason, error.faults[0].field) == (
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        field,
    )

"""The generator's contract over a real gRPC server."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from uuid import uuid4

import protovalidate
import pytest
from prometheus_client import REGISTRY

from anthropometry.measurements import MEASUREMENTS, NAMES
from atelier.common.v1 import body_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelierkit import client
from atelierkit.errors import Code, InvalidInput, TimedOut, Unavailable
from tests.contract.generator.neighbours import SEED, Town, body, fields, refusal, town
from tests.unit.generator.world import World

DRESS = pb.OutfitItem(garment_id="dress-ines", size="M")
BOB = SEED.hairstyles[1].id


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    async with town() as made:
        yield made


async def test_an_avatar_tells_what_made_it_and_what_was_delivered(here) -> None:
    avatar = await here.create(
        body=body(stature=1684.5, hip_girth=990),
        look=pb.Look(hairstyle_id=BOB),
        outfit=pb.Outfit(items=[DRESS]),
    )
    protovalidate.validate(avatar)
    recipe, receipt = avatar.recipe, avatar.receipt
    assert recipe.body == body(stature=1684.5, hip_girth=990)
    assert recipe.model_version == "1.2.3"
    default = SEED.skins[(len(SEED.skins) - 1) // 2]
    assert recipe.look == pb.Look(
        skin_id=default.id, hairstyle_id=BOB, hair_color=SEED.hairstyles[1].colors[0].color
    )
    first_color = next(garment for garment in SEED.garments if garment.id == "dress-ines").colors[0].color
    assert list(recipe.outfit.items) == [pb.OutfitItem(garment_id="dress-ines", size="M", color=first_color)]
    assert [line.reading.name for line in receipt.lines] == list(NAMES)
    assert [line.error_mm for line in receipt.lines] == pytest.approx([0.25] * 15)
    assert [
        (line.target_mm, line.interval_low_mm, line.interval_high_mm)
        for line in receipt.lines
        if line.source == pb.SOURCE_ASKED
    ] == [(1684.5,) * 3, (990.0,) * 3]
    assert all(line.reading.feasible and len(line.reading.tape) == 3 for line in receipt.lines)
    assert [reading.name for reading in receipt.beside] == ["natural_waist_girth"]
    assert (receipt.within_iso20685, receipt.point_count, receipt.vertex_count, receipt.face_count) == (
        True,
        10_000,
        1100,
        2200,
    )
    assert receipt.quantities == body_pb2.BodyQuantities(volume_l=71.5, surface_area_m2=1.875)
    assert not receipt.weight.HasField("asked_kg")
    assert receipt.weight.interval_low_kg < receipt.weight.estimated_kg < receipt.weight.interval_high_kg
    assert avatar.create_time == avatar.update_time
    assert (await here.call("GetAvatar", pb.GetAvatarRequest(id=avatar.id))).avatar == avatar


async def test_a_receipt_says_when_a_limit_is_passed(here) -> None:
    here.world.mesher.error_mm = {"neck_girth": 4.1}
    before = (
        REGISTRY.get_sample_value("atelier_generator_avatars_created_total", {"within_iso20685": "no"}) or 0
    )
    assert not (await here.create()).receipt.within_iso20685
    counted = REGISTRY.get_sample_value("atelier_generator_avatars_created_total", {"within_iso20685": "no"})
    assert counted == before + 1


async def test_the_callers_token_is_passed_on_to_the_mesher(here) -> None:
    await here.create("carol")
    assert here.mesher.callers == ["carol"]


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("CreateAvatar", pb.CreateAvatarRequest(body=body())),
        ("PreviewAvatar", pb.PreviewAvatarRequest(body=body())),
        ("EstimateMeasurements", pb.EstimateMeasurementsRequest(body=body())),
        ("GetAvatar", pb.GetAvatarRequest(id=str(uuid4()))),
        ("ListAvatars", pb.ListAvatarsRequest()),
        ("UpdateAvatar", pb.UpdateAvatarRequest(id=str(uuid4()))),
        ("DeleteAvatar", pb.DeleteAvatarRequest(id=str(uuid4()))),
        ("ExportAvatar", pb.ExportAvatarRequest(id=str(uuid4()))),
    ],
)
async def test_nobody_is_let_in_without_a_token(here, method, request_) -> None:
    error = await refusal(getattr(here.stub, method)(request_))
    assert (error.code, error.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")


@pytest.mark.attack("A39")
@pytest.mark.parametrize(
    ("spec", "field", "limit"),
    [
        (body(stature=1199.9), "body.measurements.stature_mm", "1200..2300"),
        (body(stature=66.5), "body.measurements.stature_mm", "1200..2300"),  # inches taken for millimetres
        (body(waist_girth=1900.1), "body.measurements.waist_girth_mm", "450..1900"),
        (body(hip_girth=math.nan), "body.measurements.hip_girth_mm", "600..1900"),
        (body(hip_girth=math.inf), "body.measurements.hip_girth_mm", "600..1900"),
        (
            pb.BodySpec(measurements=body_pb2.Measurements()),
            "body.body_type",
            None,
        ),
        (
            pb.BodySpec(measurements=body_pb2.Measurements(), body_type=99),  # type: ignore[arg-type]
            "body.body_type",
            None,
        ),
        (pb.BodySpec(body_type=body_pb2.BODY_TYPE_NEUTRAL), "body.measurements", None),
    ],
)
@pytest.mark.parametrize("method", ["CreateAvatar", "PreviewAvatar", "EstimateMeasurements"])
async def test_numbers_out_of_range_are_named_with_their_limits(here, method, spec, field, limit) -> None:
    request = getattr(pb, f"{method}Request")(body=spec)
    error = await refusal(here.call(method, request))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert field in fields(error)
    assert limit in {fault.limit for fault in error.faults if fault.field == field}
    assert (here.world.mesher.builds, here.world.blobs.keys) == (0, [])


@pytest.mark.attack("A39")
@pytest.mark.parametrize("method", ["CreateAvatar", "PreviewAvatar", "EstimateMeasurements"])
async def test_measurements_that_fit_nobody_are_named_with_what_would_fit(here, method) -> None:
    spec = body(stature=1700, waist_girth=1850, hip_girth=850)
    refusals = {
        "service": "atelier.generator.v1.GeneratorService",
        "method": method,
        "reason": "implausible_measurements",
    }
    before = REGISTRY.get_sample_value("atelier_grpc_server_refusals_total", refusals) or 0
    error = await refusal(here.call(method, getattr(pb, f"{method}Request")(body=spec)))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "IMPLAUSIBLE_MEASUREMENTS")
    assert fields(error) == ["body.measurements.waist_girth_mm"]
    low, high = (error.faults[0].limit or "").removesuffix(" mm").split("..")
    assert 450 <= int(low) < int(high) < 1850
    assert here.world.blobs.keys == []
    assert REGISTRY.get_sample_value("atelier_grpc_server_refusals_total", refusals) == before + 1


@pytest.mark.attack("A42")
@pytest.mark.parametrize(
    ("look", "items", "reason", "field"),
    [
        (pb.Look(skin_id="green"), [], "UNKNOWN_CATALOG_ITEM", "look.skin_id"),
        (pb.Look(hairstyle_id="mohawk"), [], "UNKNOWN_CATALOG_ITEM", "look.hairstyle_id"),
        (
            None,
            [DRESS, pb.OutfitItem(garment_id="cape", size="M")],
            "UNKNOWN_CATALOG_ITEM",
            "outfit.items[1].garment_id",
        ),
        (
            None,
            [pb.OutfitItem(garment_id="dress-ines", size="XXXL")],
            "UNAVAILABLE_VARIANT",
            "outfit.items[0].size",
        ),
        (
            None,
            [pb.OutfitItem(garment_id="dress-ines", size="M", color="#123456")],
            "UNAVAILABLE_VARIANT",
            "outfit.items[0].color",
        ),
        (None, [DRESS, DRESS], "CONFLICTING_GARMENTS", "outfit.items[1].garment_id"),
    ],
)
async def test_the_catalogues_refusals_name_our_fields(here, look, items, reason, field) -> None:
    error = await refusal(here.create(look=look, outfit=pb.Outfit(items=items)))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, reason)
    assert fields(error) == [field]
    if reason == "UNKNOWN_CATALOG_ITEM":
        assert error.metadata["field"] == field
    if field.endswith("size"):
        assert error.faults[0].limit == "S, M, L, XL"
    assert (here.world.mesher.builds, here.world.blobs.keys) == (0, [])


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.CreateAvatarRequest(), "body"),
        (pb.CreateAvatarRequest(body=body(), look=pb.Look(hair_color="red")), "look.hair_color"),
        (
            pb.CreateAvatarRequest(body=body(), outfit=pb.Outfit(items=[pb.OutfitItem(size="M")])),
            "outfit.items[0].garment_id",
        ),
        (pb.CreateAvatarRequest(body=body(), outfit=pb.Outfit(items=[DRESS] * 9)), "outfit.items"),
    ],
)
async def test_malformed_requests_name_the_field(here, request_, field) -> None:
    error = await refusal(here.call("CreateAvatar", request_))
    assert (error.code, fields(error)) == (Code.INVALID_ARGUMENT, [field])


@pytest.mark.parametrize(
    "error",
    [Unavailable("away"), TimedOut("late"), InvalidInput("the points are odd")],
    ids=["away", "late", "refuses"],
)
@pytest.mark.parametrize("method", ["CreateAvatar", "PreviewAvatar"])
async def test_a_mesher_that_fails_is_told_and_nothing_is_stored(here, method, error) -> None:
    here.mesher.error = error
    told = await refusal(here.call(method, getattr(pb, f"{method}Request")(body=body())))
    if isinstance(error, InvalidInput):
        # We made the request that it refused: our bug, of which a caller learns nothing.
        assert (told.code, told.message, fields(told)) == (Code.INTERNAL, "internal error", [])
    else:
        assert (told.code, told.reason, told.retry_after_s) == (Code.UNAVAILABLE, "UNAVAILABLE", 1.0)
        assert told.metadata == {"dependency": "mesher"}
    assert here.world.blobs.keys == []
    assert await here.world.kept("ann") == ()


async def test_neighbours_that_cannot_be_reached_are_unavailable() -> None:
    async with client.channel("127.0.0.1:9") as nowhere:
        for absent, somewhere in (("catalog", town(catalog=nowhere)), ("mesher", town(mesher=nowhere))):
            async with somewhere as here:
                error = await refusal(here.create())
                assert (error.code, error.retry_after_s) == (Code.UNAVAILABLE, 1.0)
                assert error.metadata == {"dependency": absent}
                assert here.world.blobs.keys == []


async def test_a_mesher_that_never_answers_is_unavailable_after_its_time() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    world = World()
    world.mesher.before_answer = never
    async with town(world, timeout_s=0.2) as here:
        error = await refusal(here.create())
    assert (error.code, error.metadata) == (Code.UNAVAILABLE, {"dependency": "mesher"})
    assert await world.kept("ann") == ()


async def test_a_preview_is_passed_on_as_it_is(here) -> None:
    preview = await here.call("PreviewAvatar", pb.PreviewAvatarRequest(body=body(stature=1700)))
    assert len(preview.positions) == 32
    assert (preview.origin, preview.step) == (
        body_pb2.Point(x=-0.5, y=0.0, z=-0.25),
        body_pb2.Point(x=2e-05, y=3e-05, z=1e-05),
    )
    assert (len(preview.delivered_mm), preview.delivered_mm[0]) == (15, 1700.0)
    assert here.world.blobs.keys == []


async def test_estimates_come_with_the_limits_of_each_measurement(here) -> None:
    request = pb.EstimateMeasurementsRequest(body=body(stature=1700))
    estimates = (await here.call("EstimateMeasurements", request)).estimates
    assert [(item.name, item.limit_low_mm, item.limit_high_mm) for item in estimates] == [
        (measurement.name, measurement.lowest_mm, measurement.highest_mm) for measurement in MEASUREMENTS
    ]
    stature, *others = estimates
    assert (stature.value_mm, stature.source, stature.interval_low_mm, stature.interval_high_mm) == (
        1700.0,
        pb.SOURCE_ASKED,
        1700.0,
        1700.0,
    )
    assert {item.source for item in others} == {pb.SOURCE_ESTIMATED}
    assert all(item.interval_low_mm < item.value_mm < item.interval_high_mm for item in others)


async def test_pages_follow_each_other_to_the_end(here) -> None:
    made = []
    for _ in range(5):
        here.world.clock.advance(seconds=1)
        made.append(await here.create())
    await here.create("bob")
    found: list[pb.Avatar] = []
    token = ""
    while True:
        page = await here.call("ListAvatars", pb.ListAvatarsRequest(page_size=2, page_token=token))
        assert len(page.avatars) == min(2, 5 - len(found))
        found += page.avatars
        token = page.next_page_token
        if not token:
            break
    assert found == made[::-1]
    assert list((await here.call("ListAvatars", pb.ListAvatarsRequest())).avatars) == found


@pytest.mark.attack("A18")
async def test_somebody_elses_page_token_shows_ones_own_avatars(here) -> None:
    for subject in ("ann", "ann", "bob"):
        here.world.clock.advance(seconds=-1)
        await here.create(subject)
    page = await here.call("ListAvatars", pb.ListAvatarsRequest(page_size=1), "ann")
    after = pb.ListAvatarsRequest(page_token=page.next_page_token)
    assert len((await here.call("ListAvatars", after, "bob")).avatars) == 1
    assert len((await here.call("ListAvatars", after, "ann")).avatars) == 1


@pytest.mark.attack("A18")
@pytest.mark.parametrize("token", ["x", "MjAzMS0wNS0wNA==", "'; DROP TABLE avatars; --", "a" * 256])
async def test_a_page_token_that_was_never_given_is_refused(here, token) -> None:
    error = await refusal(here.call("ListAvatars", pb.ListAvatarsRequest(page_token=token)))
    assert (error.code, error.reason, fields(error)) == (
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        ["page_token"],
    )


async def test_what_a_change_leaves_out_stays(here) -> None:
    old = await here.create(look=pb.Look(hairstyle_id=BOB), outfit=pb.Outfit(items=[DRESS]))
    here.world.clock.advance(minutes=1)
    trousers = pb.OutfitItem(garment_id="trousers-milo", size="L")
    new = (
        await here.call("UpdateAvatar", pb.UpdateAvatarRequest(id=old.id, outfit=pb.Outfit(items=[trousers])))
    ).avatar
    assert (new.recipe.look, new.recipe.body) == (old.recipe.look, old.recipe.body)
    assert [(item.garment_id, item.size) for item in new.recipe.outfit.items] == [("trousers-milo", "L")]
    assert new.create_time == old.create_time
    assert new.update_time.seconds == old.update_time.seconds + 60
    bare = (await here.call("UpdateAvatar", pb.UpdateAvatarRequest(id=old.id, outfit=pb.Outfit()))).avatar
    assert (list(bare.recipe.outfit.items), bare.recipe.look) == ([], old.recipe.look)
    change = pb.LookChange(hairstyle_id="")
    bald = (await here.call("UpdateAvatar", pb.UpdateAvatarRequest(id=old.id, look=change))).avatar
    assert bald.recipe.look == pb.Look(skin_id=old.recipe.look.skin_id)
    assert (await here.call("UpdateAvatar", pb.UpdateAvatarRequest(id=old.id))).avatar == bald


async def test_a_deleted_avatar_is_gone_with_its_files(here) -> None:
    avatar = await here.create()
    assert await here.call("DeleteAvatar", pb.DeleteAvatarRequest(id=avatar.id)) == pb.DeleteAvatarResponse()
    error = await refusal(here.call("GetAvatar", pb.GetAvatarRequest(id=avatar.id)))
    assert error.code is Code.NOT_FOUND
    assert here.world.blobs.keys == []


@pytest.mark.attack("A16")
@pytest.mark.parametrize("method", ["GetAvatar", "UpdateAvatar", "DeleteAvatar", "ExportAvatar"])
async def test_foreign_avatars_answer_as_unknown_ones_do(here, method) -> None:
    avatar = await here.create("ann")
    request = getattr(pb, f"{method}Request")
    foreign = await refusal(here.call(method, request(id=avatar.id), "bob"))
    unknown = await refusal(here.call(method, request(id=str(uuid4())), "bob"))
    assert (foreign.code, foreign.reason) == (Code.NOT_FOUND, "NOT_FOUND")
    assert vars(foreign) == vars(unknown)
    assert (await here.call("GetAvatar", pb.GetAvatarRequest(id=avatar.id), "ann")).avatar == avatar
    malformed = await refusal(here.call(method, request(id="1"), "bob"))
    assert (malformed.code, fields(malformed)) == (Code.INVALID_ARGUMENT, ["id"])

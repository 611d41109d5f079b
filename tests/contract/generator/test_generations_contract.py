"""GenerationService over a real gRPC server: what is asked, shown, refused, and to whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import protovalidate
import pytest
from prometheus_client import REGISTRY

from atelier.auth.v1 import credits_pb2
from atelier.common.v1 import blob_pb2, body_pb2, picture_pb2, pose_pb2
from atelier.generator.v1 import generations_pb2 as pb
from atelier.generator.v1 import generator_pb2, jobs_pb2
from atelierkit.errors import Code, RemoteError
from services.auth.domain.credits import Prices
from services.generator import convert
from services.generator.adapters.announcer import RemoteAnnouncer
from services.generator.adapters.credits import RemoteCredits
from services.generator.domain.faces import MeasuredColor
from services.generator.domain.jobs import Extra, Kind
from services.generator.domain.model import BodyType
from tests.contract.generator.neighbours import Town, fields, refusal, town
from tests.contract.generator.test_generator_faces_contract import work
from tests.unit.generator.doubles import Signatures

ARM_UP = pose_pb2.Pose(
    turns=[pose_pb2.JointTurn(bone="LeftArm", z=0.6, w=0.8)], support=pose_pb2.SUPPORT_FEET
)


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    async with town() as made:
        yield made


def own_pose(here: Town, subject: str = "ann") -> str:
    """A pose of that person's own."""
    id = str(uuid4())
    here.world.poses.own[subject, id] = ARM_UP.SerializeToString(deterministic=True)
    return id


async def request(
    here: Town, *pose_ids: str, photo: str = "ahead", **over: Any
) -> pb.CreateGenerationsRequest:
    uploaded = await here.world.photo(photo)
    asked = {
        "photo": convert.blob_ref(uploaded.file),
        "filename": uploaded.filename,
        "pose_ids": pose_ids or [own_pose(here)],
        "consent_version": Signatures.VERSION,
        "request_id": str(uuid4()),
    }
    return pb.CreateGenerationsRequest(**{**asked, **over})


async def call(here: Town, method: str, message: Any, subject: str = "ann") -> Any:
    return await getattr(here.generations, method)(message, metadata=here.metadata(subject))


async def accepted(here: Town, *pose_ids: str, **over: Any) -> list[pb.Generation]:
    answer = await call(here, "CreateGenerations", await request(here, *pose_ids, **over))
    return list(answer.generations)


async def now(here: Town, generation: pb.Generation) -> pb.Generation:
    answer = await call(here, "GetGeneration", pb.GetGenerationRequest(id=generation.id))
    protovalidate.validate(answer)
    found: pb.Generation = answer.generation
    return found


async def test_a_picture_from_its_order_to_its_deletion(here: Town) -> None:
    [generation] = await accepted(here, quality=pb.QUALITY_HD, keep_photo=True)
    protovalidate.validate(generation)
    assert (generation.job.kind, generation.job.state, generation.job.queue_position) == (
        jobs_pb2.JOB_KIND_POSE_GENERATION,
        jobs_pb2.JOB_STATE_PENDING,
        1,
    )
    assert (generation.id, generation.credits, generation.account_id) == (generation.job.id, 7, "ann")
    assert (generation.filename, generation.HasField("photo")) == ("front.jpg", True)
    await work(here)
    done = await now(here, generation)
    assert done.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert (done.picture.media_type, list(done.clamped_bones)) == ("image/png", ["LeftArm"])
    assert done.end_time.ToDatetime() >= done.create_time.ToDatetime()
    await call(here, "DeleteGeneration", pb.DeleteGenerationRequest(id=generation.id))
    gone = await refusal(call(here, "GetGeneration", pb.GetGenerationRequest(id=generation.id)))
    assert (gone.code, gone.reason) == (Code.NOT_FOUND, "NOT_FOUND")
    assert here.world.blobs.keys == []


async def test_the_mesher_draws_the_face_the_pose_and_plain_clothes(here: Town) -> None:
    here.world.reader.hair = MeasuredColor(163, 131, 90, 0.9)
    here.world.reader.clothes = MeasuredColor(28, 30, 34, 0.9)
    [generation] = await accepted(
        here,
        style=picture_pb2.STYLE_CARTOON,
        background=picture_pb2.Background(transparent=True),
        body=generator_pb2.BodySpec(
            measurements=body_pb2.Measurements(), body_type=body_pb2.BODY_TYPE_MASCULINE
        ),
    )
    await work(here)
    [drawn] = here.mesher.drawn
    protovalidate.validate(drawn)
    assert drawn.pose == ARM_UP
    assert (drawn.picture.size, drawn.picture.style, drawn.picture.background.transparent) == (
        512,
        picture_pb2.STYLE_CARTOON,
        True,
    )
    sitter = drawn.sitter
    assert (len(sitter.face.geometry.points), sitter.face.skin_color) == (5616, "#c89678")
    assert (sitter.appearance.skin_color, sitter.appearance.hair_color) == ("#c89678", "#a3835a")
    # Charcoal trousers, and the darkest of the T-shirt's colours.
    assert [garment.color for garment in sitter.garments] == ["#43464b", "#1d1c1f"]
    assert (await now(here, generation)).job.state == jobs_pb2.JOB_STATE_COMPLETED


@pytest.mark.parametrize(
    ("stature", "chest", "size"), [(1650.0, 830.0, "S"), (1700.0, 960.0, "M"), (1800.0, 1150.0, "XL")]
)
async def test_clothes_come_in_the_size_that_fits(
    here: Town, stature: float, chest: float, size: str
) -> None:
    measurements = body_pb2.Measurements(stature_mm=stature, chest_girth_mm=chest)
    body = generator_pb2.BodySpec(measurements=measurements, body_type=body_pb2.BODY_TYPE_NEUTRAL)
    spec = convert.body_spec(body)
    targets = here.tools.estimator.complete(spec)
    top, trousers = await here.tools.plain_looks.clothes(targets, "")
    assert (top.garment_id, top.size, top.color) == ("tshirt-sam", size, "#fafaf7")
    assert trousers.garment_id == "trousers-milo"


async def test_hair_is_the_usual_one_of_the_body_type(here: Town) -> None:
    styles = [(await here.tools.plain_looks.hair(each)).hairstyle_id for each in BodyType]
    assert styles == ["long", "crop", "bob"]


async def test_bad_requests_are_refused_by_the_schema(here: Town) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("pose_ids", {"pose_ids": []}),
        ("pose_ids", {"pose_ids": ["a", "a"]}),
        ("pose_ids", {"pose_ids": [f"p{index}" for index in range(21)]}),
        ("pose_ids[0]", {"pose_ids": ["No pose"]}),
        ("quality", {"quality": 9}),
        ("background", {"background": picture_pb2.Background(picture=blob_pb2.BlobRef(key="uploads/x"))}),
        ("request_id", {"request_id": ""}),
    ]
    for field, over in cases:
        message = await request(here, own_pose(here))
        for name in over:
            message.ClearField(name)  # type: ignore[arg-type]
        message.MergeFrom(pb.CreateGenerationsRequest(**over))
        refused = await refusal(call(here, "CreateGenerations", message))
        assert refused.code is Code.INVALID_ARGUMENT
        assert any(each.startswith(field) for each in fields(refused)), (field, fields(refused))


async def test_an_unknown_pose_is_named_and_somebody_elses_is_unknown(here: Town) -> None:
    own, others = own_pose(here), own_pose(here, "bob")
    for unknown in ("no-such-pose", others):
        refused = await refusal(accepted(here, own, unknown))
        assert (refused.code, fields(refused)) == (Code.NOT_FOUND, ["pose_ids[1]"])
    assert here.world.ledger.held == {}


async def test_nobody_else_sees_it(here: Town) -> None:
    [generation] = await accepted(here)
    for method, message in (
        ("GetGeneration", pb.GetGenerationRequest(id=generation.id)),
        ("DeleteGeneration", pb.DeleteGenerationRequest(id=generation.id)),
    ):
        assert (await refusal(call(here, method, message, "bob"))).code is Code.NOT_FOUND
    listed = await call(here, "ListGenerations", pb.ListGenerationsRequest(), "bob")
    assert (list(listed.generations), listed.total_count) == ([], 0)
    sums = await call(here, "GetGenerationStats", pb.GetGenerationStatsRequest(), "bob")
    assert sums == pb.GetGenerationStatsResponse()


async def test_pages_and_sums(here: Town) -> None:
    made = [(await accepted(here))[0]]
    for _ in range(2):
        here.world.clock.advance(seconds=1)
        made += await accepted(here)
    page = await call(here, "ListGenerations", pb.ListGenerationsRequest(page_size=2))
    assert [each.id for each in page.generations] == [made[2].id, made[1].id]
    rest = await call(
        here, "ListGenerations", pb.ListGenerationsRequest(page_size=2, page_token=page.next_page_token)
    )
    assert ([each.id for each in rest.generations], rest.next_page_token) == ([made[0].id], "")
    offset = await call(here, "ListGenerations", pb.ListGenerationsRequest(offset=2))
    assert [each.id for each in offset.generations] == [made[0].id]
    await work(here)
    sums = await call(here, "GetGenerationStats", pb.GetGenerationStatsRequest())
    assert (sums.total_count, sums.completed_count, sums.failed_count, sums.credits_used) == (3, 3, 0, 15)


async def test_a_deletion_before_the_end_is_counted_as_a_cancelled_job(here: Town) -> None:
    def cancelled() -> float:
        labels = {"kind": "pose_generation", "state": "cancelled"}
        return REGISTRY.get_sample_value("atelier_generator_jobs_ended_total", labels) or 0.0

    before, [generation] = cancelled(), await accepted(here)
    await call(here, "DeleteGeneration", pb.DeleteGenerationRequest(id=generation.id))
    assert cancelled() == before + 1


async def test_a_renderer_that_is_away_is_tried_again(here: Town) -> None:
    [generation] = await accepted(here)
    here.mesher.error = RemoteError("cannot draw", code=Code.UNAVAILABLE, reason="UNAVAILABLE")
    await work(here)
    assert (await now(here, generation)).job.state == jobs_pb2.JOB_STATE_PROCESSING
    here.mesher.error = None
    here.world.clock.advance(minutes=1)
    await work(here)
    assert (await now(here, generation)).job.state == jobs_pb2.JOB_STATE_COMPLETED


class AuthDouble:
    """Auth's prices, and an ear for announcements."""

    def __init__(self) -> None:
        self.announced: list[Any] = []

    async def GetPrices(self, request: Any, **_: Any) -> Any:
        prices = Prices()
        named = {name: getattr(prices, name) for name in credits_pb2.Prices.DESCRIPTOR.fields_by_name}
        return credits_pb2.GetPricesResponse(prices=credits_pb2.Prices(**named))

    async def Announce(self, request: Any, **_: Any) -> None:
        self.announced.append(request)


@pytest.mark.parametrize(
    ("extras", "price"),
    [((), 5), ((Extra.HD,), 7), ((Extra.PRIORITY,), 8), ((Extra.HD, Extra.PRIORITY), 10)],
)
async def test_the_price_is_auths(extras: tuple[Extra, ...], price: int) -> None:
    credits = RemoteCredits(AuthDouble(), timeout_s=1.0)  # type: ignore[arg-type]
    assert await credits.price(Kind.POSE_GENERATION, extras) == price


async def test_a_webhook_hears_which_picture_it_is(here: Town) -> None:
    [generation] = await accepted(here)
    await work(here)
    async with here.world.units() as unit:
        job = await unit.jobs.get(UUID(generation.id))
    assert job is not None
    auth = AuthDouble()
    await RemoteAnnouncer(auth, timeout_s=1.0).ended(job)  # type: ignore[arg-type]
    [announced] = auth.announced
    told = json.loads(announced.data_json)
    path = f"/v1/poses/generations/{generation.id}"
    assert announced.kind == "job.completed"
    assert told["generation"] == {"id": generation.id, "href": path, "picture": f"{path}.png"}
    assert (told["jobId"], told["kind"], told["cost"]) == (generation.id, "pose_generation", 5)

"""CustomPoseService and ShareService over a real gRPC server: what is asked, shown, refused, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import protovalidate
import pytest
from prometheus_client import REGISTRY

from atelier.common.v1 import picture_pb2
from atelier.generator.v1 import custom_poses_pb2 as poses_pb
from atelier.generator.v1 import shares_pb2 as shares_pb
from atelier.generator.v1.custom_poses_pb2_grpc import CustomPoseServiceStub
from atelier.generator.v1.shares_pb2_grpc import ShareServiceStub
from atelierkit.errors import Code
from atelierkit.testing import serve, signed_token, token_verifier
from services.generator import convert
from services.generator.bootstrap import assemble
from tests.contract.generator.neighbours import fields, refusal
from tests.unit.generator.world import World

NOBODY = ""


@dataclass
class Here:
    """The two services, and what stands behind them."""

    poses: Any
    shares: Any
    world: World

    async def call(self, method: str, request: Any, subject: str = "ann") -> Any:
        """Call as that person, or as nobody."""
        stub = self.shares if "Share" in method else self.poses
        metadata = (("authorization", f"Bearer {signed_token(subject)}"),) if subject else ()
        return await getattr(stub, method)(request, metadata=metadata)

    async def upload(self, text: str = "arms wide") -> Any:
        return convert.blob_ref((await self.world.photo(text)).file)

    async def pose(self, subject: str = "ann") -> poses_pb.CustomPose:
        request = poses_pb.CreatePoseFromPhotoRequest(photo=await self.upload(), name="Wide")
        made: poses_pb.CustomPose = (await self.call("CreatePoseFromPhoto", request, subject)).pose
        return made

    async def share(self, **over: Any) -> shares_pb.CreateShareResponse:
        avatar = await self.world.avatar("ann")
        request = shares_pb.CreateShareRequest(**{"avatar_id": str(avatar.id), **over})
        made: shares_pb.CreateShareResponse = await self.call("CreateShare", request)
        return made


@pytest.fixture
async def here() -> AsyncIterator[Here]:
    world = World()
    service = assemble(world.tools, changes=world.changes, verifier=token_verifier())
    async with serve(service) as channel:
        yield Here(CustomPoseServiceStub(channel), ShareServiceStub(channel), world)


def counted(origin: str, outcome: str) -> float:
    labels = {"origin": origin, "outcome": outcome}
    return REGISTRY.get_sample_value("atelier_generator_poses_read_total", labels) or 0.0


async def test_a_pose_tells_what_was_read(here: Here) -> None:
    before = counted("photo", "kept")
    pose = await here.pose()
    protovalidate.validate(pose)
    assert (pose.name, pose.source, list(pose.clamped_bones)) == ("Wide", "photo", ["LeftForeArm"])
    assert [turn.bone for turn in pose.pose.turns] == ["Hips"]
    assert counted("photo", "kept") == before + 1
    assert (await here.call("GetCustomPose", poses_pb.GetCustomPoseRequest(id=pose.id))).pose == pose
    [listed] = (await here.call("ListCustomPoses", poses_pb.ListCustomPosesRequest())).poses
    assert listed == pose


async def test_a_motion_that_cannot_be_read_is_counted_and_named(here: Here) -> None:
    before = counted("motion", "refused")
    request = poses_pb.CreatePoseFromMotionRequest(
        motion=await here.upload("bad joints_missing"), frame=3, name="Spider"
    )
    refused = await refusal(here.call("CreatePoseFromMotion", request))
    assert (refused.code, refused.reason) == (Code.INVALID_ARGUMENT, "INVALID_MOTION")
    assert [(fault.field, fault.code, fault.limit) for fault in refused.faults] == [
        ("motion", "joints_missing", "LeftArm, Head")
    ]
    assert counted("motion", "refused") == before + 1


async def test_what_is_somebody_elses_answers_as_what_is_not(here: Here) -> None:
    pose, share = await here.pose(), (await here.share()).share
    answers = set()
    for subject, pose_id, share_id in (("bob", pose.id, share.id), ("ann", str(uuid4()), str(uuid4()))):
        for method, request in (
            ("GetCustomPose", poses_pb.GetCustomPoseRequest(id=pose_id)),
            ("DeleteCustomPose", poses_pb.DeleteCustomPoseRequest(id=pose_id)),
            ("DeleteShare", shares_pb.DeleteShareRequest(id=share_id)),
        ):
            refused = await refusal(here.call(method, request, subject))
            answers.add((method, refused.code, refused.reason, refused.message))
    assert len(answers) == 3
    assert {code for _, code, _, _ in answers} == {Code.NOT_FOUND}


@pytest.mark.parametrize(
    "method", ["CreatePoseFromPhoto", "ListCustomPoses", "CreateShare", "ListShares", "DeleteShare"]
)
async def test_nobody_has_poses_and_links(here: Here, method: str) -> None:
    module = shares_pb if "Share" in method else poses_pb
    refused = await refusal(here.call(method, getattr(module, f"{method}Request")(), NOBODY))
    assert refused.code is Code.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (poses_pb.CreatePoseFromMotionRequest(name="No file"), "motion"),
        (poses_pb.CreatePoseFromMotionRequest(name=""), "name"),
        (poses_pb.CreatePoseFromMotionRequest(name="x", frame=-1), "frame"),
        (poses_pb.GetCustomPoseRequest(id="contrapposto"), "id"),
        (shares_pb.CreateShareRequest(), "shown"),
        (shares_pb.CreateShareRequest(avatar_id="x"), "avatar_id"),
        (shares_pb.CreateShareRequest(avatar_id=str(uuid4()), title="x" * 81), "title"),
        (shares_pb.CreateShareRequest(avatar_id=str(uuid4()), hours=9000), "hours"),
        (shares_pb.OpenShareRequest(), "token"),
    ],
)
async def test_the_schema_refuses_what_is_no_request(here: Here, request_: Any, field: str) -> None:
    method = type(request_).__name__.removesuffix("Request")
    refused = await refusal(here.call(method, request_))
    assert refused.code is Code.INVALID_ARGUMENT
    assert field in fields(refused)


async def test_whoever_has_a_token_opens_the_link_and_learns_nothing_else(here: Here) -> None:
    made = await here.share(title="Ann", picture=picture_pb2.PictureOptions(size=512), hours=2)
    protovalidate.validate(made)
    opened = await here.call("OpenShare", shares_pb.OpenShareRequest(token=made.token), NOBODY)
    assert (opened.title, opened.width, opened.height) == ("Ann", 512, 512)
    assert opened.expire_time == made.share.expire_time
    assert made.share.avatar_id not in str(opened)
    [listed] = (await here.call("ListShares", shares_pb.ListSharesRequest())).shares
    assert listed == made.share
    await here.call("DeleteShare", shares_pb.DeleteShareRequest(id=made.share.id))
    refused = await refusal(here.call("OpenShare", shares_pb.OpenShareRequest(token=made.token), NOBODY))
    assert (refused.code, refused.message) == (Code.NOT_FOUND, "there is no such link")

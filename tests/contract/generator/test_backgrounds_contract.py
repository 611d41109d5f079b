"""CustomBackgroundService over a real gRPC server: what is asked, shown, refused, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import protovalidate
import pytest

from atelier.common.v1 import blob_pb2, picture_pb2
from atelier.generator.v1 import custom_backgrounds_pb2 as pb
from atelier.generator.v1 import pictures_pb2, shares_pb2
from atelier.generator.v1.custom_backgrounds_pb2_grpc import CustomBackgroundServiceStub
from atelierkit.errors import Code
from atelierkit.testing import serve, signed_token, token_verifier
from services.generator import convert
from services.generator.bootstrap import assemble
from tests.contract.generator.neighbours import fields, refusal
from tests.unit.generator.world import World

NOBODY = ""


@dataclass
class Here:
    """The service, and what stands behind it."""

    stub: Any
    world: World

    async def call(self, method: str, request: Any, subject: str = "ann") -> Any:
        """Call as that person, or as nobody."""
        metadata = (("authorization", f"Bearer {signed_token(subject)}"),) if subject else ()
        return await getattr(self.stub, method)(request, metadata=metadata)

    async def background(self, subject: str = "ann") -> pb.CustomBackground:
        upload = convert.blob_ref((await self.world.photo("a beach")).file)
        request = pb.CreateCustomBackgroundRequest(picture=upload, name="Beach")
        made: pb.CustomBackground = (await self.call("CreateCustomBackground", request, subject)).background
        return made


@pytest.fixture
async def here() -> AsyncIterator[Here]:
    world = World()
    service = assemble(world.tools, changes=world.changes, verifier=token_verifier())
    async with serve(service) as channel:
        yield Here(CustomBackgroundServiceStub(channel), world)


async def test_a_background_is_shown_listed_and_deleted(here: Here) -> None:
    background = await here.background()
    protovalidate.validate(background)
    assert (background.name, background.width, background.height) == ("Beach", 1600, 900)
    shown = await here.call("GetCustomBackground", pb.GetCustomBackgroundRequest(id=background.id))
    assert shown.background == background
    [listed] = (await here.call("ListCustomBackgrounds", pb.ListCustomBackgroundsRequest())).backgrounds
    assert listed == background
    await here.call("DeleteCustomBackground", pb.DeleteCustomBackgroundRequest(id=background.id))
    assert (await here.call("ListCustomBackgrounds", pb.ListCustomBackgroundsRequest())).backgrounds == []
    assert here.world.blobs.keys == []


async def test_what_is_somebody_elses_answers_as_what_is_not(here: Here) -> None:
    background, answers = await here.background(), set()
    for subject, id in (("bob", background.id), ("ann", str(uuid4()))):
        for method, request in (
            ("GetCustomBackground", pb.GetCustomBackgroundRequest(id=id)),
            ("DeleteCustomBackground", pb.DeleteCustomBackgroundRequest(id=id)),
        ):
            refused = await refusal(here.call(method, request, subject))
            answers.add((method, refused.code, refused.reason, refused.message))
    assert len(answers) == 2
    assert {code for _, code, _, _ in answers} == {Code.NOT_FOUND}


@pytest.mark.parametrize(
    "method", [each.name for each in pb.DESCRIPTOR.services_by_name["CustomBackgroundService"].methods]
)
async def test_nobody_has_backgrounds(here: Here, method: str) -> None:
    refused = await refusal(here.call(method, getattr(pb, f"{method}Request")(), NOBODY))
    assert refused.code is Code.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.CreateCustomBackgroundRequest(name="No file"), "picture"),
        (pb.CreateCustomBackgroundRequest(name="x" * 65), "name"),
        (pb.GetCustomBackgroundRequest(id="beach"), "id"),
        (pb.ListCustomBackgroundsRequest(page_size=101), "page_size"),
    ],
)
async def test_the_schema_refuses_what_is_no_request(here: Here, request_: Any, field: str) -> None:
    refused = await refusal(here.call(type(request_).__name__.removesuffix("Request"), request_))
    assert refused.code is Code.INVALID_ARGUMENT
    assert field in fields(refused)


def test_nobody_names_a_file_of_the_store_to_stand_behind() -> None:
    file = blob_pb2.BlobRef(key="faces/x", sha256="0" * 64, media_type="image/webp", size=1)
    options = picture_pb2.PictureOptions(background=picture_pb2.Background(picture=file))
    id = str(uuid4())
    for message in (
        pictures_pb2.ExportPictureRequest(avatar_id=id, picture=options),
        pictures_pb2.ExportVideoRequest(avatar_id=id, video=picture_pb2.VideoOptions(picture=options)),
        shares_pb2.CreateShareRequest(avatar_id=id, picture=options),
    ):
        with pytest.raises(protovalidate.ValidationError, match="named by its id"):
            protovalidate.validate(message)

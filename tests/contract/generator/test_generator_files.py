"""An avatar's files over a real gRPC server: which one is asked for, what the mesher hears, what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import protovalidate
import pytest

from atelier.common.v1 import file_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelierkit.errors import Code, FieldFault, InvalidInput
from tests.contract.generator.neighbours import SEED, Town, body, fields, refusal, town

BODY = file_pb2.FileOptions(parts=file_pb2.PARTS_BODY)
DRESS = pb.OutfitItem(garment_id="dress-ines", size="M")
BOB = SEED.hairstyles[1].id


class UnknownMorphTarget(InvalidInput):
    """As the mesher refuses it."""

    reason = "UNKNOWN_MORPH_TARGET"


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    async with town() as made:
        yield made


async def test_a_recipe_asked_for_again_gives_the_same_file(here) -> None:
    first = await here.create(
        look=pb.Look(hairstyle_id=BOB), outfit=pb.Outfit(items=[DRESS]), body=body(stature=1650)
    )
    recipe = first.recipe
    again = await here.create(body=recipe.body, look=recipe.look, outfit=recipe.outfit)
    exports = [
        (await here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id))).file
        for avatar in (first, again)
    ]
    assert again.recipe == recipe
    assert exports[0] == exports[1]
    protovalidate.validate(exports[0])


async def test_the_body_alone_can_be_exported(here) -> None:
    avatar = await here.create(outfit=pb.Outfit(items=[DRESS]))
    dressed = await here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id))
    request = pb.ExportAvatarRequest(id=avatar.id, file=BODY)
    bare = await here.call("ExportAvatar", request)
    assert bare.file.sha256 != dressed.file.sha256
    assert await here.call("ExportAvatar", request) == bare
    assert here.world.mesher.builds == 2


async def test_the_mesher_is_asked_for_the_file_that_was_wanted(here) -> None:
    avatar = await here.create()
    wanted = file_pb2.FileOptions(
        format=file_pb2.FILE_FORMAT_VRM,
        parts=file_pb2.PARTS_BODY,
        pose=file_pb2.REST_POSE_T,
        lod=2,
        morph_targets=["jawOpen", "viseme_aa"],
        texture_size=512,
        texture_atlas=256,
        compression=file_pb2.COMPRESSION_NONE,
    )
    await here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id, file=wanted))
    assert here.mesher.files[-1] == wanted


@pytest.mark.parametrize(
    ("file", "field", "limit"),
    [
        (file_pb2.FileOptions(lod=4), "file.lod", "3"),
        (file_pb2.FileOptions(texture_size=300), "file.texture_size", None),
        (file_pb2.FileOptions(texture_atlas=2048), "file.texture_atlas", None),
        (file_pb2.FileOptions(format=99), "file.format", None),  # type: ignore[arg-type]
        (file_pb2.FileOptions(morph_targets=["jawOpen", "jawOpen"]), "file.morph_targets", None),
        (file_pb2.FileOptions(morph_targets=["jaw open"]), "file.morph_targets[0]", "^[A-Za-z_]{1,32}$"),
    ],
)
async def test_a_file_that_there_is_not_is_named(here, file, field, limit) -> None:
    avatar = await here.create()
    error = await refusal(here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id, file=file)))
    assert (error.code, fields(error)) == (Code.INVALID_ARGUMENT, [field])
    assert error.faults[0].limit == limit


async def test_a_face_shape_that_the_mesher_does_not_know_is_told(here) -> None:
    avatar = await here.create()
    fault = FieldFault("file.morph_targets[0]", "not_offered", "no such face shape", "jawOpen")
    here.mesher.error = UnknownMorphTarget("no such face shape", faults=[fault])
    file = file_pb2.FileOptions(morph_targets=["mouthOpen"])
    error = await refusal(here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id, file=file)))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "UNKNOWN_MORPH_TARGET")
    assert error.faults == (fault,)
    # Any other refusal of the mesher's is a bug of ours.
    here.mesher.error = InvalidInput("the points are no body")
    assert (
        await refusal(here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id, file=file)))
    ).code is (Code.INTERNAL)

"""What a request's file options change in the file that the mesher stores."""

from __future__ import annotations

from atelier.common.v1 import file_pb2
from atelierkit.blobs import MemoryBlobs
from bodymodel.expressions import EXPRESSIONS
from services.mesher.domain.body import BodyModel
from services.mesher.domain.expressions import VRM_SHAPES, canonical
from tests.contract.mesher.conftest import Mesher
from tests.contract.mesher.test_mesher_contract import build_request
from tests.unit.mesher.glb_reader import Glb


async def stored(mesher: Mesher, model: BodyModel, blobs: MemoryBlobs, options: file_pb2.FileOptions) -> Glb:
    request = build_request(model)
    request.file.CopyFrom(options)
    answer = await mesher.stub.BuildAvatar(request, metadata=mesher.token)
    return Glb(await blobs.get(answer.file.key))


def shapes(glb: Glb) -> set[tuple[str, ...]]:
    """The lists of face shapes of the meshes that have any."""
    return {tuple(mesh["extras"]["targetNames"]) for mesh in glb.content["meshes"] if "weights" in mesh}


async def test_a_glb_holds_the_shapes_asked_for_in_the_order_of_files(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    plain = await stored(mesher, model, blobs, file_pb2.FileOptions())
    assert shapes(plain) == set()
    asked = file_pb2.FileOptions(morph_targets=["viseme_aa", "jawOpen"])
    assert shapes(await stored(mesher, model, blobs, asked)) == {("jawOpen", "viseme_aa")}


async def test_a_vrm_stands_in_t_pose_and_holds_the_shapes_of_its_expressions(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    vrm = await stored(mesher, model, blobs, file_pb2.FileOptions(format=file_pb2.FILE_FORMAT_VRM))
    assert shapes(vrm) == {canonical(VRM_SHAPES)}
    bones, world = vrm.content["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"], vrm.world()
    shoulder, hand = (world[bones[name]["node"]][:3, 3] for name in ("leftUpperArm", "leftHand"))
    assert abs(hand[1] - shoulder[1]) < 0.05 * abs(hand[0] - shoulder[0])


async def test_a_vrm_holds_what_is_asked_for_beside(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    options = file_pb2.FileOptions(format=file_pb2.FILE_FORMAT_VRM, morph_targets=["viseme_PP"])
    vrm = await stored(mesher, model, blobs, options)
    assert shapes(vrm) == {canonical({*VRM_SHAPES, "viseme_PP"})}
    assert set(EXPRESSIONS) > VRM_SHAPES | {"viseme_PP"}


async def test_pictures_and_meshes_are_as_asked_in_one_glb(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    options = file_pb2.FileOptions(texture_atlas=256, compression=file_pb2.COMPRESSION_MESHOPT)
    glb = await stored(mesher, model, blobs, options)
    assert [mesh["name"] for mesh in glb.content["meshes"]] == ["avatar"]
    assert "EXT_meshopt_compression" in glb.content["extensionsRequired"]
    names = {part["name"] for part in glb.content["asset"]["extras"]["parts"]}
    assert names >= {"body", "skirt-test", "hair", "body model"}

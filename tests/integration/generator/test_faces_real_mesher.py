"""Photos to a face and to a whole avatar, with nothing but real parts: networks, face library and mesher."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from atelier.common.v1 import blob_pb2
from atelier.generator.v1 import faces_pb2 as pb
from atelierkit.admission import Admission, Limits
from atelierkit.inference import LocalInference
from atelierkit.testing import serve
from facemodel.topology import FaceTopology
from services.generator.adapters.face_sense import FaceSense
from services.generator.adapters.network import BodyNetwork
from services.generator.adapters.photos import PhotoReader
from services.generator.domain.faces import Slot
from services.mesher.domain.body import BodyModel
from tests.contract.generator.neighbours import Town, town
from tests.contract.generator.test_generator_faces_contract import SLOTS
from tests.integration.generator.real_mesher import real_mesher
from tests.unit.generator.world import MODELS, RecordingBlobs, World

GLB = "model/gltf-binary"
JSON_CHUNK = 12
MOST_MM = 0.5
"""What another head may move of what a tape reads on the body."""
LARGEST_FILE = 200_000


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    """The service over the released networks, the face library and the real mesher."""
    blobs, topology = RecordingBlobs(), FaceTopology.load(MODELS)
    with real_mesher(BodyModel.load(MODELS), blobs) as mesher:
        async with LocalInference(MODELS) as inference, serve(mesher) as channel:
            world = World(blobs=blobs, network=BodyNetwork(inference, "2.0.0"))
            queue = Admission("photos", Limits(1))
            reader = PhotoReader(inference, world.store, queue, FaceSense(topology, "1.0.0"))
            world.tools = replace(world.tools, face_reader=reader)
            async with town(world, mesher=channel, timeout_s=60.0) as made:
                yield made


async def made(here: Town, album: Mapping[Slot, bytes]) -> pb.Face:
    photos = []
    for slot, data in album.items():
        ref = await here.world.blobs.put(data, prefix=f"uploads/{uuid4().hex}", media_type="image/jpeg")
        file = blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)
        photos.append(pb.Photo(slot=SLOTS[slot], file=file, filename=f"{slot}.jpg"))
    request = pb.CreateFaceRequest(photos=photos)
    face: pb.Face = (await here.faces.CreateFace(request, metadata=here.metadata("ann"))).face
    return face


def described(glb: bytes) -> dict[str, Any]:
    """The JSON of a GLB."""
    (length,) = struct.unpack_from("<I", glb, JSON_CHUNK)
    document: dict[str, Any] = json.loads(glb[JSON_CHUNK + 8 :][:length])
    return document


async def test_photos_become_a_painted_file_and_nothing_else_is_left(
    here: Town, album: Mapping[Slot, bytes]
) -> None:
    face = await made(here, album)
    assert (face.vertex_count, face.face_count) == (468, 898)
    assert face.file_size <= LARGEST_FILE
    # The file, its texture and the shape.
    assert len(here.world.blobs.keys) == 3
    [glb] = [key for key in here.world.blobs.keys if (await here.world.blobs.head(key)).media_type == GLB]
    assert len(described(await here.world.blobs.get(glb))["images"]) == 1
    before = here.world.blobs.keys
    await made(here, dict(reversed(list(album.items()))))
    assert here.world.blobs.keys == before


async def test_a_face_on_a_measured_body_leaves_what_the_tape_reads(
    here: Town, album: Mapping[Slot, bytes]
) -> None:
    plain, face = await here.create(), await made(here, album)
    request = pb.SetAvatarFaceRequest(avatar_id=plain.id, face_id=face.id)
    worn = (await here.faces.SetAvatarFace(request, metadata=here.metadata("ann"))).avatar
    assert worn.recipe.face.face_id == face.id
    for before, after in zip(plain.receipt.lines, worn.receipt.lines, strict=True):
        assert abs(after.reading.delivered_mm - before.reading.delivered_mm) < MOST_MM, before.reading.name
    bare = pb.SetAvatarFaceRequest(avatar_id=plain.id)
    again = (await here.faces.SetAvatarFace(bare, metadata=here.metadata("ann"))).avatar
    assert (again.recipe, again.receipt) == (plain.recipe, plain.receipt)

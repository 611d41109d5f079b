"""The service as its process builds it: PostgreSQL, a folder of files, onnxruntime, and neighbours over gRPC."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest

from atelier.auth.v1 import auth_pb2
from atelier.common.v1 import file_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelier.generator.v1.faces_pb2_grpc import FaceServiceStub
from atelier.generator.v1.generations_pb2_grpc import GenerationServiceStub
from atelier.generator.v1.generator_pb2_grpc import GeneratorServiceStub
from atelier.generator.v1.jobs_pb2_grpc import JobServiceStub
from atelierkit import blobs
from atelierkit.errors import AppError, Code
from atelierkit.inference import ModelMissing
from atelierkit.server import Service, serving
from atelierkit.settings import ServiceSettings
from atelierkit.testing import serve, token_jwks
from services.catalog.adapters.memory import MemoryUnitOfWork as MemoryCatalogue
from services.catalog.bootstrap import assemble as assemble_catalog
from services.generator.bootstrap import build
from services.generator.settings import GeneratorSettings
from tests.contract.generator.neighbours import SEED, MesherDouble, Town, body
from tests.integration.generator import tiny_network
from tests.unit.generator.world import MODELS, ClayMesher, ClayScanner, World

BODY = file_pb2.FileOptions(parts=file_pb2.PARTS_BODY)
pytestmark = pytest.mark.postgres

SETTINGS = ServiceSettings(port=0, drain_grace_s=0.0)


def keys_alone() -> Service:
    """Of the auth service no more than the keys of the tests' tokens."""

    async def get_jwks(request: Any, context: Any) -> Any:
        return auth_pb2.GetJwksResponse(jwks_json=json.dumps(token_jwks()))

    handler = grpc.unary_unary_rpc_method_handler(
        get_jwks,
        request_deserializer=auth_pb2.GetJwksRequest.FromString,
        response_serializer=auth_pb2.GetJwksResponse.SerializeToString,
    )
    descriptor = auth_pb2.DESCRIPTOR.services_by_name["AuthService"]
    handlers = grpc.method_handlers_generic_handler(descriptor.full_name, {"GetJwks": handler})
    return Service(
        descriptor.full_name, lambda server: server.add_generic_rpc_handlers((handlers,)), descriptor
    )


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as made:
        yield made


NEEDED = (
    "population",
    "face_topology",
    "face_detector_short",
    "face_detector_full",
    "face_mesh",
    "face_traits",
    "pose_detector",
    "pose_landmarks",
)


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    for model in NEEDED:
        shutil.copytree(MODELS / model, folder / model)
    tiny_network.install(folder)
    return folder


@pytest.fixture
async def settings(stack, tmp_path, models_dir, migrated_url) -> GeneratorSettings:
    """Settings that name running neighbours."""
    blob_url = (tmp_path / "blobs").as_uri()
    store = blobs.open(blob_url)
    mesher = MesherDouble(ClayMesher(store), ClayScanner(store))
    services = {
        "auth_addr": keys_alone(),
        "catalog_addr": assemble_catalog(units=lambda: MemoryCatalogue(SEED)),
        "mesher_addr": mesher.service(),
    }
    addresses = {
        field: f"127.0.0.1:{(await stack.enter_async_context(serving(service, SETTINGS))).port}"
        for field, service in services.items()
    }
    return GeneratorSettings.model_validate(
        {
            "port": 0,
            "drain_grace_s": 0.0,
            "models_dir": models_dir,
            "blob_url": blob_url,
            "database_url": migrated_url("services.generator"),
            **addresses,
        }
    )


@pytest.fixture
async def whole(stack, settings) -> Town:
    service = await build(settings, stack)
    channel = await stack.enter_async_context(serve(service))
    return reached_by(channel)


def reached_by(channel: grpc.aio.Channel) -> Town:
    """The service behind the channel; its neighbours are none of the town's."""
    world = World()
    return Town(
        GeneratorServiceStub(channel),
        JobServiceStub(channel),
        FaceServiceStub(channel),
        GenerationServiceStub(channel),
        world,
        world.tools,
        MesherDouble(world.mesher, world.scanner),
    )


def files_in(settings: GeneratorSettings) -> list[Path]:
    folder = Path(settings.blob_url.removeprefix("file://"))
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_an_avatar_lives_from_its_making_to_its_end(whole, settings) -> None:
    made = await whole.create(
        body=body(stature=1700), outfit=pb.Outfit(items=[pb.OutfitItem(garment_id="dress-ines", size="M")])
    )
    assert made.recipe.model_version == "0.0.7"
    assert (await whole.call("GetAvatar", pb.GetAvatarRequest(id=made.id))).avatar == made
    assert list((await whole.call("ListAvatars", pb.ListAvatarsRequest())).avatars) == [made]
    file = (await whole.call("ExportAvatar", pb.ExportAvatarRequest(id=made.id))).file
    assert (await blobs.open(settings.blob_url).head(file.key)).size == file.size
    await whole.call("ExportAvatar", pb.ExportAvatarRequest(id=made.id, file=BODY))
    await whole.call("UpdateAvatar", pb.UpdateAvatarRequest(id=made.id, outfit=pb.Outfit()))
    assert files_in(settings) != []
    await whole.call("DeleteAvatar", pb.DeleteAvatarRequest(id=made.id))
    assert files_in(settings) == []


async def test_a_crowd_with_one_recipe_gets_one_body(whole) -> None:
    """Whatever company an inference has in its batch, the same person comes out, bit for bit."""
    alone = await whole.create(body=body(stature=1700))
    requests = [pb.CreateAvatarRequest(body=body(stature=1700 + 10 * (index % 4))) for index in range(16)]
    crowd = [
        answer.avatar
        for answer in await asyncio.gather(*(whole.call("CreateAvatar", request) for request in requests))
    ]
    exports = {
        (await whole.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id))).file.sha256
        for avatar in (alone, *crowd[::4])
    }
    assert len(exports) == 1


async def test_a_service_without_its_network_does_not_start(stack, settings, models_dir) -> None:
    with (models_dir / "body_generator" / "model.onnx").open("ab") as damaged:
        damaged.write(b"\0")
    with pytest.raises(ModelMissing):
        await build(settings, stack)


async def test_an_inference_server_that_is_away_is_unavailable(stack, settings) -> None:
    elsewhere = settings.model_copy(update={"inference": "127.0.0.1:9"})
    channel = await stack.enter_async_context(serve(await build(elsewhere, stack)))
    town = reached_by(channel)
    with pytest.raises(AppError) as away:
        await town.create()
    assert (away.value.code, away.value.reason) == (Code.UNAVAILABLE, "UNAVAILABLE")
    assert away.value.retry_after_s is not None
    assert files_in(settings) == []


async def test_previews_leave_no_file(whole, settings) -> None:
    preview = await whole.call("PreviewAvatar", pb.PreviewAvatarRequest(body=body(stature=1700)))
    assert len(preview.delivered_mm) == 15
    assert files_in(settings) == []

"""The mesher's contract through a real server: what it answers, refuses and stores."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from anthropometry.measurements import NAMES
from atelier.common.v1 import body_pb2, file_pb2, outfit_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import AppError, Code
from services.mesher.domain.body import BodyModel
from tests.contract.mesher.conftest import Mesher


def body_request(model: BodyModel, **change: float) -> pb.BodyRequest:
    coefficients = np.zeros(model.space.size)
    coefficients[:3] = (0.6, -0.8, 0.5)
    vertices, _ = model.space.standing(coefficients)
    targets = dict(zip(NAMES, model.tape.measure(vertices), strict=True)) | change
    return pb.BodyRequest(
        points=model.template.canonical(vertices).astype("<f4").tobytes(),
        targets=body_pb2.Measurements(**{f"{name}_mm": float(value) for name, value in targets.items()}),
        model_version="1.0.0",
    )


def build_request(
    model: BodyModel, parts: file_pb2.Parts.ValueType = file_pb2.PARTS_ALL, **change: float
) -> pb.BuildAvatarRequest:
    return pb.BuildAvatarRequest(
        body=body_request(model, **change),
        appearance=outfit_pb2.Appearance(
            skin_color="#d7a98c", hair=outfit_pb2.HAIR_PATTERN_CROP, hair_color="#3b2417"
        ),
        garments=[
            outfit_pb2.WornGarment(
                garment_id="skirt-test",
                cut=outfit_pb2.Cut(pattern=outfit_pb2.PATTERN_SKIRT, hem=0.5, thickness_mm=3),
                girths=outfit_pb2.GarmentGirths(waist_mm=800, hip_mm=1050),
                color="#1f6468",
                licence="CC0-1.0",
            )
        ],
        file=file_pb2.FileOptions(parts=parts),
    )


async def test_an_avatar_is_stored_whole(mesher: Mesher, model: BodyModel, blobs: MemoryBlobs) -> None:
    answer = await mesher.stub.BuildAvatar(build_request(model), metadata=mesher.token)
    data = await blobs.get(answer.file.key)
    assert answer.file.key == f"avatars/{hashlib.sha256(data).hexdigest()}"
    assert (answer.file.media_type, answer.file.size) == ("model/gltf-binary", len(data))
    scene: Any = trimesh.load(io.BytesIO(data), file_type="glb", process=False)
    assert set(scene.geometry) == {"body", "eyes", "lashes", "teeth", "tongue", "skirt-test", "hair"}
    assert answer.face_count == sum(len(mesh.faces) for mesh in scene.geometry.values())
    assert answer.vertex_count == sum(len(mesh.vertices) for mesh in scene.geometry.values())


async def test_the_same_request_gives_the_same_bytes(mesher: Mesher, model: BodyModel) -> None:
    first = await mesher.stub.BuildAvatar(build_request(model), metadata=mesher.token)
    second = await mesher.stub.BuildAvatar(build_request(model), metadata=mesher.token)
    assert first == second


async def test_readings_follow_the_targets(mesher: Mesher, model: BodyModel) -> None:
    request = build_request(model, waist_girth=860.0)
    answer = await mesher.stub.BuildAvatar(request, metadata=mesher.token)
    assert [reading.name for reading in answer.readings] == [*NAMES, "natural_waist_girth", "underbust_girth"]
    assert len(answer.readings[-1].tape) > 10
    for reading in answer.readings[:15]:
        asked = getattr(request.body.targets, f"{reading.name}_mm")
        assert reading.delivered_mm == pytest.approx(asked, abs=0.5)
        assert reading.feasible
        assert len(reading.tape) >= 2


async def test_an_impossible_target_is_told_and_the_nearest_delivered(
    mesher: Mesher, model: BodyModel
) -> None:
    request = build_request(model, waist_girth=1890.0)
    answer = await mesher.stub.BuildAvatar(request, metadata=mesher.token)
    waist = answer.readings[NAMES.index("waist_girth")]
    assert not waist.feasible
    assert waist.delivered_mm < 1890.0 - 0.5


async def test_another_tool_measures_the_same_body(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs
) -> None:
    answer = await mesher.stub.BuildAvatar(build_request(model, file_pb2.PARTS_BODY), metadata=mesher.token)
    scene: Any = trimesh.load(io.BytesIO(await blobs.get(answer.file.key)), file_type="glb", process=False)
    assert set(scene.geometry) == {"body", "eyes", "lashes", "teeth", "tongue"}
    mesh = scene.geometry["body"]
    assert mesh.bounds[0, 1] == pytest.approx(0.0, abs=1e-6)
    readings = {reading.name: reading for reading in answer.readings}
    assert np.ptp(mesh.bounds[:, 1]) * 1e3 == pytest.approx(readings["stature"].delivered_mm, abs=0.5)
    for name in ("waist_girth", "hip_girth"):
        level = readings[name].tape[0].y
        section = mesh.section(plane_origin=[0, level, 0], plane_normal=[0, 1, 0])
        pieces = [piece[:, [0, 2]] for piece in section.discrete]
        trunk = max(pieces, key=lambda piece: np.ptp(piece[:, 0]))
        ring = trunk[ConvexHull(trunk).vertices]
        around = np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1).sum()
        assert around * 1e3 == pytest.approx(readings[name].delivered_mm, abs=0.5)


async def test_a_preview_is_the_body_without_a_file(mesher: Mesher, model: BodyModel) -> None:
    request = body_request(model)
    answer = await mesher.stub.PreviewBody(pb.PreviewBodyRequest(body=request), metadata=mesher.token)
    topology = await mesher.stub.GetPreviewTopology(pb.GetPreviewTopologyRequest())
    steps = np.frombuffer(answer.positions, "<u2").reshape(-1, 3)
    triangles = np.frombuffer(topology.triangles, "<u2").reshape(-1, 3)
    assert len(steps) == topology.vertex_count == triangles.max() + 1
    origin = np.array([answer.origin.x, answer.origin.y, answer.origin.z])
    step = np.array([answer.step.x, answer.step.y, answer.step.z])
    positions = origin + steps * step
    assert np.ptp(positions[:, 1]) * 1e3 == pytest.approx(request.targets.stature_mm, abs=0.1)
    a, b, c = (positions[triangles[:, k].astype(int)] for k in range(3))
    assert 0.03 < np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0 < 0.2  # a person's volume, turned outwards


async def test_a_missing_measurement_is_named(mesher: Mesher, model: BodyModel) -> None:
    request = build_request(model)
    request.body.targets.ClearField("hip_girth_mm")
    with pytest.raises(AppError) as refusal:
        await mesher.stub.BuildAvatar(request, metadata=mesher.token)
    assert refusal.value.code is Code.INVALID_ARGUMENT
    assert [fault.field for fault in refusal.value.faults] == ["body.targets.hip_girth_mm"]


@pytest.mark.parametrize("value", [np.nan, 0.0, 1e30], ids=["nan", "collapsed", "huge"])
async def test_points_that_are_no_body_are_refused(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs, value: float
) -> None:
    request = build_request(model)
    request.body.points = np.full(30_000, value, "<f4").tobytes()
    with pytest.raises(AppError) as refusal:
        await mesher.stub.BuildAvatar(request, metadata=mesher.token)
    assert refusal.value.code is Code.INVALID_ARGUMENT


async def test_a_stranger_builds_nothing(mesher: Mesher, model: BodyModel) -> None:
    with pytest.raises(AppError) as refusal:
        await mesher.stub.BuildAvatar(build_request(model))
    assert refusal.value.code is Code.UNAUTHENTICATED

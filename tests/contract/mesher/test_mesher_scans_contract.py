"""ReconstructScan on the wire: synthetic scans of people, and things that are none."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import trimesh

from anthropometry.measurements import NAMES
from atelier.common.v1 import blob_pb2, scan_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import AppError, Code
from benchmarks.synthetic_scans import ScanKind, SyntheticScan, scan
from services.mesher.domain.body import BodyModel
from tests.contract.mesher.conftest import Mesher

FRONT_AND_SIDES = ScanKind(noise_mm=2.0, outliers=0.1, missing_back=True, points=20_000)


@pytest.fixture(scope="module")
def person(model: BodyModel) -> SyntheticScan:
    return scan(model.template, model.space, FRONT_AND_SIDES, seed=0)


def text(points: Any) -> bytes:
    return b"\n".join(b"%.5f %.5f %.5f" % tuple(row) for row in points.tolist())


async def request(
    blobs: MemoryBlobs,
    data: bytes,
    *,
    register: bool,
    format: scan_pb2.CloudFormat.ValueType = scan_pb2.CLOUD_FORMAT_XYZ,
) -> pb.ReconstructScanRequest:
    stored = await blobs.put(data, prefix="uploads", media_type="text/plain")
    cloud = blob_pb2.BlobRef(
        key=stored.key, sha256=stored.sha256, media_type=stored.media_type, size=stored.size
    )
    return pb.ReconstructScanRequest(cloud=cloud, format=format, register=register)


async def test_a_scan_becomes_a_closed_mesh_and_a_measured_body(
    mesher: Mesher, model: BodyModel, blobs: MemoryBlobs, person: SyntheticScan
) -> None:
    asked = await request(blobs, text(person.points), register=True)
    answer = await mesher.stub.ReconstructScan(asked, metadata=mesher.token)
    report, found = answer.report, answer.registration
    assert report.point_count == len(person.points)
    assert 0.08 < report.outlier_count / report.point_count < 0.13
    assert report.metres_per_unit == person.metres_per_unit
    assert report.watertight

    mesh: Any = trimesh.load(io.BytesIO(await blobs.get(answer.mesh.key)), file_type="ply")
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert (len(mesh.vertices), len(mesh.faces)) == (report.vertex_count, report.face_count)
    assert mesh.volume * 1e3 == pytest.approx(report.volume_l, rel=1e-3)
    truth = trimesh.Trimesh(person.body, model.template.body.triangles, process=False)
    assert mesh.volume == pytest.approx(truth.volume, rel=0.05)
    assert mesh.bounds[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert report.height_mm == pytest.approx(np.ptp(truth.vertices[:, 1]) * 1e3, abs=25.0)

    assert 0.9 < found.score <= 1.0
    assert 0.9 < found.inlier_share <= 1.0
    assert 0.0 < found.mean_distance_mm < 4.0
    readings = {reading.name: reading for reading in found.readings}
    assert tuple(readings)[:15] == NAMES
    assert all(reading.feasible and len(reading.tape) > 1 for reading in found.readings)
    true_mm = dict(zip(NAMES, model.tape.measure(model.stand(person.coefficients).vertices), strict=True))
    for name in ("stature", "ankle_girth", "inside_leg", "arm_length"):
        assert readings[name].delivered_mm == pytest.approx(true_mm[name], abs=12.0), name
    assert found.quantities.volume_l == pytest.approx(truth.volume * 1e3, rel=0.05)

    body: Any = trimesh.load(io.BytesIO(await blobs.get(answer.body.key)), file_type="glb", process=False)
    assert {"body", "eyes", "lashes"} <= set(body.geometry)
    stature = np.ptp(body.geometry["body"].vertices[:, 1]) * 1e3
    assert stature == pytest.approx(readings["stature"].delivered_mm, abs=0.5)


async def test_a_thing_has_a_mesh_and_no_body(mesher: Mesher, blobs: MemoryBlobs) -> None:
    ball = trimesh.creation.icosphere(subdivisions=4, radius=40.0)
    ply = ball.export(file_type="ply", encoding="binary_little_endian")
    asked = await request(blobs, ply, register=False, format=scan_pb2.CLOUD_FORMAT_PLY)
    answer = await mesher.stub.ReconstructScan(asked, metadata=mesher.token)
    assert not answer.HasField("registration")
    assert not answer.HasField("body")
    assert answer.report.metres_per_unit == 0.0254  # 80 inches are nearest to a person's height
    assert answer.report.volume_l == pytest.approx(4.0 / 3.0 * np.pi * 10.16**3, rel=0.01)
    assert answer.report.watertight
    mesh: Any = trimesh.load(io.BytesIO(await blobs.get(answer.mesh.key)), file_type="ply")
    assert mesh.is_watertight


async def test_a_box_is_not_a_person(mesher: Mesher, blobs: MemoryBlobs) -> None:
    box = trimesh.creation.box((0.5, 1.7, 0.3))
    points = np.asarray(trimesh.sample.sample_surface(box, 5000, seed=1)[0])
    with pytest.raises(AppError) as refusal:
        await mesher.stub.ReconstructScan(
            await request(blobs, text(points), register=True), metadata=mesher.token
        )
    assert (refusal.value.code, refusal.value.reason) == (Code.FAILED_PRECONDITION, "NOT_A_PERSON")
    assert float(refusal.value.metadata["score"]) < float(refusal.value.metadata["required"]) == 0.5
    assert [(fault.code, fault.limit) for fault in refusal.value.faults] == [
        ("cloud.not_a_person", f"{float(refusal.value.metadata['score']):.2f} < 0.50")
    ]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b" ", "cloud.empty"),
        (b"0 0 0", "cloud.too_few_points"),
        (text(np.linspace([0, 0, 0], [1, 2, 3], 1000)), "cloud.flat"),
        (b"PK\x03\x04" + bytes(100), "cloud.archive"),
    ],
    ids=["empty", "one point", "a line", "zip"],
)
async def test_what_is_no_cloud_is_refused(
    mesher: Mesher, blobs: MemoryBlobs, data: bytes, rule: str
) -> None:
    with pytest.raises(AppError) as refusal:
        await mesher.stub.ReconstructScan(await request(blobs, data, register=False), metadata=mesher.token)
    assert (refusal.value.code, refusal.value.reason) == (Code.INVALID_ARGUMENT, "INVALID_CLOUD")
    assert [fault.code for fault in refusal.value.faults] == [rule]


async def test_a_stranger_reconstructs_nothing(mesher: Mesher, blobs: MemoryBlobs) -> None:
    with pytest.raises(AppError) as refusal:
        await mesher.stub.ReconstructScan(await request(blobs, b"0 0 0", register=False))
    assert refusal.value.code is Code.UNAUTHENTICATED

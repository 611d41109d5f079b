"""Scans on the wire: what comes back, and which of the mesher's refusals pass through."""

from __future__ import annotations

from typing import Any

import pytest

from atelier.common.v1 import scan_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelierkit.errors import AppError, Code, InvalidInput
from services.generator import convert
from services.generator.domain.model import StoredFile
from services.mesher.domain.errors import InvalidCloud, NotAPerson, ReconstructionAbsent, TooManyPoints
from tests.contract.generator.neighbours import Town, town


async def request(here: Town, *, register: bool = True, prefix: str = "uploads/7") -> pb.CreateScanRequest:
    ref = await here.world.blobs.put(b"0 0 0", prefix=prefix, media_type="text/plain")
    cloud = convert.blob_ref(StoredFile(ref.key, ref.sha256, ref.media_type, ref.size))
    return pb.CreateScanRequest(cloud=cloud, format=scan_pb2.CLOUD_FORMAT_XYZ, register=register)


async def test_a_scan_comes_back_as_it_was_made() -> None:
    async with town() as here:
        made = (await here.call("CreateScan", await request(here))).scan
        again = (await here.call("GetScan", pb.GetScanRequest(id=made.id))).scan
    assert again == made
    assert made.create_time.ToDatetime() == here.world.clock().replace(tzinfo=None)
    assert (made.report.point_count, made.report.height_mm, made.report.watertight) == (5, 1712.345678, True)
    assert (made.registration.score, len(made.registration.readings)) == (0.9375, 16)
    assert made.registration.quantities.surface_area_m2 == 1.875
    assert (made.mesh.media_type, made.body.media_type) == ("model/ply", "model/gltf-binary")
    assert here.mesher.callers == ["ann"]


async def test_without_registration_its_fields_are_unset() -> None:
    async with town() as here:
        made = (await here.call("CreateScan", await request(here, register=False))).scan
    assert not made.HasField("registration")
    assert not made.HasField("body")


@pytest.mark.attack("A16", "A38")
async def test_somebody_elses_scan_answers_as_an_unknown_one() -> None:
    async with town() as here:
        made = (await here.call("CreateScan", await request(here))).scan
        answers = []
        for method, asked in (("GetScan", pb.GetScanRequest), ("DeleteScan", pb.DeleteScanRequest)):
            for subject, id in (("bob", made.id), ("ann", "00000000-0000-0000-0000-000000000000")):
                with pytest.raises(AppError) as refusal:
                    await here.call(method, asked(id=id), subject)
                answers.append((refusal.value.code, refusal.value.reason, refusal.value.message))
    assert set(answers) == {(Code.NOT_FOUND, "NOT_FOUND", "there is no such scan")}


@pytest.mark.parametrize(
    "error",
    [
        InvalidCloud("cloud.empty", "the file is empty", "a file with points"),
        TooManyPoints(2_000_000),
        NotAPerson(0.1, 0.5),
        ReconstructionAbsent(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_meshers_refusals_pass_through(error: Any) -> None:
    async with town() as here:
        here.mesher.error = error
        with pytest.raises(AppError) as refusal:
            await here.call("CreateScan", await request(here))
        assert here.world.blobs.keys == []
    told = refusal.value
    assert (told.code, told.reason, told.metadata) == (error.code, error.reason, error.metadata)
    assert told.faults == error.faults


async def test_any_other_refusal_is_a_bug_of_ours() -> None:
    async with town() as here:
        here.mesher.error = InvalidInput("no such field")
        with pytest.raises(AppError) as refusal:
            await here.call("CreateScan", await request(here))
    assert refusal.value.code is Code.INTERNAL


@pytest.mark.attack("A38")
async def test_a_file_of_the_store_is_no_upload() -> None:
    async with town() as here:
        with pytest.raises(AppError) as refusal:
            await here.call("CreateScan", await request(here, prefix="avatars"))
        assert len(here.world.blobs.keys) == 1
    assert refusal.value.code is Code.INVALID_ARGUMENT
    assert [fault.field for fault in refusal.value.faults] == ["cloud.key"]

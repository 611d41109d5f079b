"""People's own poses in PostgreSQL, beside their twin in memory: the same verbs, the same answers."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from atelier.common.v1 import pose_pb2
from services.generator.domain.custom_poses import CustomPose, Origin
from services.generator.domain.errors import (
    InvalidMotion,
    InvalidPosePhoto,
    NotAnUpload,
    PoseNotFound,
    TooManyPoses,
)
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import UnitsOfWork
from services.generator.offers import pose_verbs
from services.generator.use_cases.custom_poses import CreatePoseFromPhoto, KeepPose, OwnAndLibraryPoses
from services.generator.use_cases.people import ExportPerson, ForgetPerson, Place, Section
from tests.unit.generator.world import ANN, BOB, World


@pytest.fixture
def world(units: UnitsOfWork) -> World:
    return World(units=units)


async def upload(world: World, text: str = "arms wide") -> StoredFile:
    return (await world.photo(text)).file


async def kept(world: World, text: str = "arms wide", owner: str = ANN, name: str = "Wide") -> CustomPose:
    world.clock.advance(seconds=1)
    return await pose_verbs(world.tools).from_photo(owner, name, await upload(world, text))


async def test_a_pose_of_a_photo_is_kept_and_the_photo_is_not(world: World) -> None:
    pose = await kept(world)
    assert pose.origin is Origin.PHOTO
    assert pose.read.clamped_bones == ("LeftForeArm",)
    assert pose.read.unknown_bones == ("RightFoot",)
    assert pose_pb2.Pose.FromString(pose.read.pose).support == pose_pb2.SUPPORT_SEAT
    assert await pose_verbs(world.tools).get(ANN, pose.id) == pose
    assert world.blobs.keys == []


async def test_a_pose_of_a_motion_is_of_its_frame(world: World) -> None:
    verbs = pose_verbs(world.tools)
    one, other = [
        await verbs.from_motion(ANN, "Dance", await upload(world, "turning"), frame) for frame in (7, 70)
    ]
    assert one.origin is Origin.MOTION
    assert one.read.pose != other.read.pose
    assert world.blobs.keys == []


async def test_what_cannot_be_read_leaves_nothing(world: World) -> None:
    verbs = pose_verbs(world.tools)
    with pytest.raises(InvalidPosePhoto) as photo:
        await verbs.from_photo(ANN, "Two", await upload(world, "bad several_people"))
    assert [(fault.field, fault.code, fault.limit) for fault in photo.value.faults] == [
        ("photo", "several_people", "3")
    ]
    with pytest.raises(InvalidMotion) as motion:
        await verbs.from_motion(ANN, "Spider", await upload(world, "bad joints_missing"), 0)
    assert [(fault.field, fault.limit) for fault in motion.value.faults] == [("motion", "LeftArm, Head")]
    assert world.blobs.keys == []
    assert (await verbs.list(ANN, 10, None)).poses == ()


async def test_only_an_upload_is_read_and_deleted(world: World) -> None:
    avatar = await world.avatar()
    verbs = pose_verbs(world.tools)
    with pytest.raises(NotAnUpload):
        await verbs.from_photo(ANN, "Mine", avatar.files.dressed)
    with pytest.raises(NotAnUpload):
        await verbs.from_motion(ANN, "Mine", avatar.files.dressed, 0)
    assert await world.exists(avatar.files.dressed) == [True]


async def test_somebody_elses_pose_is_as_one_that_does_not_exist(world: World) -> None:
    pose, verbs = await kept(world), pose_verbs(world.tools)
    answers = set()
    for owner, id in ((BOB, pose.id), (ANN, uuid4())):
        for verb in (verbs.get, verbs.delete):
            with pytest.raises(PoseNotFound) as refused:
                await verb(owner, id)
            answers.add((refused.value.message, refused.value.faults))
    assert len(answers) == 1
    assert (await verbs.list(BOB, 10, None)).poses == ()
    await verbs.delete(ANN, pose.id)
    with pytest.raises(PoseNotFound):
        await verbs.get(ANN, pose.id)


async def test_pages_run_from_the_newest_to_the_oldest(world: World) -> None:
    poses = [await kept(world, name=f"{number}") for number in range(5)][::-1]
    await kept(world, owner=BOB)
    verbs = pose_verbs(world.tools)
    first = await verbs.list(ANN, 3, None)
    rest = await verbs.list(ANN, 3, first.next)
    assert [*first.poses, *rest.poses] == poses
    assert (first.next is None, rest.next is None) == (False, True)


async def test_a_person_has_so_many_and_no_more_even_at_once(world: World) -> None:
    create = CreatePoseFromPhoto(world.pose_reader, world.store, KeepPose(world.units, world.clock, most=3))
    uploads = [await upload(world, f"pose {number}") for number in range(6)]
    results = await asyncio.gather(
        *(create(ANN, "One of many", file) for file in uploads), return_exceptions=True
    )
    assert [type(result) for result in results].count(TooManyPoses) == 3
    assert len((await pose_verbs(world.tools).list(ANN, 10, None)).poses) == 3
    assert (await create(BOB, "Another person's", await upload(world))).owner == BOB


async def test_a_uuid_is_an_own_pose_and_a_word_one_of_the_library(world: World) -> None:
    shelf = OwnAndLibraryPoses(world.units, world.poses)
    pose = await kept(world)
    assert await shelf.get(ANN, str(pose.id)) == pose.read.pose
    assert await shelf.get(ANN, "contrapposto") == b"contrapposto"
    for owner, word in ((BOB, str(pose.id)), (ANN, str(uuid4())), (ANN, "moonwalk"), (ANN, pose.id.hex)):
        with pytest.raises(PoseNotFound) as refused:
            await shelf.get(owner, word)
        assert refused.value.pose_id == word


async def test_poses_are_taken_along_and_forgotten(world: World) -> None:
    mine, other = await kept(world), await kept(world, owner=BOB)
    export = ExportPerson(world.units)
    assert [*(await export(ANN, Place(Section.CUSTOM_POSES))).records] == [mine]
    await ForgetPerson(world.units, world.shelf)(ANN)
    assert [*(await export(ANN, Place(Section.CUSTOM_POSES))).records] == []
    assert [*(await export(BOB, Place(Section.CUSTOM_POSES))).records] == [other]

"""The pose library's contract over a real gRPC server, for callers without a token."""

from __future__ import annotations

from collections.abc import AsyncIterator

import protovalidate
import pytest

from atelier.catalog.v1 import poses_pb2 as pb
from atelier.catalog.v1.poses_pb2_grpc import PoseServiceStub
from atelier.common.v1 import body_pb2, pose_pb2
from atelierkit.errors import AppError, Code
from atelierkit.testing import serve
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.bootstrap import assemble
from services.catalog.domain.poses import BodyType, Difficulty

SEED = released()
POSES = SEED.library.poses


@pytest.fixture
async def stub() -> AsyncIterator[PoseServiceStub]:
    async with serve(assemble(units=lambda: MemoryUnitOfWork(SEED))) as channel:
        yield PoseServiceStub(channel)


async def ids(stub, **asked) -> list[str]:
    answer = await stub.ListPoses(pb.ListPosesRequest(page_size=1000, **asked))
    return [pose.id for pose in answer.poses]


async def refusal(call) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


async def test_all_poses_come_in_the_librarys_order(stub) -> None:
    assert await ids(stub) == [pose.summary.id for pose in POSES]


async def test_a_page_is_a_hundred_unless_it_is_said_and_the_next_begins_behind_it(stub) -> None:
    first = await stub.ListPoses(pb.ListPosesRequest())
    assert [pose.id for pose in first.poses] == [pose.summary.id for pose in POSES[:100]]
    second = await stub.ListPoses(pb.ListPosesRequest(page_token=first.next_page_token, page_size=2))
    assert [pose.id for pose in second.poses] == [pose.summary.id for pose in POSES[100:102]]


async def test_filters_are_all_of_them_met(stub) -> None:
    about = POSES[0].summary
    asked = {
        "category": about.category,
        "tags": about.tags,
        "difficulty": pb.PoseDifficulty.Value(f"POSE_DIFFICULTY_{about.difficulty.name}"),
        "suits": body_pb2.BODY_TYPE_NEUTRAL,
        "query": about.name.fr.split()[0],
    }
    found = await ids(stub, **asked)
    assert about.id in found
    assert len(found) < len(POSES)
    for summary in (pose.summary for pose in POSES):
        meant = (
            summary.category == about.category
            and set(about.tags) <= set(summary.tags)
            and summary.difficulty is about.difficulty
            and BodyType.NEUTRAL in summary.suits
            and about.name.fr.split()[0].lower() in summary.words
        )
        assert (summary.id in found) is meant


@pytest.mark.parametrize("difficulty", Difficulty)
async def test_a_difficulty_lists_its_own(stub, difficulty) -> None:
    wanted = pb.PoseDifficulty.Value(f"POSE_DIFFICULTY_{difficulty.name}")
    expected = [pose.summary.id for pose in POSES if pose.summary.difficulty is difficulty]
    assert expected
    assert await ids(stub, difficulty=wanted) == expected


async def test_a_pose_comes_with_joints_that_the_mesher_accepts(stub) -> None:
    for pose in POSES[:: len(POSES) // 20]:
        answer = await stub.GetPose(pb.GetPoseRequest(id=pose.summary.id))
        protovalidate.validate(answer)
        assert {turn.bone: (turn.x, turn.y, turn.z, turn.w) for turn in answer.pose.turns} == pose.turns
        assert answer.pose.support == pose_pb2.Support.Value(f"SUPPORT_{pose.summary.support.name}")
        assert answer.summary.support == answer.pose.support
        for told, meant in (
            (answer.summary.name, pose.summary.name),
            (answer.summary.description, pose.summary.description),
        ):
            assert (told.en, told.fr) == (meant.en, meant.fr)


async def test_an_unknown_pose_is_not_found(stub) -> None:
    error = await refusal(stub.GetPose(pb.GetPoseRequest(id="handstand")))
    assert (error.code, error.reason) == (Code.NOT_FOUND, "NOT_FOUND")


async def test_facets_say_what_there_is(stub) -> None:
    facets = await stub.ListPoseFacets(pb.ListPoseFacetsRequest())
    first = facets.categories[0]
    assert (first.name, first.title.en, first.title.fr) == ("standing", "Standing", "Debout")
    assert first.count == len(await ids(stub, category="standing"))
    tag = facets.tags[0]
    assert tag.count == len(await ids(stub, tags=[tag.name]))


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.ListPosesRequest(category="No!"), "category"),
        (pb.ListPosesRequest(tags=["a"] * 9), "tags"),
        (pb.ListPosesRequest(tags=["-"]), "tags[0]"),
        (pb.ListPosesRequest(difficulty=99), "difficulty"),  # type: ignore[arg-type]
        (pb.ListPosesRequest(suits=99), "suits"),  # type: ignore[arg-type]
        (pb.ListPosesRequest(query="x" * 65), "query"),
        (pb.ListPosesRequest(page_size=1001), "page_size"),
    ],
)
async def test_a_malformed_question_is_refused(stub, request_, field) -> None:
    error = await refusal(stub.ListPoses(request_))
    assert (error.code, error.reason, error.faults[0].field) == (
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        field,
    )


async def test_an_id_that_none_can_have_is_refused(stub) -> None:
    error = await refusal(stub.GetPose(pb.GetPoseRequest(id="No such!")))
    assert (error.code, error.faults[0].field) == (Code.INVALID_ARGUMENT, "id")

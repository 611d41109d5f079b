"""Videos of avatars in memory: one job each, paid once, and what becomes of them in bad times."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from atelierkit.errors import RemoteError, Unavailable
from atelierkit.failpoints import FailpointHit
from services.generator.domain import jobs
from services.generator.domain.errors import (
    AvatarNotFound,
    JobEnded,
    MesherBrokeDown,
    PoseNotFound,
)
from services.generator.domain.jobs import Count, Kind, State
from services.generator.domain.model import LookChange
from services.generator.domain.pictures import PictureOptions
from services.generator.use_cases.people import ForgetPerson
from services.generator.use_cases.videos import VIDEO as NAME
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import VIDEO, Gallery
from tests.unit.generator.world import ANN, BOB


@pytest.fixture
def gallery(factory: Factory) -> Gallery:
    return Gallery(factory)


async def test_a_video_is_a_job_then_a_file_and_one_payment(gallery: Gallery) -> None:
    world = gallery.world
    world.ledger.balance = 12
    avatar = await world.avatar()
    job = await gallery.job(avatar)
    assert (job.kind, job.state, job.credits, job.total) == (Kind.VIDEO, State.PENDING, 5, 1)
    assert (await gallery.job(avatar)).id == job.id
    await gallery.factory.work()
    done = await gallery.factory.job(job.id)
    assert (done.state, done.count, done.percent) == (State.COMPLETED, Count(made=1), 100)
    assert (world.ledger.balance, world.ledger.held) == (7, {})
    assert gallery.factory.mailbox.ended_jobs == [done]
    file = await gallery.file(avatar)
    assert done.results == {NAME: file}
    assert (world.mesher.videos, world.ledger.balance) == (1, 7)
    assert set(gallery.factory.ghosts.acted_for) == {ANN}


async def test_other_options_and_poses_are_jobs_of_their_own(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    jobs = [
        await gallery.job(avatar),
        await gallery.job(avatar, "seated"),
        await gallery.job(avatar, "seated", "contrapposto"),
        await gallery.job(avatar, "contrapposto", "seated"),
        await gallery.job(avatar, options=replace(VIDEO, seconds=3)),
        await gallery.job(avatar, options=replace(VIDEO, picture=PictureOptions(size=256))),
    ]
    assert len({job.id for job in jobs}) == len(jobs)
    twin = await gallery.world.avatar()
    assert (await gallery.job(twin)).id not in {job.id for job in jobs}


async def test_progress_is_told_in_steps(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    told: list[int] = []

    async def look() -> None:
        told.append((await gallery.factory.job(job.id)).percent)

    gallery.world.mesher.before_answer = look
    await gallery.worked(job.id)
    # 21 is no step after 20.
    assert told == [20, 20, 60, 95]
    assert (await gallery.factory.job(job.id)).revision == 2 + 3 + 1


async def test_who_begins_anew_tells_nothing_that_was_told(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    seen: list[int] = []

    async def away_at_sixty() -> None:
        seen.append((await gallery.factory.job(job.id)).percent)
        if len(seen) == 3:
            raise Unavailable("gone for a moment")

    gallery.world.mesher.before_answer = away_at_sixty
    with pytest.raises(Unavailable):
        await gallery.worked(job.id)
    await gallery.worked(job.id)
    assert seen == [20, 20, 60, 60, 60, 60, 95]


async def test_an_avatar_with_a_pose_of_its_own_is_filmed_in_it(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    plain, seated = await gallery.job(avatar), await gallery.job(avatar, "seated")
    assert (await gallery.job(avatar, "")).id == plain.id
    await gallery.world.update(ANN, avatar.id, LookChange(), None, "seated")
    assert (await gallery.job(avatar)).id == seated.id
    await gallery.factory.work()
    assert [(await gallery.factory.job(job.id)).state for job in (plain, seated)] == [
        State.FAILED,
        State.COMPLETED,
    ]


@pytest.mark.parametrize("pose_ids", [("no-such",), ("seated", "no-such")])
async def test_an_unknown_pose_is_refused_with_its_place(gallery: Gallery, pose_ids: tuple[str, ...]) -> None:
    avatar = await gallery.world.avatar()
    with pytest.raises(PoseNotFound) as refused:
        await gallery.video(avatar, *pose_ids)
    assert [fault.field for fault in refused.value.faults] == [f"pose_ids[{len(pose_ids) - 1}]"]


async def test_without_credits_there_is_no_job(gallery: Gallery) -> None:
    gallery.world.ledger.balance = 4
    avatar = await gallery.world.avatar()
    with pytest.raises(RemoteError) as refused:
        await gallery.video(avatar)
    assert refused.value.reason == "INSUFFICIENT_CREDITS"
    assert (await gallery.factory.list(ANN, 10, None)).jobs == ()


async def test_somebody_elses_avatar_is_none(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    with pytest.raises(AvatarNotFound):
        await gallery.video(avatar, owner=BOB)


async def test_a_cancelled_video_is_refunded_and_asked_for_anew_as_another_job(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    balance = gallery.world.ledger.balance

    async def cancel() -> None:
        gallery.world.mesher.before_answer = None
        await gallery.factory.cancel(ANN, job.id)

    gallery.world.mesher.before_answer = cancel
    assert await gallery.worked(job.id) is None
    await gallery.factory.work()
    assert gallery.world.ledger.balance == balance + 5
    assert gallery.keys("videos") == []
    another = await gallery.job(avatar)
    assert another.id != job.id
    await gallery.factory.work()
    assert (await gallery.file(avatar)).media_type == "video/mp4"
    assert gallery.world.ledger.paid == {another.id: 5}


async def test_an_avatar_that_was_changed_is_not_filmed(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    await gallery.world.update(ANN, avatar.id, LookChange(skin_id="tone-09"), None)
    await gallery.factory.work()
    failed = await gallery.factory.job(job.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "AVATAR_CHANGED")
    assert (gallery.world.mesher.videos, gallery.world.ledger.paid) == (0, {})
    assert (await gallery.job(avatar)).id != job.id


async def test_a_deleted_avatar_takes_its_videos_along(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    done, waiting = await gallery.job(avatar), None
    await gallery.factory.work()
    waiting = await gallery.job(avatar, "seated")
    await gallery.world.delete(ANN, avatar.id)
    assert gallery.keys("videos") == []
    assert (await gallery.factory.job(done.id)).results == {}
    await gallery.factory.work()
    failed = await gallery.factory.job(waiting.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "NOT_FOUND")
    assert set(gallery.world.ledger.paid) == {done.id}
    assert gallery.world.ledger.held == {}


async def test_with_another_face_no_video_of_the_old_one_is_left(gallery: Gallery) -> None:
    world = gallery.world
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)
    job = await gallery.job(avatar)
    await gallery.factory.work()
    assert len(gallery.keys("videos")) == 1
    await world.set_face(ANN, avatar.id, None)
    assert gallery.keys("videos") == []
    assert (await gallery.factory.job(job.id)).results == {}


async def test_a_forgotten_person_has_no_pictures_and_videos(gallery: Gallery) -> None:
    world = gallery.world
    for owner in (ANN, BOB):
        avatar = await world.avatar(owner)
        await gallery.picture(avatar, owner=owner)
        await gallery.video(avatar, owner=owner)
    await gallery.factory.work()
    mine = await world.avatar(BOB)
    kept = await gallery.picture(mine, "seated", owner=BOB)
    await ForgetPerson(world.units, world.shelf)(ANN)
    # What both have had the same of is still the other one's.
    assert len(gallery.keys("videos")) == 1
    await ForgetPerson(world.units, world.shelf)(BOB)
    assert gallery.keys("videos") == gallery.keys("pictures") == []
    assert await world.exists(kept.file) == [False]


async def test_a_lost_video_is_drawn_again_for_nothing(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    await gallery.job(avatar)
    await gallery.factory.work()
    file = await gallery.file(avatar)
    balance = gallery.world.ledger.balance
    await gallery.world.blobs.delete(file.key)
    again = await gallery.job(avatar)
    assert again.credits == 0
    await gallery.factory.work()
    assert await gallery.file(avatar) == file
    assert gallery.world.ledger.balance == balance


async def test_the_mesher_that_breaks_down_three_times_is_asked_no_more(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)

    async def break_down() -> None:
        raise MesherBrokeDown

    gallery.world.mesher.before_answer = break_down
    for _ in range(2):
        with pytest.raises(MesherBrokeDown):
            await gallery.worked(job.id)
    await gallery.worked(job.id)
    failed = await gallery.factory.job(job.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "JOB_POISONED")
    await gallery.factory.work()
    assert gallery.world.ledger.held == gallery.world.ledger.paid == {}


async def test_a_failed_video_can_be_done_again_by_an_administrator(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    gallery.factory.ghosts.gone.add(ANN)
    await gallery.factory.work()
    assert (await gallery.factory.job(job.id)).state is State.FAILED
    gallery.factory.ghosts.gone.clear()
    again = (await gallery.factory.retry(job.id)).job
    assert (again.kind, again.credits) == (Kind.VIDEO, 0)
    assert (await gallery.factory.retry(job.id)).job.id == again.id
    await gallery.factory.work()
    assert (await gallery.factory.job(again.id)).state is State.COMPLETED
    assert (await gallery.file(avatar)).media_type == "video/mp4"


@pytest.mark.parametrize("place", ["work.leased", "videos.drawn", "work.completed"])
async def test_a_worker_that_dies_is_followed_by_another(
    gallery: Gallery, armed: Callable[[str], object], place: str
) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    armed(f"{place}=raise")
    with pytest.raises(FailpointHit):
        await gallery.worked(job.id)
    armed("")
    await gallery.worked(job.id)
    await gallery.factory.work()
    assert (await gallery.factory.job(job.id)).state is State.COMPLETED
    assert gallery.keys("videos") == [(await gallery.file(avatar)).key]
    assert gallery.world.ledger.paid == {job.id: 5}


async def test_of_two_workers_one_completes(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    ended = await asyncio.gather(gallery.worked(job.id), gallery.worked(job.id))
    assert sorted(each is None for each in ended) == [False, True]
    await gallery.factory.work()
    assert gallery.keys("videos") == [(await gallery.file(avatar)).key]


async def test_a_job_that_has_ended_is_no_further(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    with pytest.raises(JobEnded):
        jobs.drawn(jobs.cancelled(job, Count(), gallery.world.clock()), 10)
    assert jobs.drawn(jobs.drawn(job, 40), 10).percent == 40

"""Albums and orders of videos in PostgreSQL, beside their twins in memory: the same verbs, the same answers."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.generator.domain.albums import PICTURES_KEPT, VideoOrder
from services.generator.domain.errors import AvatarNotFound, Outdated, PictureNotFound
from services.generator.domain.jobs import Failure, State
from services.generator.domain.model import LookChange
from services.generator.domain.pictures import (
    TRANSPARENT,
    Background,
    Camera,
    PictureFormat,
    PictureOptions,
    Style,
    VideoOptions,
)
from services.generator.domain.ports import UnitOfWork, UnitsOfWork
from services.generator.use_cases.people import ForgetPerson
from services.generator.use_cases.videos import VIDEO
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import PICTURE, Gallery
from tests.unit.generator.world import ANN, BOB, World


@pytest.fixture
def gallery(units: UnitsOfWork) -> Gallery:
    return Gallery(Factory(World(units=units)))


async def test_a_picture_is_drawn_once_and_told_whole(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    drawn = await gallery.picture(avatar, "bent-elbow")
    assert drawn.clamped_bones == ("LeftForeArm",)
    assert await gallery.picture(avatar, "bent-elbow") == drawn
    assert gallery.world.mesher.pictures == 1
    assert await gallery.get_picture(ANN, drawn.file.sha256) == drawn.file
    with pytest.raises(PictureNotFound):
        await gallery.get_picture(BOB, drawn.file.sha256)


async def test_the_newest_pictures_are_kept_and_videos_all(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    await gallery.worked(job.id)
    drawn = [
        (await gallery.picture(avatar, options=replace(PICTURE, size=64 + number))).file
        for number in range(PICTURES_KEPT + 2)
    ]
    assert gallery.keys("pictures") == sorted(file.key for file in drawn[2:])
    assert len(gallery.keys("videos")) == 1


async def test_two_who_ask_at_once_get_the_same(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    first, second = await asyncio.gather(gallery.picture(avatar), gallery.picture(avatar))
    assert first == second == await gallery.picture(avatar)
    assert gallery.keys("pictures") == [first.file.key]


async def test_who_draws_while_the_avatar_is_deleted_leaves_nothing(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()

    async def delete() -> None:
        await gallery.world.delete(ANN, avatar.id)

    gallery.world.mesher.before_answer = delete
    with pytest.raises(AvatarNotFound):
        await gallery.picture(avatar)
    assert gallery.keys("pictures") == []


async def test_somebody_elses_deletion_takes_nothing(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    drawn = await gallery.picture(avatar)
    with pytest.raises(AvatarNotFound):
        await gallery.world.delete(BOB, avatar.id)
    assert await gallery.picture(avatar) == drawn
    assert gallery.world.mesher.pictures == 1


async def test_a_deleted_avatar_takes_pictures_and_videos_along(gallery: Gallery) -> None:
    avatar, other = await gallery.world.avatar(), await gallery.world.avatar()
    jobs = [await gallery.job(each) for each in (avatar, other)]
    for job in jobs:
        await gallery.worked(job.id)
    await gallery.picture(avatar)
    kept = await gallery.picture(other)
    await gallery.world.delete(ANN, avatar.id)
    gone, stays = [await gallery.factory.job(job.id) for job in jobs]
    assert gone.results == {}
    assert stays.results == {VIDEO: await gallery.file(other)}
    assert gallery.keys("pictures") == [kept.file.key]


async def test_a_video_goes_from_order_to_file(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    told: list[int] = []
    job = await gallery.job(avatar, "seated", "contrapposto")
    assert (await gallery.job(avatar, "seated", "contrapposto")).id == job.id

    async def look() -> None:
        told.append((await gallery.factory.job(job.id)).percent)

    gallery.world.mesher.before_answer = look
    done = await gallery.worked(job.id)
    assert done is not None
    assert done.state is State.COMPLETED
    assert told == [20, 20, 60, 95]
    assert (await gallery.factory.job(job.id)) == done
    assert done.results == {VIDEO: await gallery.file(avatar, "seated", "contrapposto")}
    assert await gallery.worked(job.id) is None


async def test_of_two_workers_one_completes(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    ended = await asyncio.gather(gallery.worked(job.id), gallery.worked(job.id))
    assert sorted(each is None for each in ended) == [False, True]
    assert gallery.keys("videos") == [(await gallery.file(avatar)).key]


async def test_a_video_that_was_often_cancelled_is_asked_for_like_the_first(units: UnitsOfWork) -> None:
    begun: list[int] = []

    def counted() -> AbstractAsyncContextManager[UnitOfWork]:
        begun.append(1)
        return units()

    gallery = Gallery(Factory(World(units=counted)))
    avatar, jobs, transactions = await gallery.world.avatar(), set[UUID](), set[int]()
    for _ in range(5):
        begun.clear()
        job = await gallery.job(avatar)
        transactions.add(len(begun))
        jobs.add(job.id)
        await gallery.factory.cancel(ANN, job.id)
    assert (len(jobs), len(transactions)) == (5, 1)


async def test_a_video_that_is_done_again_is_not_ordered_once_more(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    await gallery.factory.tasks.videos.give_up(job.id, Failure("INTERNAL", "for a test"))
    again = (await gallery.factory.retry(job.id)).job
    assert await gallery.job(avatar) == again
    await gallery.factory.cancel(ANN, again.id)
    assert (await gallery.job(avatar)).id not in {job.id, again.id}


async def test_a_paid_video_is_drawn_again_for_nothing_however_often_that_fails(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    await gallery.worked(job.id)
    await gallery.world.blobs.delete((await gallery.file(avatar)).key)
    for _ in range(2):
        again = await gallery.job(avatar)
        assert again.price == 0
        await gallery.factory.cancel(ANN, again.id)


async def test_with_another_face_nothing_of_the_old_one_is_left(gallery: Gallery) -> None:
    world = gallery.world
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)
    await gallery.picture(avatar)
    job = await gallery.job(avatar)
    await gallery.worked(job.id)
    await world.set_face(ANN, avatar.id, None)
    assert gallery.keys("videos") == gallery.keys("pictures") == []
    assert (await gallery.factory.job(job.id)).results == {}


@pytest.mark.attack("A61")
async def test_a_face_that_goes_while_it_is_drawn_is_in_no_picture(gallery: Gallery) -> None:
    world = gallery.world
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)

    async def take_off() -> None:
        world.mesher.before_answer = None
        await world.set_face(ANN, avatar.id, None)

    world.mesher.before_answer = take_off
    drawn = await gallery.picture(avatar)
    assert gallery.keys("pictures") == [drawn.file.key]
    assert b"PersonFace" not in await world.store.get(drawn.file)
    assert await gallery.picture(avatar) == drawn
    assert world.mesher.pictures == 2


@pytest.mark.attack("A61")
async def test_a_face_that_goes_while_it_is_filmed_is_in_no_video(gallery: Gallery) -> None:
    world = gallery.world
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)
    job = await gallery.job(avatar)

    async def withdraw() -> None:
        world.mesher.before_answer = None
        await gallery.factory.withdraw(ANN)

    world.mesher.before_answer = withdraw
    with pytest.raises(Outdated):
        await gallery.worked(job.id)
    assert gallery.keys("videos") == []
    ended = await gallery.worked(job.id)
    assert ended is not None
    assert ended.failure is not None
    assert (ended.state, ended.failure.reason, ended.cost) == (State.FAILED, "AVATAR_CHANGED", 0)
    assert world.mesher.videos == 1


async def test_a_look_that_changes_while_it_is_filmed_is_no_matter(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)

    async def change() -> None:
        gallery.world.mesher.before_answer = None
        await gallery.world.update(ANN, avatar.id, LookChange(skin_id="tone-09"), None)

    gallery.world.mesher.before_answer = change
    ended = await gallery.worked(job.id)
    assert ended is not None
    assert ended.state is State.COMPLETED
    assert len(gallery.keys("videos")) == 1


async def test_a_forgotten_person_leaves_nothing(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    await gallery.picture(avatar)
    await gallery.worked((await gallery.job(avatar)).id)
    waiting = await gallery.job(avatar, "seated")
    await ForgetPerson(gallery.world.units, gallery.world.shelf)(ANN)
    assert gallery.keys("videos") == gallery.keys("pictures") == []
    async with gallery.world.units() as unit:
        assert await unit.jobs.get(waiting.id) is None
        assert await unit.albums.clear(ANN, avatar.id) == ()


@pytest.mark.parametrize("background", [None, TRANSPARENT, Background("#aabbcc", "#001122")])
async def test_an_order_comes_back_as_it_was(gallery: Gallery, background: Background | None) -> None:
    avatar = await gallery.world.avatar()
    job = await gallery.job(avatar)
    picture = PictureOptions(
        Camera.SIDE, Style.CARTOON, 300, background, PictureFormat.WEBP, 40, {"jawOpen": 0.1 + 0.2}
    )
    order = VideoOrder(avatar.id, ("a", "b"), VideoOptions(picture, 7, 12), "0" * 64)
    another = replace(job, id=avatar.id)
    async with gallery.world.units() as unit:
        await unit.jobs.add(another)
        await unit.video_orders.add(another.id, order)
    async with gallery.world.units() as unit:
        assert await unit.video_orders.get(another.id) == order
        assert [await unit.video_orders.broke_down(another.id) for _ in range(2)] == [1, 2]
        assert await unit.video_orders.broke_down(uuid4()) == 0

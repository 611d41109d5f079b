"""Avatars from photos in memory: accepted, made, refused, cancelled, given up; twice and after crashes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from atelierkit import failpoints
from atelierkit.errors import RemoteError, Unavailable
from atelierkit.failpoints import FailpointHit
from atelierkit.jobs.model import POISONED
from services.generator.domain.errors import (
    ConsentRequired,
    ImplausibleMeasurements,
    MesherBrokeDown,
    PhotosDeleted,
)
from services.generator.domain.faces import PhotoFault, Slot
from services.generator.domain.jobs import Count, Kind, State
from services.generator.domain.model import BodySpec, BodyType, Look, OutfitItem
from services.generator.domain.ports_jobs import Task
from services.generator.use_cases.job_work import POISONED as BROKE_DOWN
from tests.unit.generator.doubles import FEATURES
from tests.unit.generator.factory import Factory
from tests.unit.generator.test_batch_faults import CutOff
from tests.unit.generator.world import ANN, BOB

NOBODY = BodySpec({"stature": 1700.0, "waist_girth": 1850.0, "hip_girth": 850.0}, BodyType.FEMININE)


async def accepted(factory: Factory, *contents: str, owner: str = ANN, **over):
    order = await factory.world.order(*contents, **over)
    return (await factory.world.from_photos(owner, order, uuid4())).job


def uploads(factory: Factory) -> list[str]:
    return [key for key in factory.world.blobs.keys if key.startswith("uploads/")]


async def test_photos_become_a_face_an_avatar_and_one_payment(factory: Factory) -> None:
    world = factory.world
    world.ledger.balance = 12
    job = await accepted(factory)
    assert (job.kind, job.state, job.credits) == (Kind.AVATAR_FROM_PHOTOS, State.PENDING, 5)
    assert len(uploads(factory)) == 3
    await factory.work()
    done = await factory.job(job.id)
    assert (done.state, done.count, done.percent) == (State.COMPLETED, Count(made=1), 100)
    assert (world.ledger.balance, world.ledger.held) == (7, {})
    assert factory.mailbox.ended_jobs == [done]
    avatar, face = await world.get(ANN, done.avatar_id), await world.get_face(ANN, done.face_id)
    assert avatar.recipe.face == face.worn
    assert avatar.files.face == face.worn_files
    assert face.consent_version == "2031-1"
    assert set(factory.ghosts.acted_for) == {ANN}
    # The avatar's other file is its points.
    assert set(world.blobs.keys) == {file.key for file in (*avatar.files.all(), *face.files())}


async def test_the_skin_is_the_faces_unless_one_is_named(factory: Factory) -> None:
    own, named = await accepted(factory), await accepted(factory, look=Look(skin_id="tone-09"))
    await factory.work()
    skins = [
        (await factory.world.get(ANN, job.avatar_id)).recipe.look.skin_id
        for job in [await factory.job(id) for id in (own.id, named.id)]
    ]
    assert FEATURES.skin is not None
    assert skins == ["", "tone-09"]


async def test_bad_photos_fail_the_job_say_which_and_cost_nothing(factory: Factory) -> None:
    factory.world.ledger.balance = 5
    job = await accepted(factory, "ahead", "bad photo.turned_too_far", "to the left")
    await factory.work()
    failed = await factory.job(job.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "INVALID_PHOTOS")
    fault = PhotoFault(Slot.LEFT, "left.jpg", "photo.turned_too_far", "not like that", "3")
    assert failed.failure.photos == (fault,)
    assert (factory.world.ledger.balance, factory.world.ledger.held) == (5, {})
    assert factory.world.blobs.keys == []
    with pytest.raises(PhotosDeleted):
        await factory.retry(job.id)


async def test_what_cannot_be_accepted_leaves_no_photo(factory: Factory) -> None:
    world = factory.world
    world.ledger.balance = 4
    cases: list[tuple[type[Exception], dict[str, Any]]] = [
        (RemoteError, {}),
        (RemoteError, {"outfit": (OutfitItem("no-such-garment", "M"),)}),
        (ImplausibleMeasurements, {"body": NOBODY}),
    ]
    for error, over in cases:
        with pytest.raises(error):
            await accepted(factory, **over)
    world.consents.withdrawn = True
    with pytest.raises(ConsentRequired):
        await accepted(factory)
    assert (world.blobs.keys, world.ledger.held, world.rail.waiting) == ([], {}, [])
    assert (await factory.list(ANN, 10, None)).jobs == ()


async def test_the_same_request_is_one_job_and_its_second_photos_go(factory: Factory) -> None:
    world, request = factory.world, uuid4()
    first = await world.from_photos(ANN, await world.order(), request)
    kept = uploads(factory)
    again = await world.from_photos(ANN, await world.order(), request)
    assert again == first
    assert uploads(factory) == kept
    other = await world.from_photos(BOB, await world.order(), request)
    assert other.job.id != first.job.id
    await factory.work()
    assert (await world.from_photos(ANN, await world.order(), request)).job == await factory.job(first.job.id)
    assert (len(await world.kept()), uploads(factory)) == (1, [])


async def test_a_repeated_message_with_the_same_photos_keeps_them(factory: Factory) -> None:
    world, request, order = factory.world, uuid4(), await factory.world.order()
    await world.from_photos(ANN, order, request)
    job = (await world.from_photos(ANN, order, request)).job
    await factory.work()
    assert (await factory.job(job.id)).state is State.COMPLETED


async def test_a_cancelled_job_costs_nothing_and_its_photos_go(factory: Factory) -> None:
    factory.world.ledger.balance = 5
    job = await accepted(factory)
    await factory.cancel(ANN, job.id)
    await factory.work()
    assert (await factory.job(job.id)).state is State.CANCELLED
    assert (factory.world.ledger.balance, factory.world.blobs.keys) == (5, [])
    assert factory.world.reader.reads == 0


async def test_a_job_that_is_cancelled_while_it_is_made_stores_nothing(factory: Factory) -> None:
    job = await accepted(factory)

    async def cancel() -> None:
        factory.world.mesher.before_answer = None
        await factory.cancel(ANN, job.id)

    factory.world.mesher.before_answer = cancel
    await factory.work()
    assert (await factory.job(job.id)).state is State.CANCELLED
    assert (factory.world.blobs.keys, await factory.world.kept()) == ([], ())


@pytest.mark.attack("A61")
async def test_a_consent_taken_back_before_the_work_stops_it(factory: Factory) -> None:
    job = await accepted(factory)
    factory.world.consents.withdrawn = True
    await factory.work()
    failed = await factory.job(job.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "CONSENT_REQUIRED")
    assert (factory.world.reader.reads, factory.world.blobs.keys) == (0, [])


async def test_a_neighbour_that_is_away_for_a_while_costs_only_time(factory: Factory) -> None:
    failures = iter([True, True, True])

    async def away() -> None:
        if next(failures, False):
            raise Unavailable("the mesher does not answer")

    factory.world.mesher.before_answer = away
    job = await accepted(factory)
    for _ in range(5):
        await factory.work()
        factory.world.clock.advance(minutes=1)
    assert (await factory.job(job.id)).state is State.COMPLETED


async def test_a_face_that_breaks_the_mesher_is_given_up_after_three_times(factory: Factory) -> None:
    builds = 0

    async def break_down() -> None:
        nonlocal builds
        builds += 1
        raise MesherBrokeDown

    factory.world.mesher.before_answer = break_down
    job = await accepted(factory)
    for _ in range(10):
        await factory.work()
        factory.world.clock.advance(minutes=1)
    failed = await factory.job(job.id)
    assert (failed.state, failed.failure, builds) == (State.FAILED, BROKE_DOWN, 3)
    assert (factory.world.ledger.held, factory.world.blobs.keys) == ({}, [])


async def test_a_job_that_kills_its_workers_is_given_up_as_poisoned(factory: Factory) -> None:
    job = await accepted(factory)
    await factory.world.rail.by_name[Task.PHOTOS].give_up({"job": str(job.id)}, POISONED)
    await factory.work()
    failed = await factory.job(job.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "JOB_POISONED")
    assert (factory.world.ledger.held, factory.world.blobs.keys) == ({}, [])


async def test_a_job_whose_owner_is_gone_fails_at_once(factory: Factory) -> None:
    job = await accepted(factory)
    factory.ghosts.gone.add(ANN)
    await factory.work()
    failed = await factory.job(job.id)
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason) == (State.FAILED, "NOT_FOUND")


async def test_the_reconciler_gives_back_what_no_job_was_recorded_for(factory: Factory, armed) -> None:
    factory.world.ledger.balance = 5
    armed("jobs.held=raise")
    with pytest.raises(FailpointHit):
        await accepted(factory)
    armed("")
    assert (factory.world.ledger.balance, factory.world.blobs.keys) == (0, [])
    assert await factory.reconcile() == (1, 0)
    assert factory.world.ledger.balance == 5


PLACES = [
    "jobs.held",
    "jobs.put",
    "jobs.recorded",
    "work.leased",
    "faces.read",
    "faces.picture_stored",
    "faces.built",
    "faces.geometry_stored",
    "generator.inferred",
    "generator.built",
    "generator.points_stored",
    "generator.recorded",
    "work.completed",
    "jobs.captured",
    "jobs.announced",
]


@pytest.mark.parametrize("place", PLACES)
async def test_being_cut_off_anywhere_costs_nothing_but_time(factory: Factory, monkeypatch, place) -> None:
    world, request = factory.world, uuid4()
    world.ledger.balance = 5
    cut_off = CutOff(place)
    monkeypatch.setattr(failpoints, "reach", cut_off)
    with suppress(asyncio.CancelledError):
        await world.from_photos(ANN, await world.order(), request)
    job = (await world.from_photos(ANN, await world.order(), request)).job
    for _ in range(3):
        await factory.work()
        world.clock.advance(minutes=1)
    assert cut_off.hits == 1
    done = await factory.job(job.id)
    assert (done.state, done.count) == (State.COMPLETED, Count(made=1))
    assert (world.ledger.balance, world.ledger.held, world.ledger.paid) == (0, {}, {done.id: 5})
    assert {ended.id for ended in factory.mailbox.ended_jobs} == {done.id}
    [avatar] = await world.kept()
    face = await world.get_face(ANN, done.face_id)
    assert set(world.blobs.keys) == {file.key for file in (*avatar.files.all(), *face.files())}


async def test_two_workers_at_the_same_job_make_one_face_and_one_avatar(factory: Factory) -> None:
    job = await accepted(factory)
    overtaken = False

    async def let_another_one_pass() -> None:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            await factory.tasks.photos(job.id)

    factory.world.mesher.before_answer = let_another_one_pass
    await factory.work()
    done = await factory.job(job.id)
    assert done.state is State.COMPLETED
    [avatar] = await factory.world.kept()
    face = await factory.world.get_face(ANN, done.face_id)
    files = {file.key for file in (*avatar.files.all(), *face.files())}
    assert set(factory.world.blobs.keys) == files
    assert factory.world.ledger.paid == {job.id: 5}

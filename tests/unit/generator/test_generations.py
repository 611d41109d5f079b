"""Generations in memory: accepted, drawn, refused, cancelled, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from atelierkit.errors import RemoteError
from services.generator.domain.errors import (
    ConsentRequired,
    GenerationNotFound,
    ImplausibleMeasurements,
    NotAnUpload,
    PhotosDeleted,
    PoseNotFound,
)
from services.generator.domain.faces import MeasuredColor, PhotoFault, Slot
from services.generator.domain.generations import Generation, Quality
from services.generator.domain.jobs import Count, Kind, Lane, State
from services.generator.domain.model import Look, OutfitItem
from services.generator.domain.pictures import Style
from services.generator.use_cases.people import ExportPerson, ForgetPerson, Place, Section
from tests.unit.generator.studio import Studio
from tests.unit.generator.test_photo_jobs import NOBODY
from tests.unit.generator.world import ANN, BOB


async def test_a_photo_and_a_pose_become_a_picture_and_one_payment(studio: Studio) -> None:
    world = studio.world
    world.ledger.balance = 100
    accepted = await studio.one()
    assert (accepted.job.kind, accepted.job.state, accepted.job.credits) == (
        Kind.POSE_GENERATION,
        State.PENDING,
        5,
    )
    assert (accepted.picture, accepted.photo) == (None, None)
    assert [key.partition("/")[0] for key in studio.keys] == ["uploads"]
    await studio.factory.work()
    done = await studio.now(accepted)
    assert (done.job.state, done.job.count, done.job.percent) == (State.COMPLETED, Count(made=1), 100)
    assert (world.ledger.balance, world.ledger.held) == (95, {})
    assert studio.factory.mailbox.ended_jobs == [done.job]
    assert done.picture is not None
    assert studio.keys == [done.picture.key]
    assert set(studio.factory.ghosts.acted_for) == {ANN}
    told = await studio.told(done)
    assert b"contrapposto".hex() in told
    assert "size=512" in told
    assert "Style.REALISTIC" in told


@pytest.mark.parametrize(
    ("over", "price"),
    [
        ({}, 5),
        ({"quality": Quality.HD}, 7),
        ({"priority": True}, 8),
        ({"quality": Quality.HD, "priority": True}, 10),
    ],
)
async def test_prices_add_up(studio: Studio, over: dict[str, Any], price: int) -> None:
    studio.world.ledger.balance = 100
    accepted = await studio.one(**over)
    assert studio.world.ledger.balance == 100 - price
    assert accepted.job.lane is (Lane.PRIORITY if over.get("priority") else Lane.NORMAL)
    await studio.factory.work()
    assert studio.world.ledger.paid == {accepted.id: price}
    size = "size=1024" if over.get("quality") else "size=512"
    assert size in await studio.told(accepted)


async def test_a_batch_is_a_job_a_pose_and_one_face(studio: Studio) -> None:
    studio.world.ledger.balance = 100
    accepted = await studio.accepted("contrapposto", "seated", "bent-elbow", style=Style.ANIME)
    assert [each.sketch.pose_id for each in accepted] == ["contrapposto", "seated", "bent-elbow"]
    assert studio.world.ledger.balance == 85
    await studio.factory.work()
    done = [await studio.now(each) for each in accepted]
    assert [each.job.state for each in done] == [State.COMPLETED] * 3
    assert (studio.world.reader.reads, studio.world.mesher.pictures) == (1, 3)
    pictures = {each.picture.key for each in done if each.picture}
    assert set(studio.keys) == pictures
    assert len(pictures) == 3
    assert [each.clamped_bones for each in done] == [(), (), ("LeftForeArm",)]
    assert len(studio.factory.mailbox.ended_jobs) == 3


async def test_a_batch_that_cannot_be_paid_is_not_accepted_at_all(studio: Studio) -> None:
    studio.world.ledger.balance = 12
    with pytest.raises(RemoteError) as refused:
        await studio.accepted("contrapposto", "seated", "bent-elbow")
    assert refused.value.reason == "INSUFFICIENT_CREDITS"
    assert refused.value.metadata == {"needed": "15", "available": "12"}
    assert (studio.world.ledger.balance, studio.world.ledger.held) == (12, {})
    assert (studio.keys, studio.world.rail.waiting) == ([], [])
    assert (await studio.list(ANN, 10)).total == 0


async def test_whoever_can_pay_later_is_accepted_with_the_same_request(studio: Studio) -> None:
    request = uuid4()
    studio.world.ledger.balance = 5
    with pytest.raises(RemoteError):
        await studio.accepted("contrapposto", "seated", request=request)
    studio.world.ledger.balance = 10
    assert len(await studio.accepted("contrapposto", "seated", request=request)) == 2
    assert studio.world.ledger.balance == 0


async def test_what_cannot_be_accepted_leaves_no_photo(studio: Studio) -> None:
    cases: list[tuple[type[Exception], dict[str, Any]]] = [
        (RemoteError, {"outfit": (OutfitItem("no-such-garment", "M"),)}),
        (ImplausibleMeasurements, {"body": NOBODY}),
        (ConsentRequired, {"consent_version": "1999-1"}),
    ]
    for error, over in cases:
        with pytest.raises(error):
            await studio.one(**over)
    with pytest.raises(PoseNotFound) as unknown:
        await studio.accepted("contrapposto", "no-such-pose")
    assert [fault.field for fault in unknown.value.faults] == ["pose_ids[1]"]
    assert (studio.keys, studio.world.ledger.held, studio.world.rail.waiting) == ([], {}, [])


@pytest.mark.attack("A38")
async def test_a_file_of_the_store_is_no_photo(studio: Studio) -> None:
    ref = await studio.world.blobs.put(b"avatar", prefix="avatars", media_type="image/jpeg")
    order = await studio.order()
    file = replace(order.photo.file, key=ref.key)
    with pytest.raises(NotAnUpload):
        await studio.create(ANN, replace(order, photo=replace(order.photo, file=file)), uuid4())
    assert ref.key in studio.keys


async def test_the_same_request_is_the_same_generations_and_its_second_photo_goes(studio: Studio) -> None:
    request = uuid4()
    first = await studio.accepted("contrapposto", "seated", request=request)
    kept = studio.keys
    assert await studio.accepted("contrapposto", "seated", request=request) == first
    assert studio.keys == kept
    other = await studio.accepted("contrapposto", "seated", request=request, owner=BOB)
    assert {each.id for each in other}.isdisjoint(each.id for each in first)
    await studio.factory.work()
    again = await studio.accepted("contrapposto", "seated", request=request)
    assert again == [await studio.now(each) for each in first]
    assert not [key for key in studio.keys if key.startswith("uploads/")]


async def test_a_photo_that_cannot_be_used_fails_each_and_costs_nothing(studio: Studio) -> None:
    studio.world.ledger.balance = 10
    accepted = await studio.accepted("contrapposto", "seated", photo="bad several_faces")
    await studio.factory.work()
    for each in accepted:
        failed = (await studio.now(each)).job
        assert failed.failure is not None
        assert (failed.state, failed.failure.reason) == (State.FAILED, "INVALID_PHOTOS")
        assert failed.failure.photos == (
            PhotoFault(Slot.FRONT, "front.jpg", "several_faces", "not like that", "3"),
        )
    assert (studio.world.ledger.balance, studio.world.ledger.held) == (10, {})
    assert studio.keys == []
    with pytest.raises(PhotosDeleted):
        await studio.factory.retry(accepted[0].id)


async def test_the_person_is_dressed_by_the_photo_unless_clothes_are_named(studio: Studio) -> None:
    studio.world.reader.hair = MeasuredColor(17, 34, 51, 0.9)
    studio.world.reader.clothes = MeasuredColor(68, 85, 102, 0.9)
    plain = await studio.one()
    named = await studio.one(look=Look(skin_id="tone-09"), outfit=(OutfitItem("trousers-milo", "L"),))
    await studio.factory.work()
    told_plain, told_named = await studio.told(plain), await studio.told(named)
    assert b"dress-ines M #445566".hex() in told_plain
    assert b"#d0a080 bob #112233".hex() in told_plain
    assert b"trousers-milo L #0000aa".hex() in told_named
    assert b"#402010  ".hex() in told_named


async def test_what_can_hardly_be_told_is_not_believed(studio: Studio) -> None:
    studio.world.reader.hair = studio.world.reader.clothes = MeasuredColor(17, 34, 51, 0.3)
    plain = await studio.one()
    await studio.factory.work()
    told = await studio.told(plain)
    assert b"dress-ines M #aa0000".hex() in told
    assert b"bob #332211".hex() in told


async def test_an_own_pose_is_taken_and_somebody_elses_is_unknown(studio: Studio) -> None:
    own = str(uuid4())
    studio.world.poses.own[ANN, own] = b"yoga"
    accepted = await studio.one(own)
    await studio.factory.work()
    assert b"yoga".hex() in await studio.told(accepted)
    with pytest.raises(PoseNotFound):
        await studio.one(own, owner=BOB)


async def test_a_pose_that_is_deleted_meanwhile_fails_the_job(studio: Studio) -> None:
    own = str(uuid4())
    studio.world.poses.own[ANN, own] = b"yoga"
    accepted = await studio.one(own)
    del studio.world.poses.own[ANN, own]
    await studio.factory.work()
    failed = (await studio.now(accepted)).job
    assert failed.failure is not None
    assert (failed.state, failed.failure.reason, studio.keys) == (State.FAILED, "NOT_FOUND", [])


async def test_a_photo_that_is_kept_goes_with_the_last_picture_of_it(studio: Studio) -> None:
    first, second = await studio.accepted("contrapposto", "seated", keep_photo=True)
    photo = first.photo
    assert photo is not None
    await studio.factory.work()
    assert [(await studio.now(each)).photo for each in (first, second)] == [photo, photo]
    pictures = [(await studio.now(each)).picture for each in (first, second)]
    assert set(studio.keys) == {photo.file.key, *(picture.key for picture in pictures if picture)}
    await studio.delete(ANN, first.id)
    assert (await studio.now(second)).photo == photo
    await studio.delete(ANN, second.id)
    assert studio.keys == []


async def test_a_kept_photo_goes_when_its_time_is_over_and_the_picture_stays(studio: Studio) -> None:
    accepted = await studio.one(keep_photo=True)
    await studio.factory.work()
    studio.world.clock.advance(days=364)
    assert (await studio.world.clear_faces()).photos == 0
    studio.world.clock.advance(days=2)
    assert (await studio.world.clear_faces()).photos == 1
    now = await studio.now(accepted)
    assert (now.photo, studio.keys) == (None, [now.picture.key if now.picture else ""])
    assert (await studio.world.clear_faces()).photos == 0
    await studio.delete(ANN, accepted.id)
    assert studio.keys == []


async def test_deleting_a_finished_one_takes_its_files_and_no_credits_come_back(studio: Studio) -> None:
    studio.world.ledger.balance = 100
    accepted = await studio.one()
    await studio.factory.work()
    assert await studio.delete(ANN, accepted.id) is None
    await studio.factory.work()
    assert (studio.world.ledger.balance, studio.keys) == (95, [])
    with pytest.raises(GenerationNotFound):
        await studio.get(ANN, accepted.id)
    with pytest.raises(GenerationNotFound):
        await studio.delete(ANN, accepted.id)
    kept = await studio.factory.job(accepted.id)
    assert (kept.state, dict(kept.results), kept.cost) == (State.COMPLETED, {}, 5)


@pytest.mark.parametrize("place", ["before", "while the face is made", "while it is drawn"])
async def test_deleting_one_that_is_under_way_cancels_it_and_costs_nothing(
    studio: Studio, place: str
) -> None:
    studio.world.ledger.balance = 100
    accepted = await studio.one()
    steps = iter(["while the face is made", "while it is drawn"])

    async def delete() -> None:
        if next(steps) == place:
            assert (await studio.delete(ANN, accepted.id)).state is State.CANCELLED  # type: ignore[union-attr]

    if place == "before":
        await studio.delete(ANN, accepted.id)
    else:
        studio.world.mesher.before_answer = delete
    await studio.factory.work()
    assert (studio.world.ledger.balance, studio.world.ledger.held) == (100, {})
    assert studio.keys == []
    assert [job.state for job in studio.factory.mailbox.ended_jobs] == [State.CANCELLED]
    # Whoever was at work on it has given up without a failure.
    assert studio.world.rail.waiting == []
    assert (await studio.list(ANN, 10)).generations == ()


async def test_one_of_a_batch_that_is_deleted_leaves_the_others_their_photo(studio: Studio) -> None:
    first, second = await studio.accepted("contrapposto", "seated")
    await studio.delete(ANN, first.id)
    await studio.factory.work()
    done = await studio.now(second)
    assert done.job.state is State.COMPLETED
    assert studio.keys == [done.picture.key if done.picture else ""]


async def test_a_cancelled_one_stays_on_the_list_and_costs_nothing(studio: Studio) -> None:
    studio.world.ledger.balance = 5
    accepted = await studio.one()
    await studio.factory.cancel(ANN, accepted.id)
    await studio.factory.work()
    assert (await studio.now(accepted)).job.state is State.CANCELLED
    assert (studio.world.ledger.balance, studio.keys, studio.world.reader.reads) == (5, [], 0)


async def test_nobody_else_sees_or_deletes_it(studio: Studio) -> None:
    accepted = await studio.one()
    for verb in (studio.get, studio.delete):
        with pytest.raises(GenerationNotFound):
            await verb(BOB, accepted.id)
    assert (await studio.list(BOB, 10)).total == 0
    assert await studio.sums(BOB) == (0, 0, 0, 0, 0.0, 0)
    assert (await studio.now(accepted)).id == accepted.id


async def test_the_list_is_paged_by_offset_and_by_position(studio: Studio) -> None:
    made = [await studio.one() for _ in range(5)]
    newest_first = [each.id for each in reversed(made)]
    first = await studio.list(ANN, 2)
    assert [each.id for each in first.generations] == newest_first[:2]
    assert (first.total, first.next is not None) == (5, True)
    second = await studio.list(ANN, 2, after=first.next, offset=4)
    assert [each.id for each in second.generations] == newest_first[2:4]
    last = await studio.list(ANN, 2, offset=4)
    assert ([each.id for each in last.generations], last.next) == (newest_first[4:], None)
    assert (await studio.list(ANN, 2, offset=9)).generations == ()


async def test_a_request_that_comes_again_after_its_pictures_were_deleted_finds_nothing(
    studio: Studio,
) -> None:
    request = uuid4()
    one, other = await studio.accepted("contrapposto", "seated", request=request)
    await studio.delete(ANN, one.id)
    [left] = await studio.accepted("contrapposto", "seated", request=request)
    assert left.id == other.id
    await studio.delete(ANN, other.id)
    with pytest.raises(GenerationNotFound):
        await studio.accepted("contrapposto", "seated", request=request)
    assert studio.keys == []
    assert len((await studio.factory.list(ANN, 9, None)).jobs) == 2


async def test_sums_are_of_what_is_there(studio: Studio) -> None:
    done = await studio.one(quality=Quality.HD)

    async def take_time() -> None:
        studio.world.clock.advance(seconds=2)

    studio.world.mesher.before_answer = take_time
    await studio.factory.work()
    await studio.one(photo="bad photo.blurred")
    await studio.factory.work()
    waiting = await studio.one()
    assert await studio.sums(ANN) == (3, 1, 1, 0, 4.0, 7)
    await studio.delete(ANN, done.id)
    await studio.delete(ANN, waiting.id)
    assert await studio.sums(ANN) == (1, 0, 1, 0, 0.0, 0)


@pytest.mark.attack("A61")
async def test_a_consent_taken_back_stops_what_waits_and_takes_what_was_drawn(studio: Studio) -> None:
    done = await studio.one(keep_photo=True)
    await studio.factory.work()
    waiting = await studio.one()
    await studio.factory.withdraw(ANN)
    assert (await studio.list(ANN, 10)).generations == ()
    await studio.factory.work()
    assert studio.keys == []
    stopped = await studio.factory.job(waiting.id)
    assert stopped.failure is not None
    assert (stopped.state, stopped.failure.reason) == (State.FAILED, "CONSENT_REQUIRED")
    assert dict((await studio.factory.job(done.id)).results) == {}


@pytest.mark.attack("A61")
async def test_a_consent_taken_back_before_the_work_stops_it(studio: Studio) -> None:
    asked, unasked = await studio.one(), await studio.one(consent_version="")
    studio.world.consents.withdrawn = True
    await studio.factory.work()
    stopped = (await studio.now(asked)).job
    assert stopped.failure is not None
    assert stopped.failure.reason == "CONSENT_REQUIRED"
    assert (await studio.now(unasked)).job.state is State.COMPLETED


async def test_a_person_takes_generations_along_and_is_forgotten_with_them(studio: Studio) -> None:
    await studio.one(keep_photo=True)
    await studio.factory.work()
    await studio.accepted("contrapposto", "seated", keep_photo=True)
    await studio.one(owner=BOB)
    export = ExportPerson(studio.world.units)
    part = await export(ANN, Place(Section.GENERATIONS))
    assert [type(record) for record in part.records] == [Generation] * 3
    await ForgetPerson(studio.world.units, studio.world.shelf)(ANN)
    await studio.factory.work()
    assert (await studio.list(ANN, 10)).total == 0
    [of_bob] = (await studio.list(BOB, 10)).generations
    assert studio.keys == [of_bob.picture.key if of_bob.picture else ""]

"""Generations and sittings in PostgreSQL, beside their twins in memory: the same verbs, the same answers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest

from atelierkit import failpoints
from services.generator.domain.errors import GenerationNotFound
from services.generator.domain.generations import Generation, Portrait, Quality, Sitting
from services.generator.domain.jobs import State
from services.generator.domain.model import FaceFiles, Look, WornFace
from services.generator.domain.pictures import TRANSPARENT, Background, Style
from services.generator.domain.ports import UnitsOfWork
from services.generator.use_cases.people import ExportPerson, ForgetPerson, Place, Section
from tests.unit.generator.factory import Factory
from tests.unit.generator.studio import Studio
from tests.unit.generator.test_batch_faults import CutOff
from tests.unit.generator.world import ANN, BOB, TROUSERS, World


@pytest.fixture
def studio(units: UnitsOfWork) -> Studio:
    return Studio(Factory(World(units=units)))


async def work(studio: Studio, *generations: Generation) -> None:
    """What a worker does, one after the other."""
    for generation in generations:
        await studio.factory.tasks.generations(generation.id)


async def sitting_of(studio: Studio, generation: Generation) -> Sitting | None:
    assert generation.sitting_id is not None
    async with studio.world.units() as unit:
        return await unit.sittings.get(generation.sitting_id)


def picture_key(generation: Generation) -> str:
    assert generation.picture is not None
    return generation.picture.key


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("background", [None, TRANSPARENT, Background("#aabbcc", "#001122")])
async def test_what_was_stored_is_read_again(
    studio: Studio, keep: bool, background: Background | None
) -> None:
    accepted = await studio.one(
        keep_photo=keep,
        quality=Quality.HD,
        style=Style.CARTOON,
        background=background,
        look=Look(skin_id="tone-09"),
        outfit=TROUSERS,
    )
    assert await studio.now(accepted) == accepted
    assert (accepted.photo is not None) is keep
    sitting = await sitting_of(studio, accepted)
    assert sitting is not None
    assert sitting.photo is not None
    assert (sitting.photo.filename, sitting.look, sitting.outfit) == (
        "front.jpg",
        Look(skin_id="tone-09"),
        TROUSERS,
    )


async def test_a_sitting_is_told_once_and_gone_after_the_work(studio: Studio) -> None:
    first, second = await studio.accepted("contrapposto", "bent-elbow")
    await work(studio, first)
    sitting = await sitting_of(studio, second)
    assert sitting is not None
    assert sitting.portrait is not None
    await work(studio, second)
    assert await sitting_of(studio, second) is None
    done = [await studio.now(each) for each in (first, second)]
    assert [(each.job.state, each.sitting_id) for each in done] == [(State.COMPLETED, None)] * 2
    assert done[1].clamped_bones == ("LeftForeArm",)
    assert set(studio.keys) == {picture_key(each) for each in done}


async def test_the_first_portrait_stays(studio: Studio) -> None:
    accepted = await studio.one()
    await work(studio, accepted)
    waiting = await studio.one()
    assert waiting.sitting_id is not None
    files = [await studio.world.store.put(data, "image/jpeg") for data in (b"one", b"two")]
    portraits = [
        Portrait(WornFace(uuid4(), "a" * 64, "b" * 64, "#aabbcc", ""), FaceFiles(file, file), "#112233")
        for file in files
    ]
    async with studio.world.units() as unit:
        assert await unit.sittings.keep_portrait(waiting.sitting_id, portraits[0]) == portraits[0]
        await unit.files.note(needed=portraits[0].files)
        assert await unit.sittings.keep_portrait(waiting.sitting_id, portraits[1]) == portraits[0]
        assert await unit.sittings.keep_portrait(uuid4(), portraits[1]) is None
    sitting = await sitting_of(studio, waiting)
    assert sitting is not None
    assert sitting.portrait == portraits[0]


async def test_breakdowns_are_counted(studio: Studio) -> None:
    accepted = await studio.one()
    async with studio.world.units() as unit:
        assert [await unit.generations.broke_down(accepted.id) for _ in range(2)] == [1, 2]
        assert await unit.generations.broke_down(uuid4()) == 0


async def test_pages_and_sums(studio: Studio) -> None:
    made = [await studio.one(quality=Quality.HD) for _ in range(4)]
    await studio.one(owner=BOB)
    newest_first = [each.id for each in reversed(made)]
    await work(studio, *made[:2])
    first = await studio.list(ANN, 3)
    rest = await studio.list(ANN, 3, after=first.next)
    assert [each.id for each in (*first.generations, *rest.generations)] == newest_first
    assert (first.total, rest.next) == (4, None)
    assert [each.id for each in (await studio.list(ANN, 2, offset=1)).generations] == newest_first[1:3]
    await studio.factory.cancel(ANN, made[2].id)
    assert await studio.sums(ANN) == (4, 2, 0, 1, 0.0, 14)
    assert await studio.sums("nobody") == (0, 0, 0, 0, 0.0, 0)


async def test_seconds_are_counted_from_the_beginning_of_the_work(studio: Studio) -> None:
    async def take_time() -> None:
        studio.world.clock.advance(seconds=1.5)

    studio.world.mesher.before_answer = take_time
    accepted = await studio.one()
    studio.world.clock.advance(minutes=5)
    await work(studio, accepted)
    assert (await studio.sums(ANN)).mean_seconds == pytest.approx(3.0)


async def test_a_deleted_one_is_gone_and_its_job_is_not(studio: Studio) -> None:
    accepted = await studio.one(keep_photo=True)
    await work(studio, accepted)
    await studio.delete(ANN, accepted.id)
    assert studio.keys == []
    with pytest.raises(GenerationNotFound):
        await studio.delete(ANN, accepted.id)
    job = await studio.factory.job(accepted.id)
    assert (job.state, dict(job.results)) == (State.COMPLETED, {})


async def test_deletions_that_come_together_leave_nothing(studio: Studio) -> None:
    accepted = await studio.accepted("contrapposto", "bent-elbow", "seated", keep_photo=True)
    await work(studio, *accepted)
    await asyncio.gather(*(studio.delete(ANN, each.id) for each in accepted))
    assert await sitting_of(studio, accepted[0]) is None
    await studio.world.shelf.sweep_all()
    assert studio.keys == []


async def test_ends_that_come_together_take_the_photo_along(studio: Studio) -> None:
    accepted = await studio.accepted("contrapposto", "bent-elbow", "seated")
    await asyncio.gather(*(studio.factory.tasks.generations(each.id) for each in accepted))
    assert await sitting_of(studio, accepted[0]) is None
    await studio.world.shelf.sweep_all()
    done = [await studio.now(each) for each in accepted]
    assert set(studio.keys) == {picture_key(each) for each in done}
    assert studio.world.reader.reads == 1


PLACES = [
    "jobs.held",
    "jobs.put",
    "work.leased",
    "faces.built",
    "generations.portrait_kept",
    "generations.drawn",
    "work.completed",
]


@pytest.mark.parametrize("place", PLACES)
async def test_being_cut_off_between_two_steps_costs_nothing_but_time(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    request, cut_off = uuid4(), CutOff(place)
    monkeypatch.setattr(failpoints, "reach", cut_off)
    with suppress(asyncio.CancelledError):
        await studio.accepted("contrapposto", "seated", request=request)
    accepted = await studio.accepted("contrapposto", "seated", request=request)
    for _ in range(2):
        for each in accepted:
            with suppress(asyncio.CancelledError):
                await studio.factory.tasks.generations(each.id)
    assert cut_off.hits == 1
    for each in accepted:
        await studio.factory.tasks.settle(each.id)
    done = [await studio.now(each) for each in accepted]
    assert [each.job.state for each in done] == [State.COMPLETED] * 2
    assert studio.world.ledger.paid == {each.id: 5 for each in done}
    assert studio.world.ledger.held == {}
    await studio.world.shelf.sweep_all()
    assert set(studio.keys) == {picture_key(each) for each in done}


async def test_a_kept_photo_goes_when_its_time_is_over(studio: Studio) -> None:
    kept, other = await studio.one(keep_photo=True), await studio.one()
    await work(studio, kept, other)
    studio.world.clock.advance(days=366)
    assert (await studio.world.clear_faces()).photos == 1
    assert (await studio.world.clear_faces()).photos == 0
    now = await studio.now(kept)
    assert now == replace(await studio.now(kept), photo=None)
    assert set(studio.keys) == {picture_key(each) for each in (now, await studio.now(other))}


async def test_a_person_is_forgotten_with_all_of_it(studio: Studio) -> None:
    accepted = await studio.accepted("contrapposto", "seated", keep_photo=True)
    await work(studio, accepted[0])
    of_bob = await studio.one(owner=BOB)
    part = await ExportPerson(studio.world.units)(ANN, Place(Section.GENERATIONS))
    assert {record.id for record in part.records} == {each.id for each in accepted}
    await ForgetPerson(studio.world.units, studio.world.shelf)(ANN)
    assert (await studio.list(ANN, 10)).total == 0
    assert await sitting_of(studio, accepted[0]) is None
    sitting = await sitting_of(studio, of_bob)
    assert sitting is not None
    assert studio.keys == [file.key for file in sitting.files()]

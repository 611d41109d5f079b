"""People's own backgrounds in PostgreSQL, beside their twin in memory: the same verbs, the same answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.errors import (
    BackgroundNotFound,
    InvalidBackground,
    NotAnUpload,
    TooManyBackgrounds,
)
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import UnitsOfWork
from services.generator.offers import background_verbs
from services.generator.use_cases.people import ExportPerson, ForgetPerson, Place, Section
from tests.unit.generator.world import ANN, BOB, World


@pytest.fixture
def world(units: UnitsOfWork) -> World:
    return World(units=units)


async def upload(world: World, text: str = "a beach") -> StoredFile:
    return (await world.photo(text)).file


async def kept(
    world: World, text: str = "a beach", owner: str = ANN, name: str = "Beach"
) -> CustomBackground:
    world.clock.advance(seconds=1)
    return await background_verbs(world.tools).create(owner, name, await upload(world, text))


async def test_the_pixels_are_kept_and_the_upload_is_not(world: World) -> None:
    background, verbs = await kept(world), background_verbs(world.tools)
    assert (background.name, background.width, background.height) == ("Beach", 1600, 900)
    assert await world.store.get(background.file) == b"pixels of a beach"
    assert await verbs.get(ANN, background.id) == background
    assert world.blobs.keys == [background.file.key]
    assert background.file.key == f"backgrounds/{background.file.sha256}"
    await verbs.delete(ANN, background.id)
    assert world.blobs.keys == []


async def test_what_makes_no_picture_leaves_nothing(world: World) -> None:
    verbs = background_verbs(world.tools)
    with pytest.raises(InvalidBackground) as refused:
        await verbs.create(ANN, "", await upload(world, "bad image_too_small"))
    assert [(fault.field, fault.code, fault.limit) for fault in refused.value.faults] == [
        ("picture", "image_too_small", "224")
    ]
    assert world.blobs.keys == []
    assert (await verbs.list(ANN, 10, None)).backgrounds == ()


async def test_only_an_upload_is_read_and_deleted(world: World) -> None:
    avatar = await world.avatar()
    with pytest.raises(NotAnUpload):
        await background_verbs(world.tools).create(ANN, "Mine", avatar.files.dressed)
    assert await world.exists(avatar.files.dressed) == [True]


async def test_somebody_elses_background_is_as_one_that_does_not_exist(world: World) -> None:
    background, verbs = await kept(world), background_verbs(world.tools)
    answers = set()
    for owner, id in ((BOB, background.id), (ANN, uuid4())):
        for verb in (verbs.get, verbs.delete):
            with pytest.raises(BackgroundNotFound) as refused:
                await verb(owner, id)
            answers.add((refused.value.message, refused.value.faults))
    assert len(answers) == 1
    assert (await verbs.list(BOB, 10, None)).backgrounds == ()
    assert await world.exists(background.file) == [True]


async def test_equal_pixels_are_one_file_as_long_as_anybody_has_them(world: World) -> None:
    mine, twin, other = await kept(world), await kept(world, name="Again"), await kept(world, owner=BOB)
    assert mine.file == twin.file == other.file
    verbs = background_verbs(world.tools)
    await verbs.delete(ANN, mine.id)
    await verbs.delete(ANN, twin.id)
    assert world.blobs.keys == [other.file.key]
    await verbs.delete(BOB, other.id)
    assert world.blobs.keys == []


async def test_pages_run_from_the_newest_to_the_oldest(world: World) -> None:
    backgrounds = [await kept(world, name=f"{number}") for number in range(5)][::-1]
    await kept(world, owner=BOB)
    verbs = background_verbs(world.tools)
    first = await verbs.list(ANN, 3, None)
    rest = await verbs.list(ANN, 3, first.next)
    assert [*first.backgrounds, *rest.backgrounds] == backgrounds
    assert (first.next is None, rest.next is None) == (False, True)


async def test_a_person_has_so_many_and_no_more_even_at_once(world: World) -> None:
    create = replace(background_verbs(world.tools).create, most=3)
    uploads = [await upload(world, f"beach {number}") for number in range(6)]
    results = await asyncio.gather(
        *(create(ANN, "One of many", file) for file in uploads), return_exceptions=True
    )
    assert [type(result) for result in results].count(TooManyBackgrounds) == 3
    assert len((await background_verbs(world.tools).list(ANN, 10, None)).backgrounds) == 3
    # Of those that were refused nothing is left.
    assert len(world.blobs.keys) == 3
    assert (await create(BOB, "Another person's", await upload(world))).owner == BOB


async def test_backgrounds_are_taken_along_and_forgotten(world: World) -> None:
    mine, other = await kept(world), await kept(world, "a street", owner=BOB)
    export, place = ExportPerson(world.units), Place(Section.CUSTOM_BACKGROUNDS)
    assert [*(await export(ANN, place)).records] == [mine]
    await ForgetPerson(world.units, world.shelf)(ANN)
    assert [*(await export(ANN, place)).records] == []
    assert [*(await export(BOB, place)).records] == [other]
    assert world.blobs.keys == [other.file.key]

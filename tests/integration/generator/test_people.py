"""A person is taken along and forgotten, on every storage alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.errors import Unavailable
from services.generator.adapters.tables import metadata
from services.generator.convert import people as convert
from services.generator.domain.errors import BadPageToken
from services.generator.domain.jobs import Job
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import UnitsOfWork
from services.generator.domain.shares import ShareOrder
from services.generator.offers import background_verbs, pose_verbs, share_verbs
from services.generator.use_cases.people import (
    ExportPerson,
    ForgetPerson,
    ForgetTheDeleted,
    Part,
    Place,
    Section,
)
from tests.integration.generator.test_generator_jobs_postgres import items, new
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import Gallery
from tests.unit.generator.studio import Studio
from tests.unit.generator.test_generator_scans import scanned
from tests.unit.generator.world import ANN, BOB, World

CARL = "00000000-0000-4000-8000-00000000c4a1"


@pytest.fixture
def world(units: UnitsOfWork) -> World:
    return World(units=units)


@pytest.fixture
def forget(world: World) -> ForgetPerson:
    return ForgetPerson(world.units, world.shelf)


async def job_with_result(world: World, owner: str, data: bytes) -> Job:
    """A job with rows, which has a file to show."""
    job = new(owner=owner)
    result: StoredFile = await world.store.put(data, "application/zip")
    async with world.units() as unit:
        await unit.jobs.add(job)
        await unit.items.add(items(job))
        await unit.jobs.replace(replace(job, results={"avatars.zip": result}, revision=2))
        await unit.files.note(needed=[result])
    return job


async def parts(world: World, owner: str) -> list[Part]:
    """The whole export; each place goes through its token, as it does between services."""
    found, token = [], ""
    while True:
        part = await ExportPerson(world.units)(owner, convert.place(token))
        found.append(part)
        token = convert.part(part).next_page_token
        if not token:
            return found


@pytest.mark.attack("A62")
async def test_an_export_gives_each_record_once(world: World) -> None:
    avatars = [await world.avatar(ANN) for _ in range(101)]
    scan = await scanned(world, ANN)
    face = await world.face(ANN, keep_photos=True)
    [generation] = await Studio(Factory(world)).accepted(keep_photo=True)
    job = await job_with_result(world, ANN, b"a zip")
    await world.avatar(BOB)
    records = [record for part in await parts(world, ANN) for record in part.records]
    assert Counter(record.id for record in records) == Counter(
        [*(avatar.id for avatar in avatars), scan.id, face.id, generation.id, generation.id, job.id]
    )
    messages = [convert.part(part) for part in await parts(world, ANN)]
    assert sum(len(message.avatars) for message in messages) == 101
    assert [scan.id for message in messages for scan in message.scans] == [str(scan.id)]
    [exported] = [face for message in messages for face in message.faces]
    assert (exported.face.id, exported.file.key, len(exported.photos)) == (
        str(face.id),
        face.mesh.file.key,
        3,
    )
    assert {job.id for message in messages for job in message.jobs} == {str(job.id), str(generation.id)}
    [made] = [made for message in messages for made in message.generations]
    assert (made.id, made.photo.size > 0) == (str(generation.id), True)
    assert [part.records for part in await parts(world, CARL)] == [[]] * len(Section)


@pytest.mark.parametrize("token", ["photos:", "avatars:x", ":", "jobs:AAAA"])
def test_a_place_that_no_part_named_is_refused(token: str) -> None:
    assert convert.place("") == convert.place("avatars:") == Place()
    with pytest.raises(BadPageToken):
        convert.place(token)


@pytest.mark.attack("A62")
async def test_a_forgotten_person_leaves_no_record_and_no_file(world: World, forget: ForgetPerson) -> None:
    for _ in range(60):
        await world.avatar(ANN)
    await scanned(world, ANN, data=b"0 0 0\n2 2 2")
    await job_with_result(world, ANN, b"a zip of Ann's")
    await forget(ANN)
    assert [part.records for part in await parts(world, ANN)] == [[]] * len(Section)
    assert world.blobs.keys == []
    await forget(ANN)


@pytest.mark.attack("A62")
async def test_what_others_have_the_same_of_stays(world: World, forget: ForgetPerson) -> None:
    await world.avatar(ANN)
    twin = await world.avatar(BOB)  # the same person: the same files
    scan = await scanned(world, BOB)
    await scanned(world, ANN)
    shared = await job_with_result(world, BOB, b"a zip")
    await job_with_result(world, ANN, b"a zip")
    before = world.blobs.keys
    await forget(ANN)
    assert world.blobs.keys == before
    assert [record.id for part in await parts(world, BOB) for record in part.records] == [
        twin.id,
        scan.id,
        shared.id,
    ]


@pytest.mark.attack("A62")
@pytest.mark.postgres
async def test_no_row_names_a_forgotten_person(postgres_units: UnitsOfWork, engine: AsyncEngine) -> None:
    world = World(units=postgres_units)
    avatar, gallery = await world.avatar(ANN), Gallery(Factory(world))
    await gallery.picture(avatar)
    await gallery.video(avatar)
    await scanned(world, ANN)
    await world.face(ANN, keep_photos=True)
    await world.from_photos(ANN, await world.order(), uuid4())
    await Studio(Factory(world)).accepted(keep_photo=True)
    await job_with_result(world, ANN, b"a zip")
    await pose_verbs(world.tools).from_photo(ANN, "Wide", (await world.photo("arms wide")).file)
    await background_verbs(world.tools).create(ANN, "Beach", (await world.photo("a beach")).file)
    await share_verbs(world.tools).create(ANN, ShareOrder(title="Ann", avatar_id=avatar.id))
    async with postgres_units() as unit:
        assert await unit.jobs.give_up(uuid4())
    assert sorted(await rows_with(engine, ANN)) == [
        "avatars",
        "custom_backgrounds",
        "custom_poses",
        "faces",
        "generations",
        "jobs",
        "jobs",
        "jobs",
        "jobs",
        "scans",
        "shares",
    ]
    assert await filled(engine) == set(metadata.tables)
    await ForgetPerson(world.units, world.shelf)(ANN)
    assert await rows_with(engine, ANN) == []
    # The id of a job that never was is nobody's.
    assert await filled(engine) == {"given_up_jobs"}


async def rows_with(engine: AsyncEngine, text: str) -> list[str]:
    """Tables, each as often as one of its rows holds the text."""
    found = []
    async with engine.connect() as connection:
        for table in metadata.tables:
            query = sa.text(f"SELECT 1 FROM {table} AS each WHERE each::text LIKE :text")  # noqa: S608  our names
            found += [table for _ in await connection.scalars(query, {"text": f"%{text}%"})]
    return found


async def filled(engine: AsyncEngine) -> set[str]:
    """Tables with a row."""
    async with engine.connect() as connection:
        return {
            name
            for name, table in metadata.tables.items()
            if await connection.scalar(sa.select(sa.func.count()).select_from(table))
        }


class Waiting:
    """Auth's list, which takes a word at its second hearing."""

    def __init__(self, *owners: str) -> None:
        self.owners = list(owners)
        self.heard = Counter[str]()

    async def waiting(self) -> Sequence[str]:
        return list(self.owners)

    async def confirm(self, owner: str) -> bool:
        self.heard[owner] += 1
        if self.heard[owner] < 2:
            return False
        self.owners.remove(owner)
        return True


async def test_the_deleted_are_forgotten_until_auth_takes_the_word_for_it(
    world: World, forget: ForgetPerson
) -> None:
    await world.avatar(ANN)
    kept = await world.avatar(BOB)
    auth = Waiting(ANN, CARL)
    work = ForgetTheDeleted(auth, forget)
    await work()
    assert await world.kept(ANN) == ()
    await world.avatar(ANN)  # with an access token from before
    await work()
    assert await world.kept(ANN) == ()
    assert auth.owners == []
    await work()
    assert auth.heard == {ANN: 2, CARL: 2}
    assert await world.kept(BOB) == (kept,)


async def test_auth_that_is_away_is_asked_again_later(world: World, forget: ForgetPerson) -> None:
    class Away(Waiting):
        async def waiting(self) -> Sequence[str]:
            raise Unavailable("auth does not answer")

    with pytest.raises(Unavailable):
        await ForgetTheDeleted(Away(), forget)()

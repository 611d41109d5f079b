"""The records in PostgreSQL, beside their twin in memory; and what only a real database can show."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from atelierkit import migrations, sql
from atelierkit.errors import Unavailable
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.domain.errors import AvatarNotFound, FileLost, Outdated
from services.generator.domain.model import Files, Look, LookChange, Position, StoredFile
from services.generator.domain.ports import UnitsOfWork
from services.generator.use_cases.shelf import TooManyStrangers
from tests.integration.generator.avatars import NOON, like, store
from tests.integration.generator.conftest import RAIL
from tests.unit.generator.world import ANN, BOB, BODY, TROUSERS, RecordingBlobs, World


def file(letter: str) -> StoredFile:
    return StoredFile(f"meshes/{letter * 64}", letter * 64, "model/gltf-binary", 10)


async def claim(units: UnitsOfWork, limit: int = 100) -> list[str]:
    async with units() as unit:
        return list(await unit.files.claim_unused(limit))


async def test_an_avatar_comes_back_as_it_was_stored(units, pattern) -> None:
    avatar = like(pattern, files=Files(file("a"), file("b"), {"body": file("c")}))
    await store(units, avatar)
    async with units() as unit:
        assert await unit.avatars.get(ANN, avatar.id) == avatar


async def test_somebody_elses_avatar_does_not_exist(units, pattern) -> None:
    avatar = like(pattern)
    await store(units, avatar)
    async with units() as unit:
        assert await unit.avatars.get(BOB, avatar.id) is None
        assert await unit.avatars.remove(BOB, avatar.id) is None
        with pytest.raises(Outdated):
            await unit.avatars.replace(replace(avatar, owner=BOB, revision=2))
    async with units() as unit:
        assert await unit.avatars.get(ANN, avatar.id) == avatar


async def test_a_failed_unit_of_work_leaves_nothing(units, pattern) -> None:
    avatar = like(pattern)

    async def fail() -> None:
        async with units() as unit:
            await unit.avatars.add(avatar)
            await unit.files.note(needed=avatar.files.all())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with units() as unit:
        assert await unit.avatars.get(ANN, avatar.id) is None
        await unit.files.note(dropped=avatar.files.all())
    assert await claim(units) == sorted(file.key for file in avatar.files.all())


async def test_a_change_replaces_everything_that_may_change(units, pattern) -> None:
    old = like(pattern, files=Files(file("a"), file("b"), {"body": file("c")}))
    await store(units, old)
    recipe = replace(old.recipe, look=Look("tone-04"), outfit=TROUSERS)
    new = replace(
        old,
        recipe=recipe,
        receipt=replace(old.receipt, within_iso20685=False, vertex_count=7),
        files=Files(file("a"), file("d")),
        updated_at=NOON + timedelta(hours=1),
        revision=2,
    )
    async with units() as unit:
        await unit.avatars.replace(new)
        await unit.files.note(needed=new.files.all(), dropped=[file("b"), file("c")])
    async with units() as unit:
        assert await unit.avatars.get(ANN, old.id) == new
    assert await claim(units) == [file("b").key, file("c").key]


@pytest.mark.parametrize("revision", [1, 3])
async def test_a_change_of_another_revision_is_outdated(units, pattern, revision) -> None:
    avatar = like(pattern)
    await store(units, avatar)
    with pytest.raises(Outdated):
        async with units() as unit:
            await unit.avatars.replace(replace(avatar, revision=revision))
    with pytest.raises(Outdated):
        async with units() as unit:
            await unit.avatars.replace(like(pattern, revision=2))


async def test_removing_tells_what_was_there(units, pattern) -> None:
    avatar, other = like(pattern), like(pattern)
    await store(units, avatar, other)
    async with units() as unit:
        assert await unit.avatars.remove(ANN, avatar.id) == avatar
    async with units() as unit:
        assert await unit.avatars.remove(ANN, avatar.id) is None
        assert await unit.avatars.get(ANN, other.id) == other


async def test_pages_go_by_time_and_then_by_id(units, pattern) -> None:
    ids = sorted((uuid4() for _ in range(3)), reverse=True)
    same_time = [replace(like(pattern, minute=1), id=id) for id in ids]
    newest, oldest, foreign = like(pattern, minute=2), like(pattern), like(pattern, owner=BOB, minute=3)
    await store(units, oldest, same_time[1], foreign, same_time[0], newest, same_time[2])
    expected = [newest, *same_time, oldest]
    async with units() as unit:
        assert await unit.avatars.page(ANN, limit=9, after=None) == expected
        for index, avatar in enumerate(expected):
            after = Position(avatar.created_at, avatar.id)
            assert await unit.avatars.page(ANN, limit=2, after=after) == expected[index + 1 : index + 3]


async def test_only_dropped_files_that_nobody_refers_to_are_claimed(units, pattern) -> None:
    avatar = like(pattern, files=Files(file("a"), file("b")))
    await store(units, avatar)
    async with units() as unit:
        await unit.files.note(dropped=[file("a"), file("c"), file("d")])
    assert await claim(units) == [file("c").key, file("d").key]
    assert await claim(units) == []
    async with units() as unit:
        await unit.avatars.remove(ANN, avatar.id)
    # The mark that the first claim found unjustified is gone with it.
    assert await claim(units) == []


async def test_a_claim_takes_no_more_than_its_limit(units) -> None:
    async with units() as unit:
        await unit.files.note(dropped=[file("a"), file("b"), file("c")])
    assert sorted(await claim(units, 2) + await claim(units, 2)) == [file(letter).key for letter in "abc"]


async def test_a_file_that_is_needed_again_is_kept(units) -> None:
    async with units() as unit:
        await unit.files.note(dropped=[file("a")])
    async with units() as unit:
        await unit.files.note(needed=[file("a")], dropped=[file("a")])
    assert await claim(units) == []


async def test_noting_nothing_is_nothing(units) -> None:
    async with units() as unit:
        await unit.files.note()
    assert await claim(units) == []


@pytest.mark.postgres
async def test_a_claim_passes_over_files_that_are_being_noted(postgres_units) -> None:
    async with postgres_units() as unit:
        await unit.files.note(dropped=[file("a"), file("b")])
    async with postgres_units() as unit:
        await unit.files.note(needed=[file("a")])
        assert await claim(postgres_units) == [file("b").key]
    assert await claim(postgres_units) == []


@pytest.mark.postgres
async def test_an_avatar_that_comes_while_its_file_is_swept_is_told_to_come_again(postgres_units) -> None:
    blobs = RecordingBlobs()
    deleting, deleted = asyncio.Event(), asyncio.Event()

    class Slow(BlobFiles):
        async def delete(self, key: str) -> None:
            deleting.set()
            await deleted.wait()
            await super().delete(key)

    world = World(units=postgres_units, store=Slow(blobs), blobs=blobs)
    first = await world.avatar()
    sweep = asyncio.create_task(world.delete(ANN, first.id))
    await deleting.wait()
    # Its files are written, and will be deleted under it: it must wait for the sweep, and then notice.
    second = asyncio.create_task(world.avatar(owner=BOB))
    while not await _somebody_waits_for_a_lock(postgres_units):
        await asyncio.wait([second], timeout=0.02)
    deleted.set()
    await sweep
    with pytest.raises(FileLost):
        await second
    assert (blobs.keys, await world.kept(BOB)) == ([], ())
    again = await world.avatar(owner=BOB)
    assert await world.exists(*again.files.all()) == [True, True]


async def _somebody_waits_for_a_lock(units) -> bool:
    async with units() as unit:
        waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
        return bool(await unit.session.scalar(waiting))


@pytest.mark.postgres
async def test_changes_at_once_never_mix(postgres_units) -> None:
    world = World(units=postgres_units)
    old = await world.avatar()
    await asyncio.gather(
        world.update(ANN, old.id, LookChange("tone-09"), None),
        world.update(ANN, old.id, LookChange(), TROUSERS),
        world.export(ANN, old.id, BODY),
    )
    new = await world.get(ANN, old.id)
    assert (new.recipe.look, new.recipe.outfit) == (Look("tone-09"), TROUSERS)
    fresh = await world.create(ANN, new.recipe.body, new.recipe.look, new.recipe.outfit)
    assert fresh.files.dressed == new.files.dressed
    assert {file.key for file in new.files.all()} == set(world.blobs.keys)


@pytest.mark.postgres
async def test_a_crowd_that_shares_files_never_locks_itself_up_and_leaves_nothing(postgres_units) -> None:
    world = World(units=postgres_units)
    looks = [LookChange("tone-09"), LookChange("tone-04")]

    left = await world.avatar(owner=BOB)

    async def live(index: int) -> None:
        avatar = await _patiently(lambda: world.create(ANN, left.recipe.body, Look("tone-09"), ()))
        await _patiently(lambda: world.update(ANN, avatar.id, looks[(index + 1) % 2], None))
        await world.delete(ANN, avatar.id)

    await asyncio.gather(*(live(index) for index in range(12)))
    await world.shelf.sweep()
    assert await world.kept() == ()
    assert set(world.blobs.keys) == {file.key for file in left.files.all()}


async def _patiently(call):
    """Do what callers do with an answer that says: come again."""
    while True:
        try:
            return await call()
        except FileLost:
            continue


@pytest.mark.postgres
async def test_deleting_while_changing_leaves_nothing(postgres_units) -> None:
    world = World(units=postgres_units)
    avatar = await world.avatar()

    async def delete() -> None:
        world.mesher.before_answer = None
        await world.delete(ANN, avatar.id)

    world.mesher.before_answer = delete
    with pytest.raises(AvatarNotFound):
        await world.update(ANN, avatar.id, LookChange(), TROUSERS)
    assert world.blobs.keys == []


async def test_files_without_a_record_are_tidied_up_once_they_are_old(units) -> None:
    world = World(units=units)
    avatar = await world.avatar()
    orphan = await world.store.put(b"left behind", "application/octet-stream")
    before, after = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    assert await world.shelf.tidy(before) == 0
    assert await world.exists(orphan) == [True]
    assert await world.shelf.tidy(after) == 1
    assert await world.exists(orphan, *avatar.files.all()) == [False, True, True]


async def test_nothing_is_tidied_up_where_the_store_is_another_databases(units) -> None:
    world = World(units=units)
    orphans = [await world.store.put(bytes([number]), "application/octet-stream") for number in range(3)]
    after = datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(TooManyStrangers):
        await replace(world.shelf, most_strangers=2).tidy(after)
    assert await world.shelf.sweep() == 0
    assert await world.exists(*orphans) == [True, True, True]
    assert await replace(world.shelf, most_strangers=3).tidy(after) == 3


async def test_files_of_others_are_not_tidied_up(units) -> None:
    world = World(units=units)
    ref = await world.blobs.put(b"a pose", prefix="poses", media_type="image/webp")
    assert await world.shelf.tidy(datetime.now(UTC) + timedelta(hours=1)) == 0
    assert world.blobs.keys == [ref.key]


async def test_an_adopted_file_that_is_needed_after_all_is_known_by_its_own_size(units, pattern) -> None:
    avatar = like(pattern)
    async with units() as unit:
        await unit.files.adopt([file.key for file in avatar.files.all()])
    await store(units, avatar)
    assert await claim(units) == []
    async with units() as unit:
        assert await unit.avatars.get(ANN, avatar.id) == avatar


@pytest.mark.postgres
async def test_a_record_without_its_files_is_refused_by_the_database(postgres_units, pattern) -> None:
    with pytest.raises(IntegrityError):
        async with postgres_units() as unit:
            await unit.avatars.add(like(pattern))


@pytest.mark.postgres
async def test_the_list_is_read_from_its_index(engine, postgres_units) -> None:
    async with postgres_units() as unit:
        await unit.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = await unit.session.scalars(
            sa.text(
                "EXPLAIN SELECT id FROM avatars WHERE owner = 'x' AND (created_at, id) < (now(), :id)"
                " ORDER BY created_at DESC, id DESC LIMIT 20"
            ),
            {"id": UUID(int=0)},
        )
        lines = "\n".join(plan)
    assert "ix_avatars_owner_created_at_id" in lines
    assert "Sort" not in lines


@pytest.mark.postgres
async def test_a_database_that_does_not_answer_is_unavailable() -> None:
    async with sql.engine("postgresql+psycopg://a:b@127.0.0.1:9/c", schema="generator") as engine:
        world = World(units=partial(PostgresUnitOfWork, engine, RAIL))
        with pytest.raises(Unavailable) as away:
            await world.avatar()
    assert away.value.retry_after_s == 1.0


async def test_variants_keep_the_order_in_which_they_were_made(units, pattern) -> None:
    variants = {f"dressed.{key}": file(letter) for key, letter in zip("zamby", "badce", strict=True)}
    avatar = like(pattern, files=replace(pattern.files, variants=variants))
    await store(units, avatar)
    async with units() as unit:
        stored = await unit.avatars.get(ANN, avatar.id)
    assert list(stored.files.variants.items()) == list(variants.items())


@pytest.mark.postgres
async def test_links_of_the_code_before_variants_are_taken_and_read(engine, postgres_units, pattern) -> None:
    """Old and new code run side by side while a release rolls out."""
    avatar = like(pattern, files=Files(file("a"), file("b"), {"body": file("c")}))
    await store(postgres_units, avatar)
    async with engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM avatar_files"))
        await connection.execute(
            sa.text("INSERT INTO avatar_files (avatar_id, role, key) VALUES (:id, :role, :key)"),
            [
                {"id": avatar.id, "role": role, "key": file(letter).key}
                for role, letter in (("body", "c"), ("points", "a"), ("dressed", "b"))
            ],
        )
    async with postgres_units() as unit:
        assert await unit.avatars.get(ANN, avatar.id) == avatar


@pytest.mark.postgres
async def test_a_role_that_no_code_writes_is_refused_by_the_database(postgres_units, pattern) -> None:
    wrong = replace(pattern.files, variants={"Body/../points": file("c")})
    with pytest.raises(IntegrityError, match="ck_avatar_files_role"):
        await store(postgres_units, like(pattern, files=wrong))


@pytest.mark.postgres
def test_the_migrations_make_the_tables_of_the_code(database_url) -> None:
    url = database_url("generator")
    migrations.upgrade("services.generator", url)
    migrations.upgrade("services.generator", url)
    migrations.check("services.generator", url)

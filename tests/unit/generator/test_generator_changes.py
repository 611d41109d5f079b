"""GetAvatar, ListAvatars, UpdateAvatar, ExportAvatar and DeleteAvatar over doubles."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from atelierkit.errors import AppError, Unavailable
from services.generator.adapters.files import BlobFiles
from services.generator.domain.errors import AvatarNotFound, Outdated
from services.generator.domain.model import VARIANTS_KEPT, Look, LookChange, OutfitItem, Position
from services.generator.domain.options import DRESSED, FileFormat, FileOptions
from tests.unit.generator.world import ANN, BOB, BODY, TROUSERS, World

KEEP = LookChange()


async def test_foreign_and_unknown_avatars_answer_alike(world) -> None:
    avatar = await world.avatar(owner=ANN)
    told = []
    for id in (avatar.id, uuid4()):
        for verb in (
            world.get(BOB, id),
            world.update(BOB, id, LookChange(), None),
            world.export(BOB, id, DRESSED),
            world.delete(BOB, id),
        ):
            with pytest.raises(AvatarNotFound) as missing:
                await verb
            told.append(
                (missing.value.code, missing.value.reason, missing.value.message, missing.value.metadata)
            )
    assert told == told[:1] * 8
    assert await world.get(ANN, avatar.id) == avatar


async def test_pages_show_own_avatars_newest_first(world) -> None:
    made = [await world.avatar() for _ in range(5)]
    await world.avatar(owner=BOB)
    newest_first = tuple(reversed(made))
    first = await world.list(ANN, 2, None)
    second = await world.list(ANN, 2, first.next)
    third = await world.list(ANN, 2, second.next)
    assert first.avatars + second.avatars + third.avatars == newest_first
    assert (len(second.avatars), len(third.avatars), third.next) == (2, 1, None)


async def test_a_page_that_ends_with_the_last_avatar_has_no_next(world) -> None:
    avatar = await world.avatar()
    page = await world.list(ANN, 1, None)
    assert (page.avatars, page.next) == ((avatar,), None)
    assert (await world.list(ANN, 1, Position(avatar.created_at, avatar.id))).avatars == ()


async def test_other_clothes_leave_the_body_and_the_look(world) -> None:
    old = await world.avatar(look=Look("tone-09", "bob"))
    world.clock.advance(hours=1)
    new = await world.update(ANN, old.id, KEEP, TROUSERS)
    assert new.recipe.outfit == TROUSERS
    assert (new.recipe.look, new.recipe.body) == (old.recipe.look, old.recipe.body)
    assert (new.created_at, new.updated_at) == (old.created_at, world.clock.now)
    assert new.files.points == old.files.points
    assert new.receipt.lines == old.receipt.lines
    assert await world.get(ANN, old.id) == new
    assert await world.exists(old.files.dressed, new.files.dressed) == [False, True]
    fresh = await world.create(ANN, new.recipe.body, new.recipe.look, new.recipe.outfit)
    assert fresh.files.dressed == new.files.dressed


async def test_another_look_leaves_the_clothes(world) -> None:
    old = await world.avatar(look=Look("tone-04", "bob"))
    new = await world.update(ANN, old.id, LookChange("tone-09"), None)
    assert new.recipe.look == Look("tone-09", "bob", old.recipe.look.hair_color)
    assert new.recipe.outfit == old.recipe.outfit
    assert new.files.dressed != old.files.dressed


async def test_an_empty_outfit_undresses(world) -> None:
    old = await world.avatar()
    new = await world.update(ANN, old.id, KEEP, ())
    assert (new.recipe.outfit, new.receipt.vertex_count) == ((), 1000)


async def test_a_newer_network_does_not_change_the_body_of_an_older_avatar(world) -> None:
    old = await world.avatar()
    calls = world.inference.calls
    new = await world.update(ANN, old.id, KEEP, TROUSERS)
    assert (new.files.points, world.inference.calls) == (old.files.points, calls)
    assert new.recipe.model_version == old.recipe.model_version


@pytest.mark.parametrize(
    ("look", "outfit"),
    [(KEEP, None), (LookChange("tone-04"), None), (KEEP, (OutfitItem("dress-ines", "M", "#aa0000"),))],
)
async def test_a_change_to_what_it_is_already_builds_nothing(world, look, outfit) -> None:
    old = await world.avatar()
    world.clock.advance(hours=1)
    assert await world.update(ANN, old.id, look, outfit) == old
    assert world.mesher.builds == 1


async def test_a_refused_change_changes_nothing(world) -> None:
    old = await world.avatar()
    with pytest.raises(AppError):
        await world.update(ANN, old.id, KEEP, (OutfitItem("cape", "M"),))
    assert await world.get(ANN, old.id) == old
    assert await world.exists(*old.files.all()) == [True, True]


async def test_two_changes_at_once_both_hold(world) -> None:
    old = await world.avatar()
    both_built, expected = asyncio.Barrier(2), [1, 2]

    async def meet() -> None:
        if expected:
            expected.pop()
            await both_built.wait()

    world.mesher.before_answer = meet
    await asyncio.gather(
        world.update(ANN, old.id, LookChange("tone-09"), None), world.update(ANN, old.id, KEEP, TROUSERS)
    )
    new = await world.get(ANN, old.id)
    assert (new.recipe.look, new.recipe.outfit) == (Look("tone-09"), TROUSERS)
    assert world.mesher.builds == 4  # the avatar, both changes, and the later one again
    fresh = await world.create(ANN, new.recipe.body, new.recipe.look, new.recipe.outfit)
    assert fresh.files.dressed == new.files.dressed
    assert len(world.blobs.keys) == 2  # the points, and the one GLB that is still worn


async def test_an_empty_hairstyle_takes_the_hair_off(world) -> None:
    old = await world.avatar(look=Look("tone-04", "bob"))
    new = await world.update(ANN, old.id, LookChange(hairstyle_id=""), None)
    assert new.recipe.look == Look("tone-04")


async def test_a_change_that_is_always_late_is_given_up(world) -> None:
    old = await world.avatar()
    looks = [LookChange("tone-09"), LookChange("tone-04", "bob")] * 5

    async def someone_else() -> None:
        gate, world.mesher.before_answer = world.mesher.before_answer, None
        await world.update(ANN, old.id, looks.pop(), None)
        world.mesher.before_answer = gate

    world.mesher.before_answer = someone_else
    with pytest.raises(Outdated) as late:
        await world.update(ANN, old.id, KEEP, TROUSERS)
    assert late.value.retry_after_s == 1.0
    assert world.mesher.builds == 1 + 2 * 5
    assert (await world.get(ANN, old.id)).recipe.outfit == old.recipe.outfit


async def test_a_change_of_an_avatar_that_is_deleted_meanwhile_finds_nothing(world) -> None:
    old = await world.avatar()

    async def delete() -> None:
        world.mesher.before_answer = None
        await world.delete(ANN, old.id)

    world.mesher.before_answer = delete
    with pytest.raises(AvatarNotFound):
        await world.update(ANN, old.id, KEEP, TROUSERS)
    assert world.blobs.keys == []


async def test_deleting_takes_the_files_along(world) -> None:
    avatar = await world.avatar()
    await world.export(ANN, avatar.id, BODY)
    assert len(world.blobs.keys) == 3
    await world.delete(ANN, avatar.id)
    assert (world.blobs.keys, await world.kept()) == ([], ())
    with pytest.raises(AvatarNotFound):
        await world.delete(ANN, avatar.id)


async def test_files_that_another_avatar_has_stay(world) -> None:
    first, second = await world.avatar(owner=ANN), await world.avatar(owner=BOB)
    await world.delete(ANN, first.id)
    assert await world.exists(*second.files.all()) == [True, True]
    await world.delete(BOB, second.id)
    assert world.blobs.keys == []


async def test_a_file_that_cannot_be_deleted_now_is_deleted_later() -> None:
    class Stubborn(BlobFiles):
        away = True

        async def delete(self, key):
            if self.away:
                raise Unavailable("the object store does not answer")
            await super().delete(key)

    made = World()
    store = Stubborn(made.blobs)
    world = World(store=store, blobs=made.blobs)
    avatar, other = await world.avatar(), await world.avatar(outfit=TROUSERS)
    await world.delete(ANN, avatar.id)  # succeeds: the record is gone
    assert await world.exists(avatar.files.dressed) == [True]
    store.away = False
    await world.delete(ANN, other.id)
    assert world.blobs.keys == []


async def test_the_dressed_file_is_the_stored_one(world) -> None:
    avatar = await world.avatar()
    assert await world.export(ANN, avatar.id, DRESSED) == avatar.files.dressed
    assert world.mesher.builds == 1


async def test_the_body_alone_is_built_once_and_remembered(world) -> None:
    avatar = await world.avatar()
    body = await world.export(ANN, avatar.id, BODY)
    assert await world.export(ANN, avatar.id, BODY) == body
    assert world.mesher.builds == 2
    stored = await world.get(ANN, avatar.id)
    assert (stored.files.variants, stored.files.dressed) == ({"body": body}, avatar.files.dressed)
    assert (stored.recipe, stored.receipt, stored.updated_at) == (
        avatar.recipe,
        avatar.receipt,
        avatar.updated_at,
    )


async def test_the_body_alone_is_there_when_a_garment_has_left_the_catalogue(world) -> None:
    avatar = await world.avatar()
    world.looks.colors.clear()
    assert await world.exists(await world.export(ANN, avatar.id, BODY)) == [True]


async def test_a_new_look_forgets_the_body_in_the_old_one(world) -> None:
    avatar = await world.avatar()
    pale = await world.export(ANN, avatar.id, BODY)
    await world.update(ANN, avatar.id, LookChange("tone-09"), None)
    dark = await world.export(ANN, avatar.id, BODY)
    assert dark != pale
    assert await world.exists(pale, dark) == [False, True]


async def test_a_file_that_got_lost_is_built_again(world) -> None:
    avatar = await world.avatar()
    await world.blobs.delete(avatar.files.dressed.key)
    assert await world.export(ANN, avatar.id, DRESSED) == avatar.files.dressed
    assert await world.exists(avatar.files.dressed) == [True]
    assert world.mesher.builds == 2


async def test_lost_points_are_a_fault_of_ours(world) -> None:
    avatar = await world.avatar()
    await world.blobs.delete(avatar.files.points.key)
    with pytest.raises(LookupError, match="lost"):
        await world.update(ANN, avatar.id, KEEP, TROUSERS)


async def test_the_same_file_in_other_words_is_built_once(world) -> None:
    avatar = await world.avatar()
    plain = await world.export(ANN, avatar.id, FileOptions(FileFormat.STL))
    assert await world.export(ANN, avatar.id, FileOptions(FileFormat.STL, texture_size=512)) == plain
    assert world.mesher.builds == 2


async def test_the_oldest_variant_goes_when_there_are_too_many(world) -> None:
    avatar = await world.avatar()
    wanted = [FileOptions(format, lod=lod) for format in FileFormat for lod in (1, 2, 3)][: VARIANTS_KEPT + 1]
    files = [await world.export(ANN, avatar.id, options) for options in wanted]
    assert await world.exists(*files) == [False, *[True] * VARIANTS_KEPT]
    kept = (await world.get(ANN, avatar.id)).files
    assert list(kept.variants.items()) == [
        (options.key, file) for options, file in zip(wanted[1:], files[1:], strict=True)
    ]
    assert set(world.blobs.keys) == {file.key for file in kept.all()}
    builds = world.mesher.builds
    assert await world.export(ANN, avatar.id, wanted[0]) == files[0]
    assert world.mesher.builds == builds + 1


async def test_a_variant_that_another_avatar_has_stays_when_it_is_forgotten(world) -> None:
    first, second = await world.avatar(), await world.avatar(owner=BOB)
    shared = await world.export(BOB, second.id, FileOptions(lod=1))
    assert await world.export(ANN, first.id, FileOptions(lod=1)) == shared
    await world.update(ANN, first.id, KEEP, TROUSERS)
    assert (await world.get(ANN, first.id)).files.variants == {}
    assert await world.exists(shared) == [True]


async def test_all_formats_at_once_are_built_once_each(world) -> None:
    avatar = await world.avatar()
    wanted = [FileOptions(format, lod=1) for format in FileFormat]
    all_built = asyncio.Barrier(len(wanted))
    world.mesher.before_answer = all_built.wait
    files = await asyncio.gather(*(world.export(ANN, avatar.id, options) for options in wanted))
    assert world.mesher.builds == 1 + len(wanted)
    kept = (await world.get(ANN, avatar.id)).files.variants
    assert kept == {options.key: file for options, file in zip(wanted, files, strict=True)}


async def test_a_file_of_looks_that_changed_meanwhile_is_built_again(world) -> None:
    avatar = await world.avatar()

    async def change() -> None:
        world.mesher.before_answer = None
        await world.update(ANN, avatar.id, KEEP, TROUSERS)

    world.mesher.before_answer = change
    file = await world.export(ANN, avatar.id, FileOptions(lod=1))
    new = await world.get(ANN, avatar.id)
    assert (new.recipe.outfit, new.files.variants) == (TROUSERS, {"dressed.lod1": file})
    assert set(world.blobs.keys) == {kept.key for kept in new.files.all()}

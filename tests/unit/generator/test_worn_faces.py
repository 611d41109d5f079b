"""A person's face on avatars: put on, kept, taken off, and what stays of a face that is deleted."""

from __future__ import annotations

import pytest

from services.generator.domain.errors import FaceNotFound
from services.generator.domain.model import LookChange
from services.generator.domain.options import DRESSED, FileOptions
from tests.unit.generator.doubles import FEATURES
from tests.unit.generator.factory import Factory
from tests.unit.generator.world import ANN, BOB, BODY, TROUSERS, World

SKIN = LookChange(skin_id="tone-09")


async def test_a_face_goes_on_an_avatar_and_off_again(world: World) -> None:
    plain, face = await world.avatar(), await world.face()
    worn = await world.set_face(ANN, plain.id, face.id)
    assert (worn.recipe.face, worn.files.face) == (face.worn, face.worn_files)
    assert (worn.recipe.body, worn.recipe.outfit, worn.files.points) == (
        plain.recipe.body,
        plain.recipe.outfit,
        plain.files.points,
    )
    assert worn.files.dressed != plain.files.dressed
    assert await world.set_face(ANN, plain.id, face.id) == worn
    bare = await world.set_face(ANN, plain.id, None)
    assert bare.files.dressed == plain.files.dressed
    assert (bare.recipe, bare.files.face) == (plain.recipe, None)


async def test_another_look_keeps_the_face(world: World) -> None:
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)
    changed = await world.update(ANN, avatar.id, LookChange(), TROUSERS)
    assert (changed.recipe.face, changed.recipe.outfit[0].garment_id) == (face.worn, "trousers-milo")
    assert changed.recipe.look.skin_id == ""
    assert await world.update(ANN, avatar.id, LookChange(), TROUSERS) == changed


async def test_the_skin_is_the_faces_until_another_is_named(world: World) -> None:
    avatar, face = await world.avatar(), await world.face()
    worn = await world.set_face(ANN, avatar.id, face.id)
    files = [worn.files.dressed]
    named = await world.update(ANN, avatar.id, SKIN, None)
    assert named.recipe.look.skin_id == "tone-09"
    files.append(named.files.dressed)
    again = await world.update(ANN, avatar.id, LookChange(skin_id=""), None)
    assert again.recipe == worn.recipe
    assert again.files.dressed == files[0] != files[1]


async def test_the_same_recipe_gives_the_same_file(world: World) -> None:
    avatar, face = await world.avatar(), await world.face()
    worn = await world.set_face(ANN, avatar.id, face.id)
    await world.blobs.delete(worn.files.dressed.key)
    assert await world.export(ANN, avatar.id, DRESSED) == worn.files.dressed
    body = await world.export(ANN, avatar.id, BODY)
    assert body != await world.export(ANN, (await world.avatar()).id, BODY)
    assert (await world.export(ANN, avatar.id, FileOptions(lod=1))) != worn.files.dressed


async def test_a_deleted_face_stays_on_the_avatars_that_wear_it(world: World) -> None:
    avatar, face = await world.avatar(), await world.face(keep_photos=True)
    await world.set_face(ANN, avatar.id, face.id)
    await world.delete_face(ANN, face.id)
    worn = await world.update(ANN, avatar.id, LookChange(), TROUSERS)
    assert worn.recipe.face == face.worn
    assert set(world.blobs.keys) == {file.key for file in worn.files.all()}
    with pytest.raises(FaceNotFound):
        await world.set_face(ANN, (await world.avatar()).id, face.id)
    await world.delete(ANN, avatar.id)
    assert await world.exists(*face.files()) == [False] * 6


async def test_only_an_own_face_can_be_worn(world: World) -> None:
    avatar = await world.avatar()
    for face in (await world.face(BOB), await world.face(None)):
        with pytest.raises(FaceNotFound):
            await world.set_face(ANN, avatar.id, face.id)
    assert (await world.get(ANN, avatar.id)).recipe.face is None


async def test_a_face_whose_skin_cannot_be_told_takes_the_looks(world: World, monkeypatch) -> None:
    monkeypatch.setattr("tests.unit.generator.doubles.FEATURES", type(FEATURES)(skin_reason="too_dark"))
    avatar, face = await world.avatar(), await world.face()
    worn = await world.set_face(ANN, avatar.id, face.id)
    assert (face.worn.skin_color, worn.recipe.look.skin_id) == ("", "tone-04")


@pytest.mark.attack("A61")
async def test_a_consent_taken_back_takes_every_face_away(factory: Factory) -> None:
    world = factory.world
    plain, other = await world.avatar(), await world.avatar(BOB)
    face, bobs = await world.face(keep_photos=True), await world.face(BOB, keep_photos=True)
    worn = await world.avatar()
    await world.set_face(ANN, worn.id, face.id)
    pending = (await world.from_photos(ANN, await world.order(), face.id)).job
    await factory.withdraw(ANN)
    assert factory.withdrawals.confirmed == [ANN]
    await factory.work()
    stopped = await factory.job(pending.id)
    assert stopped.failure is not None
    assert stopped.failure.reason == "CONSENT_REQUIRED"
    assert world.ledger.held == {}
    with pytest.raises(FaceNotFound):
        await world.get_face(ANN, face.id)
    bare = await world.get(ANN, worn.id)
    assert bare.recipe.face is None
    kept = (*plain.files.all(), *bare.files.all(), *other.files.all(), *bobs.files())
    assert set(world.blobs.keys) == {file.key for file in kept}
    await factory.withdraw(ANN)
    assert set(world.blobs.keys) == {file.key for file in kept}

"""Links in PostgreSQL, beside their twin in memory: the same verbs, the same answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from atelierkit.errors import Unavailable
from services.generator.domain.errors import (
    AvatarNotFound,
    GenerationNotFound,
    PoseNotFound,
    ShareNotFound,
    TooManyShares,
)
from services.generator.domain.generations import Quality
from services.generator.domain.model import Look
from services.generator.domain.pictures import Drawn, PictureOptions, Style
from services.generator.domain.ports import UnitsOfWork
from services.generator.domain.shares import Share, ShareOrder, digest
from services.generator.offers import share_verbs
from services.generator.use_cases.people import ExportPerson, ForgetPerson, Place, Section
from services.generator.use_cases.pictures import ExportPicture
from services.generator.use_cases.shares import ClearShares
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import Gallery
from tests.unit.generator.studio import Studio
from tests.unit.generator.world import ANN, BOB, DRESS, WOMAN, World

PLAIN = PictureOptions(size=512)


@pytest.fixture
def world(units: UnitsOfWork) -> World:
    return World(units=units)


async def made(world: World, avatar_id: UUID, owner: str = ANN, **over: Any) -> tuple[Share, str]:
    world.clock.advance(seconds=1)
    order = ShareOrder(title="Ann & <b>", avatar_id=avatar_id, options=PLAIN)
    return await share_verbs(world.tools).create(owner, replace(order, **over))


async def opens(world: World, token: str) -> bool:
    try:
        await share_verbs(world.tools).open(token)
    except ShareNotFound:
        return False
    return True


async def test_whoever_has_the_token_sees_the_picture(world: World) -> None:
    avatar = await world.avatar()
    share, token = await made(world, avatar.id, pose_id="contrapposto")
    shown = await share_verbs(world.tools).open(token)
    assert shown == share
    assert (shown.title, shown.picture.width, shown.picture.height) == ("Ann & <b>", 512, 512)
    assert b"contrapposto".hex().encode() in await world.store.get(shown.picture.file)
    assert shown.expires_at - shown.created_at == timedelta(days=7)
    assert len(token) == 43
    assert token not in repr(share)


async def test_an_avatar_is_shown_in_its_own_pose_unless_another_is_named(world: World) -> None:
    avatar = await world.create(ANN, WOMAN, Look(), DRESS, pose_id="seated")
    for named, shown in ((None, "seated"), ("contrapposto", "contrapposto"), ("", "")):
        share, _ = await made(world, avatar.id, pose_id=named)
        drawn = json.loads(await world.store.get(share.picture.file))
        assert bytes.fromhex(drawn[4]).decode() == shown


@pytest.mark.attack("A64")
async def test_tokens_are_not_guessed_and_not_stored(world: World) -> None:
    avatar = await world.avatar()
    share, token = await made(world, avatar.id)
    _, other = await made(world, avatar.id)
    assert token != other
    for guess in (
        str(share.id),
        digest(token),
        token[:-1],
        token + "=",
        token.swapcase(),
        "",
        "%",
        "' OR 1=1",
    ):
        assert not await opens(world, guess)
    listed = await share_verbs(world.tools).list(ANN, 10, None)
    assert token not in repr(listed)


@pytest.mark.attack("A64")
async def test_a_link_ends_when_it_is_revoked_or_its_time_is_over(world: World) -> None:
    avatar, verbs = await world.avatar(), share_verbs(world.tools)
    revoked, first = await made(world, avatar.id)
    _, second = await made(world, avatar.id, life=timedelta(hours=2))
    await verbs.delete(ANN, revoked.id)
    assert not await opens(world, first)
    assert await opens(world, second)
    world.clock.advance(hours=1.9)
    assert await opens(world, second)
    world.clock.advance(hours=0.1)
    assert not await opens(world, second)
    assert (await verbs.list(ANN, 10, None)).shares == ()


@pytest.mark.attack("A64")
async def test_a_link_to_somebody_elses_is_neither_made_nor_revoked(world: World) -> None:
    avatar, verbs = await world.avatar(), share_verbs(world.tools)
    share, token = await made(world, avatar.id)
    with pytest.raises(AvatarNotFound):
        await made(world, avatar.id, owner=BOB)
    with pytest.raises(AvatarNotFound):
        await made(world, uuid4())
    for owner, id in ((BOB, share.id), (ANN, uuid4())):
        with pytest.raises(ShareNotFound):
            await verbs.delete(owner, id)
    assert (await verbs.list(BOB, 10, None)).shares == ()
    assert await opens(world, token)


async def test_an_unknown_pose_makes_no_link(world: World) -> None:
    avatar = await world.avatar()
    with pytest.raises(PoseNotFound):
        await made(world, avatar.id, pose_id="moonwalk")
    assert (await share_verbs(world.tools).list(ANN, 10, None)).shares == ()


async def test_a_link_goes_with_its_avatar_and_leaves_no_file(world: World) -> None:
    avatar, other = await world.avatar(), await world.avatar()
    _, token = await made(world, avatar.id)
    _, stays = await made(world, other.id)
    await world.delete(ANN, avatar.id)
    assert (await opens(world, token), await opens(world, stays)) == (False, True)
    await world.delete(ANN, other.id)
    assert world.blobs.keys == []


async def test_the_picture_stays_as_it_was_when_the_avatar_changes(world: World) -> None:
    avatar = await world.avatar()
    share, token = await made(world, avatar.id)
    shown = await world.store.get(share.picture.file)
    # So many others were drawn since that the album has forgotten it.
    async with world.units() as unit:
        dropped = await unit.albums.clear(ANN, avatar.id)
        await unit.files.note(dropped=dropped)
    await world.shelf.sweep()
    assert await world.store.get((await share_verbs(world.tools).open(token)).picture.file) == shown
    await share_verbs(world.tools).delete(ANN, share.id)
    assert await world.exists(share.picture.file) == [False]


@pytest.mark.attack("A61")
async def test_a_link_goes_with_the_face_that_it_shows(world: World) -> None:
    avatar, other, face = await world.avatar(), await world.avatar(), await world.face()
    _, plain = await made(world, avatar.id)
    await world.set_face(ANN, avatar.id, face.id)
    assert await opens(world, plain)
    shown, token = await made(world, avatar.id)
    _, stays = await made(world, other.id)
    await Factory(world).withdraw(ANN)
    assert not await opens(world, token)
    assert not await opens(world, plain)
    assert await opens(world, stays)
    assert await world.exists(shown.picture.file) == [False]


@pytest.mark.attack("A61")
async def test_a_link_is_closed_also_while_the_mesher_is_away(world: World) -> None:
    avatars, face, tokens = [await world.avatar() for _ in range(2)], await world.face(), []
    for avatar in avatars:
        await world.set_face(ANN, avatar.id, face.id)
        tokens.append((await made(world, avatar.id))[1])

    async def away() -> None:
        raise Unavailable("the mesher is away")

    world.mesher.before_answer = away
    factory = Factory(world)
    with pytest.raises(Unavailable):
        await factory.withdraw(ANN)
    assert [await opens(world, token) for token in tokens] == [False, False]
    assert [key for key in world.blobs.keys if key.startswith("pictures/")] == []
    world.mesher.before_answer = None
    await factory.forget_withdrawn()
    assert [(await world.get(ANN, avatar.id)).recipe.face for avatar in avatars] == [None, None]


@pytest.mark.attack("A61")
async def test_a_face_that_goes_while_its_link_is_made_is_not_shown(world: World) -> None:
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)
    verbs = share_verbs(world.tools)

    async def drawn_late(*asked: Any) -> Drawn:
        drawn = await verbs.create.export_picture(*asked)
        await world.set_face(ANN, avatar.id, None)
        return drawn

    create = replace(verbs.create, export_picture=cast(ExportPicture, drawn_late))
    share, _ = await create(ANN, ShareOrder(avatar_id=avatar.id, options=PLAIN))
    assert share.picture.file == (await Gallery(Factory(world)).picture(avatar, options=PLAIN)).file
    assert world.blobs.keys.count(share.picture.file.key) == 1
    assert len([key for key in world.blobs.keys if key.startswith("pictures/")]) == 1


async def test_two_links_to_one_picture_share_its_file(world: World) -> None:
    avatar, verbs = await world.avatar(), share_verbs(world.tools)
    (one, _), (other, token) = [await made(world, avatar.id) for _ in range(2)]
    assert one.picture == other.picture
    await verbs.delete(ANN, one.id)
    assert await opens(world, token)
    assert await world.exists(other.picture.file) == [True]


async def test_a_finished_generation_is_shared_and_no_other(world: World) -> None:
    studio = Studio(Factory(world))
    generation = await studio.one(quality=Quality.HD, style=Style.ANIME)
    verbs, order = share_verbs(world.tools), ShareOrder(generation_id=generation.id)
    with pytest.raises(GenerationNotFound):
        await verbs.create(ANN, order)
    await studio.factory.tasks.generations(generation.id)
    with pytest.raises(GenerationNotFound):
        await verbs.create(BOB, order)
    share, token = await verbs.create(ANN, order)
    assert share.picture.file == (await studio.now(generation)).picture
    assert share.picture.width == 1024
    assert await verbs.open(token) == share
    await studio.delete(ANN, generation.id)
    assert not await opens(world, token)
    assert share.picture.file.key not in world.blobs.keys


async def test_a_person_has_so_many_links_and_no_more_even_at_once(world: World) -> None:
    avatar = await world.avatar()
    create = replace(share_verbs(world.tools).create, most=3)
    order = ShareOrder(avatar_id=avatar.id, options=PLAIN, life=timedelta(hours=1))
    results = await asyncio.gather(*(create(ANN, order) for _ in range(6)), return_exceptions=True)
    assert [type(result) for result in results].count(TooManyShares) == 3
    world.clock.advance(hours=1)
    assert await create(ANN, order)


async def test_links_whose_time_is_over_are_cleared_with_their_pictures(world: World) -> None:
    avatar = await world.avatar()
    short, _ = await made(world, avatar.id, life=timedelta(hours=1), options=PictureOptions(size=256))
    long, token = await made(world, avatar.id, life=timedelta(hours=3))
    async with world.units() as unit:
        await unit.files.note(dropped=await unit.albums.clear(ANN, avatar.id))
    world.clock.advance(hours=2)
    await ClearShares(world.shelf, world.clock)()
    assert await world.exists(short.picture.file, long.picture.file) == [False, True]
    assert await opens(world, token)


async def test_pages_run_from_the_newest_to_the_oldest(world: World) -> None:
    avatar, other = await world.avatar(), await world.avatar(BOB)
    shares = [(await made(world, avatar.id))[0] for _ in range(5)][::-1]
    await made(world, other.id, owner=BOB)
    verbs = share_verbs(world.tools)
    first = await verbs.list(ANN, 3, None)
    rest = await verbs.list(ANN, 3, first.next)
    assert [*first.shares, *rest.shares] == shares
    assert rest.next is None


async def test_links_are_taken_along_and_forgotten(world: World) -> None:
    avatar = await world.avatar()
    share, token = await made(world, avatar.id)
    export = ExportPerson(world.units)
    assert [*(await export(ANN, Place(Section.SHARES))).records] == [share]
    await ForgetPerson(world.units, world.shelf)(ANN)
    assert [*(await export(ANN, Place(Section.SHARES))).records] == []
    assert not await opens(world, token)
    assert world.blobs.keys == []

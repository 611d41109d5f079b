"""Pictures of avatars in memory: drawn once, kept by what they show, and gone with their avatars."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelierkit.failpoints import FailpointHit
from services.generator.domain.albums import PICTURES_KEPT, content_key
from services.generator.domain.errors import AvatarNotFound, PictureNotFound, PoseNotFound
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
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import PICTURE, Gallery
from tests.unit.generator.world import ANN, BOB, World


@pytest.fixture
def gallery(factory: Factory) -> Gallery:
    return Gallery(factory)


async def test_the_second_request_draws_nothing(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    first = await gallery.picture(avatar)
    assert await gallery.picture(avatar) == first
    assert gallery.world.mesher.pictures == 1
    assert gallery.keys("pictures") == [first.file.key]


async def test_joints_that_were_turned_back_are_told_again(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    told = [await gallery.picture(avatar, "bent-elbow") for _ in range(2)]
    assert [drawn.clamped_bones for drawn in told] == [("LeftForeArm",)] * 2
    assert gallery.world.mesher.pictures == 1


@pytest.mark.parametrize(
    "options",
    [
        replace(PICTURE, camera=Camera.BACK),
        replace(PICTURE, style=Style.ANIME),
        replace(PICTURE, size=256),
        replace(PICTURE, background=TRANSPARENT),
        replace(PICTURE, background=Background("#ffffff", "#000000")),
        replace(PICTURE, format=PictureFormat.WEBP),
        replace(PICTURE, quality=50),
        replace(PICTURE, face_shapes={"jawOpen": 0.5}),
    ],
)
async def test_other_options_are_another_picture(gallery: Gallery, options: PictureOptions) -> None:
    avatar = await gallery.world.avatar()
    assert (await gallery.picture(avatar)).file != (await gallery.picture(avatar, options=options)).file
    assert gallery.world.mesher.pictures == 2


async def test_another_pose_or_look_is_another_picture(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    drawn = [await gallery.picture(avatar), await gallery.picture(avatar, "seated")]
    await gallery.world.update(ANN, avatar.id, LookChange(skin_id="tone-09"), None)
    drawn.append(await gallery.picture(avatar))
    await gallery.world.update(ANN, avatar.id, LookChange(skin_id=avatar.recipe.look.skin_id), None)
    assert len({each.file.key for each in drawn}) == 3
    # The look of before shows what was drawn of it.
    assert await gallery.picture(avatar) == drawn[0]
    assert gallery.world.mesher.pictures == 3


async def test_an_avatar_with_a_pose_of_its_own_is_drawn_in_it(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    plain, asked = await gallery.picture(avatar), await gallery.picture(avatar, "seated")
    await gallery.world.update(ANN, avatar.id, LookChange(), None, "seated")
    assert await gallery.picture(avatar) == await gallery.picture(avatar, "seated") == asked
    assert await gallery.picture(avatar, "") == plain
    assert gallery.world.mesher.pictures == 2


async def test_a_pose_of_ones_own_is_nobody_elses(gallery: Gallery) -> None:
    own = "11111111-2222-3333-4444-555555555555"
    gallery.world.poses.own[ANN, own] = b"own"
    mine, other = await gallery.world.avatar(), await gallery.world.avatar(BOB)
    await gallery.picture(mine, own)
    with pytest.raises(PoseNotFound) as refused:
        await gallery.picture(other, own, owner=BOB)
    assert [fault.field for fault in refused.value.faults] == ["pose_id"]
    del gallery.world.poses.own[ANN, own]
    with pytest.raises(PoseNotFound):
        await gallery.picture(mine, own)


async def test_somebody_elses_avatar_is_none(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    with pytest.raises(AvatarNotFound):
        await gallery.picture(avatar, owner=BOB)
    assert gallery.world.mesher.pictures == 0


async def test_a_picture_is_found_by_its_content_as_long_as_its_avatar_is_there(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    file = (await gallery.picture(avatar)).file
    assert await gallery.get_picture(ANN, file.sha256) == file
    with pytest.raises(PictureNotFound):
        await gallery.get_picture(BOB, file.sha256)
    await gallery.world.delete(ANN, avatar.id)
    assert gallery.keys("pictures") == []
    with pytest.raises(PictureNotFound):
        await gallery.get_picture(ANN, file.sha256)


async def test_equal_pictures_are_one_file_of_both_their_people(gallery: Gallery) -> None:
    mine, other = await gallery.world.avatar(), await gallery.world.avatar(BOB)
    file = (await gallery.picture(mine)).file
    assert (await gallery.picture(other, owner=BOB)).file == file
    await gallery.world.delete(ANN, mine.id)
    assert gallery.keys("pictures") == [file.key]
    assert await gallery.get_picture(BOB, file.sha256) == file
    await gallery.world.delete(BOB, other.id)
    assert gallery.keys("pictures") == []


async def test_a_lost_file_is_drawn_again(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    drawn = await gallery.picture(avatar)
    await gallery.world.blobs.delete(drawn.file.key)
    assert await gallery.picture(avatar) == drawn
    assert await gallery.world.exists(drawn.file) == [True]
    assert gallery.world.mesher.pictures == 2


async def test_the_newest_pictures_are_kept(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    drawn = [
        (await gallery.picture(avatar, options=replace(PICTURE, size=64 + number))).file
        for number in range(PICTURES_KEPT + 2)
    ]
    assert gallery.keys("pictures") == sorted(file.key for file in drawn[2:])
    with pytest.raises(PictureNotFound):
        await gallery.get_picture(ANN, drawn[0].sha256)


async def test_two_who_ask_at_once_get_the_same(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()
    both = await asyncio.gather(gallery.picture(avatar), gallery.picture(avatar))
    assert both[0] == both[1]
    assert gallery.keys("pictures") == [both[0].file.key]


async def test_an_avatar_that_is_deleted_meanwhile_keeps_no_picture(gallery: Gallery) -> None:
    avatar = await gallery.world.avatar()

    async def delete() -> None:
        await gallery.world.delete(ANN, avatar.id)

    gallery.world.mesher.before_answer = delete
    with pytest.raises(AvatarNotFound):
        await gallery.picture(avatar)
    assert gallery.keys("pictures") == []


async def test_what_fails_between_file_and_record_leaves_no_file(
    gallery: Gallery, armed: Callable[[str], object]
) -> None:
    avatar = await gallery.world.avatar()
    armed("pictures.drawn=raise")
    with pytest.raises(FailpointHit):
        await gallery.picture(avatar)
    armed("")
    assert gallery.keys("pictures") == []
    drawn = await gallery.picture(avatar)
    assert gallery.keys("pictures") == [drawn.file.key]


async def test_with_another_face_nothing_of_the_old_one_is_left(gallery: Gallery) -> None:
    world = gallery.world
    avatar, face = await world.avatar(), await world.face()
    await world.set_face(ANN, avatar.id, face.id)
    worn = await gallery.picture(avatar)
    await world.set_face(ANN, avatar.id, None)
    assert worn.file.key not in gallery.keys("pictures")
    with pytest.raises(PictureNotFound):
        await gallery.get_picture(ANN, worn.file.sha256)


numbers = st.integers(0, 3)


@given(numbers, numbers, st.booleans())
async def test_keys_are_equal_where_everything_is(first: int, second: int, film: bool) -> None:
    avatar = await World().avatar()

    def key(number: int) -> str:
        shapes = {"jawOpen": 0.25 * number, "mouthFunnel": 0.5}
        picture = PictureOptions(face_shapes=dict(sorted(shapes.items(), reverse=bool(number))))
        return content_key(avatar, [b"a", b"b"], VideoOptions(picture) if film else picture)

    assert (key(first) == key(second)) is (first == second)


async def test_poses_count_in_their_order_and_a_film_is_no_picture(world: World) -> None:
    avatar = await world.avatar()
    options = PictureOptions()
    keys = {
        content_key(avatar, [b"a", b"b"], options),
        content_key(avatar, [b"b", b"a"], options),
        content_key(avatar, [b"ab"], options),
        content_key(avatar, [None], options),
        content_key(avatar, [None], VideoOptions(options)),
    }
    assert len(keys) == 5

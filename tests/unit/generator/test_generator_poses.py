"""Avatars in a pose: their own, one that a file is asked for in, and none."""

from __future__ import annotations

from uuid import uuid4

import pytest

from services.generator.domain.errors import PoseNotFound
from services.generator.domain.model import Look, LookChange
from services.generator.domain.options import DRESSED, FileFormat, FileOptions, RestPose
from tests.unit.generator.world import ANN, BOB, DRESS, WOMAN, World

SAME = LookChange()


async def test_a_pose_is_part_of_the_recipe(world: World) -> None:
    avatar = await world.create(ANN, WOMAN, Look(), DRESS, pose_id="seated")
    assert (await world.get(ANN, avatar.id)).recipe.pose_id == "seated"
    assert (await world.avatar()).recipe.pose_id == ""


async def test_an_unknown_pose_makes_no_avatar(world: World) -> None:
    with pytest.raises(PoseNotFound) as refusal:
        await world.create(ANN, WOMAN, Look(), DRESS, pose_id="moonwalk")
    assert [fault.field for fault in refusal.value.faults] == ["pose_id"]
    assert world.mesher.builds == 0
    assert (await world.list(ANN, 10, None)).avatars == ()


async def test_another_pose_builds_nothing_and_keeps_all_files(world: World) -> None:
    avatar = await world.avatar()
    file = await world.export(ANN, avatar.id, FileOptions(lod=1))
    world.clock.advance(seconds=1)
    posed = await world.update(ANN, avatar.id, SAME, None, "seated")
    assert (posed.recipe.pose_id, posed.revision) == ("seated", avatar.revision + 2)
    assert posed.updated_at > avatar.updated_at
    assert posed.files.dressed == avatar.files.dressed
    assert posed.files.of(FileOptions(lod=1)) == file
    assert world.mesher.builds == 2
    assert (await world.update(ANN, avatar.id, SAME, None, "seated")) == posed
    assert (await world.update(ANN, avatar.id, SAME, None, "")).recipe.pose_id == ""


async def test_another_look_keeps_the_pose(world: World) -> None:
    avatar = await world.create(ANN, WOMAN, Look(), DRESS, pose_id="seated")
    other = await world.update(ANN, avatar.id, LookChange(skin_id="tone-09"), None)
    assert (other.recipe.look.skin_id, other.recipe.pose_id) == ("tone-09", "seated")


async def test_an_unknown_pose_changes_nothing(world: World) -> None:
    avatar = await world.avatar()
    with pytest.raises(PoseNotFound):
        await world.update(ANN, avatar.id, SAME, None, "moonwalk")
    assert await world.get(ANN, avatar.id) == avatar


async def test_a_file_is_asked_for_in_a_pose_in_its_own_and_in_the_rest_pose(world: World) -> None:
    avatar = await world.create(ANN, WOMAN, Look(), DRESS, pose_id="seated")
    own = await world.export(ANN, avatar.id, DRESSED)
    rest = await world.export(ANN, avatar.id, DRESSED, "")
    bent = await world.export(ANN, avatar.id, DRESSED, "bent-elbow")
    assert rest == avatar.files.dressed
    assert len({own, rest, bent}) == 3
    assert own == await world.export(ANN, avatar.id, DRESSED, "seated")
    assert world.mesher.builds == 3


async def test_what_a_pose_is_names_its_file(world: World) -> None:
    avatar, mine = await world.avatar(), str(uuid4())
    world.poses.own[ANN, mine] = b"seated"
    file = await world.export(ANN, avatar.id, DRESSED, "seated")
    assert await world.export(ANN, avatar.id, DRESSED, mine) == file
    world.poses.own[ANN, mine] = b"yoga"
    assert await world.export(ANN, avatar.id, DRESSED, mine) != file


async def test_somebody_elses_pose_is_unknown(world: World) -> None:
    avatar, theirs = await world.avatar(), str(uuid4())
    world.poses.own[BOB, theirs] = b"yoga"
    with pytest.raises(PoseNotFound):
        await world.export(ANN, avatar.id, DRESSED, theirs)


async def test_an_avatar_whose_own_pose_was_deleted_stands_as_it_was_made(world: World) -> None:
    mine = str(uuid4())
    world.poses.own[ANN, mine] = b"yoga"
    avatar = await world.create(ANN, WOMAN, Look(), DRESS, pose_id=mine)
    assert await world.export(ANN, avatar.id, DRESSED) != avatar.files.dressed
    del world.poses.own[ANN, mine]
    assert await world.export(ANN, avatar.id, DRESSED) == avatar.files.dressed
    with pytest.raises(PoseNotFound):
        await world.export(ANN, avatar.id, DRESSED, mine)


def test_keys_tell_poses_apart_and_a_baked_one_has_no_rest_pose() -> None:
    plain = FileOptions(FileFormat.OBJ)
    assert plain.in_pose(None) == plain
    assert plain.in_pose(b"a").key != plain.in_pose(b"b").key != plain.key
    from_t = FileOptions(FileFormat.OBJ, pose=RestPose.T)
    assert from_t != plain
    assert from_t.in_pose(b"a") == plain.in_pose(b"a")
    assert FileOptions(pose=RestPose.T).in_pose(b"a") != FileOptions().in_pose(b"a")

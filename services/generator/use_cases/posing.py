"""Which poses an avatar takes."""

from __future__ import annotations

from collections.abc import Sequence

from services.generator.domain.errors import PoseNotFound
from services.generator.domain.model import Avatar
from services.generator.domain.ports_pictures import PoseShelf


async def taken_pose(poses: PoseShelf, avatar: Avatar, pose_id: str | None) -> bytes | None:
    """The contract's ``Pose`` of that id; None for the rest pose, which an empty id asks for.

    Without an id, None, it is the avatar's own pose. A pose of somebody's own may be deleted while an avatar has it: then
    the avatar stands as it was made. Raise PoseNotFound for an id that was asked for, and Unavailable.
    """
    if pose_id is not None:
        return await poses.get(avatar.owner, pose_id) if pose_id else None
    if not avatar.recipe.pose_id:
        return None
    try:
        return await poses.get(avatar.owner, avatar.recipe.pose_id)
    except PoseNotFound:
        return None


async def taken_poses(poses: PoseShelf, avatar: Avatar, pose_ids: Sequence[str]) -> list[bytes | None]:
    """The same for poses that follow each other; where there is no id, the avatar's own alone.

    Raise PoseNotFound, which names the place of the id.
    """
    if not pose_ids:
        return [await taken_pose(poses, avatar, None)]
    taken: list[bytes | None] = []
    for index, pose_id in enumerate(pose_ids):
        try:
            taken.append(await taken_pose(poses, avatar, pose_id))
        except PoseNotFound as unknown:
            raise PoseNotFound(pose_id, f"pose_ids[{index}]") from unknown
    return taken

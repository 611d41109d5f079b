"""From uploads to poses: decoded, looked at, fitted in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from atelier.common.v1 import pose_pb2 as pb
from atelierkit import failpoints
from atelierkit.admission import Admission
from atelierkit.inference import Inference
from bodypose.bvh import retarget
from bodypose.bvh.refusal import MotionRefused
from bodypose.photo import read as photo
from bodypose.photo.people import PersonSearch
from bodypose.skeleton import BONES, Pose, Support
from photos.model import PhotoRefused
from services.generator.adapters.photos import decoded
from services.generator.adapters.pose_networks import InferredPoses
from services.generator.domain.custom_poses import ReadPose
from services.generator.domain.errors import InvalidMotion, InvalidPosePhoto
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import FileStore

_SUPPORTS: Mapping[Support, pb.Support.ValueType] = {
    Support.FEET: pb.SUPPORT_FEET,
    Support.SEAT: pb.SUPPORT_SEAT,
    Support.FLOOR: pb.SUPPORT_FLOOR,
}


class UploadedPoses:
    """Reads poses. How many requests do so at once is bounded, together with those that read faces: memory is bounded."""

    def __init__(self, inference: Inference, store: FileStore, admission: Admission) -> None:
        self._search = PersonSearch(InferredPoses(inference))
        self._store = store
        self._admission = admission

    async def of_photo(self, photo_file: StoredFile) -> ReadPose:
        async with self._admission.place():
            data = await self._store.get(photo_file)
            try:
                people = await self._search.people(await asyncio.to_thread(decoded, data))
                await failpoints.reach("poses.searched")
                found = await asyncio.to_thread(photo.read, people)
            except PhotoRefused as refusal:
                raise InvalidPosePhoto(refusal.code, refusal.message, refusal.limit) from refusal
        return _read(found.pose, found.clamped, found.unknown)

    async def of_motion(self, motion: StoredFile, frame: int) -> ReadPose:
        async with self._admission.place():
            data = await self._store.get(motion)
            try:
                found = await asyncio.to_thread(retarget.read, data, frame)
            except MotionRefused as refusal:
                raise InvalidMotion(refusal.code, refusal.message, refusal.limit or None) from refusal
        return _read(found.pose, found.clamped, found.unknown)


def _read(pose: Pose, clamped: Sequence[str], unknown: Sequence[str]) -> ReadPose:
    message = pb.Pose(
        turns=[
            pb.JointTurn(bone=bone, x=x, y=y, z=z, w=w)
            for bone, (x, y, z, w) in sorted(pose.turns.items(), key=lambda turn: BONES.index(turn[0]))
        ],
        support=_SUPPORTS[pose.support],
    )
    return ReadPose(message.SerializeToString(deterministic=True), tuple(clamped), tuple(unknown))

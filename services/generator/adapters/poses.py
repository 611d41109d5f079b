"""Poses, given by the catalog service."""

from __future__ import annotations

from collections import OrderedDict

from atelier.catalog.v1 import poses_pb2 as pb
from atelier.catalog.v1 import poses_pb2_grpc
from atelierkit.errors import Code, RemoteError
from services.generator.adapters.neighbours import calling
from services.generator.domain.errors import PoseNotFound

_KEPT = 1_024


class CatalogPoses:
    """The library. A word never comes to mean another pose, so what was asked for last is remembered."""

    def __init__(
        self, stub: poses_pb2_grpc.PoseServiceAsyncStub, timeout_s: float, kept: int = _KEPT
    ) -> None:
        self._stub = stub
        self._timeout_s = timeout_s
        self._kept = kept
        self._poses: OrderedDict[str, bytes] = OrderedDict()

    async def get(self, owner: str, pose_id: str) -> bytes:
        if pose_id not in self._poses:
            self._poses[pose_id] = await self._asked(pose_id)
        self._poses.move_to_end(pose_id)
        if len(self._poses) > self._kept:
            self._poses.popitem(last=False)
        return self._poses[pose_id]

    async def _asked(self, pose_id: str) -> bytes:
        try:
            with calling("catalog", Code.NOT_FOUND):
                answer = await self._stub.GetPose(pb.GetPoseRequest(id=pose_id), timeout=self._timeout_s)
        except RemoteError as error:
            if error.code is not Code.NOT_FOUND:
                raise
            raise PoseNotFound(pose_id) from error
        return answer.pose.SerializeToString(deterministic=True)

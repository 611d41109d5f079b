"""Pictures of poses, for galleries that anybody may look at: each is drawn once, however many ask for it at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from atelier.catalog.v1 import poses_pb2
from atelier.common.v1 import blob_pb2, body_pb2
from atelier.mesher.v1 import pictures_pb2
from atelierkit.admission import Admission
from atelierkit.errors import NotFound
from services.gateway.clients import Clients

_KEPT = 8_192
"""More than every pose in every size on every body that a gallery shows: 100 bytes each."""


class PosePicture(NamedTuple):
    """Which picture is wanted."""

    pose_id: str
    body_type: body_pb2.BodyType.ValueType
    size: int


class PosePictures:
    """Remembers where pictures lie, and has those drawn that are not there; only these take a place of the drawings."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[PosePicture, blob_pb2.BlobRef] = OrderedDict()
        self._drawing: dict[PosePicture, asyncio.Task[blob_pb2.BlobRef]] = {}

    async def get(
        self, clients: Clients, drawings: Admission, wanted: PosePicture, timeout_s: float
    ) -> blob_pb2.BlobRef:
        """Where the picture lies. Raise NotFound for a pose that there is not, Unavailable and Overloaded."""
        known = self._known.get(wanted)
        if known is not None and await _is_there(clients, known):
            self._known.move_to_end(wanted)
            return known
        if wanted not in self._drawing:
            self._drawing[wanted] = asyncio.create_task(_drawn(clients, drawings, wanted, timeout_s))
            self._drawing[wanted].add_done_callback(lambda drawing: self._remember(wanted, drawing))
        # Whoever asked first may go: the others wait for the same picture.
        return await asyncio.shield(self._drawing[wanted])

    def _remember(self, wanted: PosePicture, drawing: asyncio.Task[blob_pb2.BlobRef]) -> None:
        del self._drawing[wanted]
        if drawing.cancelled() or drawing.exception() is not None:
            return
        self._known[wanted] = drawing.result()
        self._known.move_to_end(wanted)
        if len(self._known) > self._kept:
            self._known.popitem(last=False)


async def _is_there(clients: Clients, known: blob_pb2.BlobRef) -> bool:
    try:
        await clients.blobs.head(known.key)
    except NotFound:
        return False
    return True


async def _drawn(
    clients: Clients, drawings: Admission, wanted: PosePicture, timeout_s: float
) -> blob_pb2.BlobRef:
    pose = (await clients.poses.GetPose(poses_pb2.GetPoseRequest(id=wanted.pose_id))).pose
    request = pictures_pb2.RenderPosePictureRequest(pose=pose, body_type=wanted.body_type, size=wanted.size)
    async with drawings.place():
        return (await clients.mesher_pictures.RenderPosePicture(request, timeout=timeout_s)).file

"""``python -m tests.integration.generator.photo_memory PLACES``: what two requests at once add to this process' memory.

Each brings three photos of 16 megapixels. Prints megabytes by which the peak has grown.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from contextlib import suppress
from uuid import uuid4

import numpy as np

from atelierkit.admission import Admission, Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.inference import LocalInference
from facemodel.topology import FaceTopology
from photos.encode import jpeg
from services.generator.adapters.face_sense import FaceSense
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.photos import PhotoReader
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import FaceOrder, Photo, Slot
from services.generator.domain.model import StoredFile
from tests.unit.generator.world import MODELS


async def main(places: int) -> None:
    """Read walls: everything but the last stages, which work on small pictures."""
    blobs = MemoryBlobs()

    async def order(side: int) -> FaceOrder:
        wall = jpeg(np.full((side, side, 3), 120, np.uint8))
        ref = await blobs.put(wall, prefix=f"uploads/{uuid4().hex}", media_type="image/jpeg")
        file = StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)
        return FaceOrder(tuple(Photo(slot, file) for slot in Slot))

    async with LocalInference(MODELS) as inference:
        queue = Admission("photos", Limits(places, longest_wait_s=600.0))
        sense = FaceSense(FaceTopology.load(MODELS), "1.0.0")
        reader = PhotoReader(inference, BlobFiles(blobs), queue, sense)

        async def read(asked: FaceOrder) -> None:
            with suppress(InvalidPhotos):
                await reader.read(asked)

        large = await order(4096)
        await read(await order(1024))
        before = _peak_mb()
        await asyncio.gather(read(large), read(large))
        print(_peak_mb() - before)  # noqa: T201  its answer


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

"""From uploads to a face: decoded one by one, looked at together, understood in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from atelierkit import failpoints
from atelierkit.admission import Admission
from atelierkit.inference import Inference
from facemodel.arrays import RgbImage
from facemodel.features.network import looked_at
from facemodel.search import FaceSearch
from photos.decode import upright
from photos.encode import shrunk
from photos.model import PhotoRefused
from services.generator.adapters.face_networks import FaceNetworks
from services.generator.adapters.face_sense import FaceSense, Sight
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import FaceOrder, Photo, PhotoFault, ReadFace
from services.generator.domain.ports import FileStore

WORKING_SIDE = 2048
"""Longest side of a photo that is worked on, in pixels: 12 MB instead of 48, and a face is cut to some hundred anyway."""
_ENOUGH = 2000
"""Of it, where the decoder can leave pixels out: photos of 12 megapixels, 4000 or 4032 wide, come at half their size."""


class PhotoReader:
    """Reads photos. How many requests do so at once is bounded, and each decodes one photo at a time: memory is bounded."""

    def __init__(
        self, inference: Inference, store: FileStore, admission: Admission, sense: FaceSense
    ) -> None:
        self._inference = inference
        self._store = store
        self._admission = admission
        self._sense = sense

    async def read(self, order: FaceOrder) -> ReadFace:
        async with self._admission.place():
            images = await self._decoded(order.photos)
            networks = FaceNetworks(self._inference)
            found = await FaceSearch(networks, self._sense.mirror).each(images)
            await failpoints.reach("faces.searched")
            sights = [Sight(*seen) for seen in zip(order.photos, images, found, strict=True)]
            photos = await asyncio.to_thread(self._sense.judged, sights)
            traits = await looked_at(
                networks, [photo.view for photo in photos], [photo.image for photo in photos]
            )
            face = await asyncio.to_thread(self._sense.face, photos, traits, order)
        return replace(face, inference_ms=round(1000 * networks.seconds))

    async def _decoded(self, photos: Sequence[Photo]) -> list[RgbImage]:
        """All of them. Raise InvalidPhotos, which names each that is no photo."""
        images: list[RgbImage] = []
        faults: list[PhotoFault] = []
        for photo in photos:
            data = await self._store.get(photo.file)
            try:
                images.append(await asyncio.to_thread(decoded, data))
            except PhotoRefused as refusal:
                faults.append(fault(photo, refusal))
        if faults:
            raise InvalidPhotos(faults)
        return images


def decoded(data: bytes) -> RgbImage:
    """Upright pixels, as many as are worked on. Raise PhotoRefused."""
    return shrunk(upright(data, _ENOUGH), WORKING_SIDE)


def fault(photo: Photo, refusal: PhotoRefused) -> PhotoFault:
    """What the owner of a file is told that makes no picture."""
    return PhotoFault(photo.slot, photo.filename, refusal.code, refusal.message, refusal.limit)

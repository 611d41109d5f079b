"""From uploads to a face: decoded one by one, searched together, understood in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from atelierkit import failpoints
from atelierkit.admission import Admission
from atelierkit.inference import Inference
from facemodel.arrays import RgbImage
from facemodel.landmarks import MESH_POINTS, FaceMesh
from facemodel.search import FaceSearch
from photos.decode import upright
from photos.encode import jpeg, shrunk
from photos.limits import SMALLEST_SIDE
from photos.model import PhotoFormat, PhotoRefused
from services.generator.adapters.face_networks import FaceNetworks
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import FaceOrder, Photo, PhotoFault, ReadFace, SeenPhoto
from services.generator.domain.ports import FileStore

WORKING_SIDE = 2048
"""Longest side of a photo that is worked on: the networks see 224 pixels of a face, features some hundred more."""
PICTURE_SIDE = 768
"""Longest side of the small picture."""
_HEAD = 2.0
"""Side of the square around a head, in extents of its face."""


@dataclass(frozen=True, eq=False)
class Sight:
    """A photo that was looked at."""

    photo: Photo
    image: RgbImage
    """Upright, with no side longer than WORKING_SIDE."""
    faces: Sequence[FaceMesh]
    """In pixels of the image, largest first."""


Understand = Callable[[Sequence[Sight], FaceOrder], ReadFace]
"""Judges, fuses and describes; raises InvalidPhotos. It runs in a thread, and knows nothing of the networks' time."""


class PhotoReader:
    """Reads photos. How many requests do so at once is bounded, and each decodes one photo at a time: memory is bounded."""

    def __init__(
        self, inference: Inference, store: FileStore, admission: Admission, understand: Understand
    ) -> None:
        self._inference = inference
        self._store = store
        self._admission = admission
        self._understand = understand

    async def read(self, order: FaceOrder) -> ReadFace:
        async with self._admission.place():
            images = await self._decoded(order.photos)
            networks = FaceNetworks(self._inference)
            found = await FaceSearch(networks).each(images)
            await failpoints.reach("faces.searched")
            sights = [
                Sight(photo, image, faces)
                for photo, image, faces in zip(order.photos, images, found, strict=True)
            ]
            face = await asyncio.to_thread(self._understand, sights, order)
        return replace(face, inference_ms=round(1000 * networks.seconds))

    async def _decoded(self, photos: Sequence[Photo]) -> list[RgbImage]:
        """All of them. Raise InvalidPhotos, which names each that is no photo."""
        images: list[RgbImage] = []
        faults: list[PhotoFault] = []
        for photo in photos:
            data = await self._store.get(photo.file)
            try:
                images.append(await asyncio.to_thread(_image, data))
            except PhotoRefused as refusal:
                faults.append(_fault(photo, refusal))
        if faults:
            raise InvalidPhotos(faults)
        return images


def seen_photo(sight: Sight) -> SeenPhoto:
    """The small picture of the largest face in a photo, encoded anew, with the face's points in it."""
    mesh = sight.faces[0]
    (left, top), (right, bottom) = _head(mesh, sight.image)
    cut = sight.image[top:bottom, left:right]
    picture = shrunk(cut, PICTURE_SIDE)
    scale = picture.shape[1] / cut.shape[1]
    points = (mesh.points[:MESH_POINTS] - (left, top, 0.0)) * scale
    return SeenPhoto(
        slot=sight.photo.slot,
        picture=jpeg(picture),
        media_type=PhotoFormat.JPEG.media_type,
        points=points.astype("<f4").tobytes(),
    )


def _head(mesh: FaceMesh, image: RgbImage) -> tuple[tuple[int, int], tuple[int, int]]:
    """Upper left and lower right corner of a square around a head, as far as the photo goes."""
    low, high = mesh.bounds
    sides = np.array(image.shape[1::-1])
    side = np.minimum(sides, max(SMALLEST_SIDE, round(_HEAD * mesh.extent)))
    corner = np.clip(np.round((low + high) / 2 - side / 2).astype(int), 0, sides - side)
    (left, top), (right, bottom) = corner.tolist(), (corner + side).tolist()
    return (left, top), (right, bottom)


def _image(data: bytes) -> RgbImage:
    return shrunk(upright(data), WORKING_SIDE)


def _fault(photo: Photo, refusal: PhotoRefused) -> PhotoFault:
    limit = refusal.values.get("most", refusal.values.get("least"))
    return PhotoFault(
        photo.slot, photo.filename, refusal.code, refusal.message, None if limit is None else str(limit)
    )

"""All faces of some photos, with few runs of the networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facemodel import detect, landmarks
from facemodel.arrays import RgbImage
from facemodel.landmarks import FaceMesh
from facemodel.networks import Networks, Range
from photos import crop
from photos.crop import Window
from photos.detect import Sight

_LEAST_PRESENCE = 0.5
_APART = 0.5
"""Of the larger face's extent, between two middles."""
_MOST_FACES = 8
"""Of one photo: more people than that are a crowd, and only their number is told."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which photo a face may be."""

    photo: int
    window: Window


class FaceSearch:
    """Finds faces: by a detector for near ones, by another where that finds none, and the mesh of each.

    A detector's box is rough. Meshes that are made of the square around the first one differ less from one photo of a
    face to the next: 0.4 % of the distance of the eyes instead of 0.9 % (turned by up to 8 degrees, scaled by 0.7 to
    1.1; four people). Further rounds gain less than they cost. Zero `refinements` is what mediapipe does with one photo.
    """

    def __init__(self, networks: Networks, refinements: int = 1) -> None:
        self._networks = networks
        self._refinements = refinements

    async def faces(self, image: RgbImage) -> list[FaceMesh]:
        """The faces of one photo, largest first."""
        return (await self.each([image]))[0]

    async def each(self, images: Sequence[RgbImage]) -> list[list[FaceMesh]]:
        """The faces of each photo, largest first; all photos go through each network together."""
        numbers = range(len(images))
        found = await self._faces(Range.SHORT, images, numbers)
        missing = [number for number in numbers if not found[number]]
        if missing:
            again = await self._faces(Range.FULL, images, missing)
            found = [mine or others for mine, others in zip(found, again, strict=True)]
        return [_apart(faces) for faces in found]

    async def _faces(
        self, reach: Range, images: Sequence[RgbImage], numbers: Sequence[int]
    ) -> list[list[FaceMesh]]:
        """The faces that one detector leads to, for every photo; those without a number here have none."""
        places = await self._places(reach, images, numbers)
        meshes = await self._meshes(images, places)
        for _ in range(self._refinements):
            places = [
                _Place(place.photo, landmarks.around_mesh(mesh))
                for place, mesh in zip(places, meshes, strict=True)
                if mesh.presence >= _LEAST_PRESENCE
            ]
            meshes = await self._meshes(images, places)
        found: list[list[FaceMesh]] = [[] for _ in images]
        for place, mesh in zip(places, meshes, strict=True):
            if mesh.presence >= _LEAST_PRESENCE:
                found[place.photo].append(mesh)
        return found

    async def _places(self, reach: Range, images: Sequence[RgbImage], numbers: Sequence[int]) -> list[_Place]:
        if not numbers:
            return []
        sights = [Sight.of(images[number], detect.DETECTORS[reach]) for number in numbers]
        cuts = [sight.cut(images[number]) for sight, number in zip(sights, numbers, strict=True)]
        raw = await self._networks.detect(reach, crop.tensor(cuts, -1.0, 1.0))
        return [
            _Place(number, landmarks.around(face))
            for number, faces in zip(numbers, detect.each(sights, raw), strict=True)
            for face in faces[:_MOST_FACES]
        ]

    async def _meshes(self, images: Sequence[RgbImage], places: Sequence[_Place]) -> list[FaceMesh]:
        if not places:
            return []
        cuts = [place.window.cut(images[place.photo], landmarks.GRID) for place in places]
        raw = await self._networks.mesh(crop.tensor(cuts, 0.0, 1.0))
        return landmarks.placed([place.window for place in places], raw)


def _apart(faces: Sequence[FaceMesh]) -> list[FaceMesh]:
    """Largest first, each face once: boxes that overlap too little to be merged may lead to the same one."""
    kept: list[FaceMesh] = []
    for face in sorted(faces, key=lambda face: -face.extent):
        if all(np.linalg.norm(face.middle - other.middle) > _APART * other.extent for other in kept):
            kept.append(face)
    return kept

"""A person's face as it comes to a body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facemodel.arrays import FloatArray, RgbImage
from services.mesher.domain.errors import NotAFace

_SIZES_M = (0.03, 0.15)
"""Root mean square distance of a face's points from their centroid: a child's is 50 mm, a large man's 75."""


@dataclass(frozen=True, slots=True, eq=False)
class WornFace:
    """A face to put on."""

    points: FloatArray
    """(468, 3) metres, the face's own frame: X to the person's left, Y up, Z forward."""
    picture_key: str
    """Of its picture, in the object store."""
    skin_color: str
    """`#rrggbb`, the skin in that picture."""
    eye_color: str
    """`#rrggbb` of the irises; empty where it could not be told."""

    def check(self) -> None:
        """Raise NotAFace where the points are no numbers, or are not as large as those of any face."""
        size = float(np.sqrt(((self.points - self.points.mean(axis=0)) ** 2).sum(axis=1).mean()))
        if not _SIZES_M[0] < size < _SIZES_M[1]:  # which is true of NaN as well
            raise NotAFace("face.geometry.points")


@dataclass(frozen=True, slots=True, eq=False)
class PersonFace:
    """A face with its picture."""

    worn: WornFace
    picture: RgbImage
    """In the texture coordinates of the face's topology."""

"""A face's own axes in its photo: what is measured along them does not depend on place, size or turn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.landmarks import LEFT_EYE, RIGHT_EYE
from photos.crop import Window

_CROWN, _CHIN = 10, 152


@dataclass(frozen=True, slots=True)
class Axes:
    """Where a face lies in its photo, and its unit: the distance of the eyes' outer corners, in depth too."""

    middle: FloatArray
    """(3,) pixels, between the eyes."""
    unit: float
    """Pixels."""
    rows: FloatArray
    """(3, 3): to the person's left, up, forward, as unit vectors of the photo."""

    @classmethod
    def of(cls, points: FloatArray) -> Axes:
        """The axes of a face with these points (at least 468, 3) in a photo."""
        right, left = points[RIGHT_EYE], points[LEFT_EYE]
        unit = float(np.linalg.norm(left - right))
        across = (left - right) / unit
        up = points[_CROWN] - points[_CHIN]
        up = up - across * float(up @ across)
        up /= np.linalg.norm(up)
        # A photo counts down and away from the camera: two turns, so its axes are right-handed too.
        return cls((right + left) / 2.0, unit, np.stack([across, up, np.cross(across, up)]))

    @property
    def angle(self) -> float:
        """Radians that upright is turned by in the photo."""
        up = self.rows[1]
        return math.atan2(up[0], -up[1])

    def along(self, points: FloatArray) -> FloatArray:
        """(n, 3) points of the photo -> along the axes, in units."""
        placed: FloatArray = (points - self.middle) @ self.rows.T / self.unit
        return placed

    def away(self, start: FloatArray, offset: FloatArray) -> FloatArray:
        """(3,) the place in the photo that lies `offset` (3,), in units, from `start`."""
        place: FloatArray = start + offset @ self.rows * self.unit
        return place

    def window(self, middle: FloatArray, side: float) -> Window:
        """An upright square; `side` counts in units."""
        return Window((float(middle[0]), float(middle[1])), side * self.unit, self.angle)

"""Where the camera stands: the whole body in the frame whatever its pose, or head and shoulders."""

from __future__ import annotations

import enum

import numpy as np

from services.mesher.domain.stage import View
from services.mesher.domain.surface import FloatArray

_BODY_FIELD = 24.0
_PORTRAIT_FIELD = 17.0
"""As 85 mm see on film, on a square."""
_MARGIN = 0.07
"""Share of the frame that stays free on every side."""


class Camera(enum.Enum):
    """Where the camera stands."""

    PORTRAIT = "portrait"
    FULL_BODY = "full_body"
    SIDE = "side"
    BACK = "back"


AZIMUTHS = {Camera.PORTRAIT: 14.0, Camera.FULL_BODY: 17.0, Camera.SIDE: 90.0, Camera.BACK: 180.0}
"""Degrees from the front towards the person's left."""
_MOST_BESIDE = 50.0
"""Degrees that a portrait is taken beside where the face looks, at most."""
_ELEVATION = 4.0
"""Degrees that whole bodies are looked down upon."""


def whole(points: FloatArray, azimuth: float, elevation: float = _ELEVATION) -> View:
    """The closest view from a direction, degrees, that shows all points (n, 3) with a margin."""
    back, right, up = _axes(azimuth, elevation)
    reach = np.tan(np.radians(_BODY_FIELD) / 2.0) * (1.0 - 2.0 * _MARGIN)
    x, y, z = (points @ axis for axis in (right, up, back))
    # A point is in the frame where |x - eye x| <= reach (eye z - z): four planes, of which the outermost count.
    left, rightmost = (x * -1.0 + reach * z).max(), (x + reach * z).max()
    low, high = (y * -1.0 + reach * z).max(), (y + reach * z).max()
    distance = max(left + rightmost, low + high) / (2.0 * reach)
    eye = (rightmost - left) / 2.0 * right + (high - low) / 2.0 * up + distance * back
    return _view(eye, eye - back * (distance - float(z.mean())), _BODY_FIELD)


def portrait(head: FloatArray, azimuth: float) -> View:
    """Head and shoulders: `head` (n, 3) are points of the head with its hair, from chin to crown."""
    back, _, up = _axes(azimuth, 1.0)
    low, high = head[:, 1].min(), head[:, 1].max()
    middle = (head.min(axis=0) + head.max(axis=0)) / 2.0
    height = max(float(high - low), 0.2)
    # The head takes half of the frame, a little above its middle.
    target = middle - 0.30 * height * up
    distance = 0.98 * height / np.tan(np.radians(_PORTRAIT_FIELD) / 2.0)
    return _view(target + distance * back, target, _PORTRAIT_FIELD)


def facing(azimuth: float, ahead: FloatArray) -> float:
    """The azimuth nearest to this one from which a face that looks ahead (3,) is seen, and not the back of a head."""
    turned = float(np.degrees(np.arctan2(ahead[0], ahead[2])))
    beside = (azimuth - turned + 180.0) % 360.0 - 180.0
    return azimuth if abs(beside) <= _MOST_BESIDE else turned + float(np.copysign(_MOST_BESIDE, beside))


def _axes(azimuth: float, elevation: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Towards the camera, to its right and up."""
    a, e = np.radians(azimuth), np.radians(elevation)
    back = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    return back, right, np.cross(back, right)


def _view(eye: FloatArray, target: FloatArray, field: float) -> View:
    return View(
        (float(eye[0]), float(eye[1]), float(eye[2])),
        (float(target[0]), float(target[1]), float(target[2])),
        field,
    )

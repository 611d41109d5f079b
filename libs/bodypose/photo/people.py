"""The people of a photo, each with 33 landmarks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.photo.networks import LANDMARK_SIDE, LANDMARKS, PoseNetworks, RawLandmarks
from photos import crop
from photos.arrays import RgbImage
from photos.crop import Grid, Window
from photos.detect import Detection, Detector, Sight

DETECTOR = Detector(224, ((8, 2), (16, 2), (32, 6)))
"""A person's points are the middle of the hips, a point on the circle around the whole body, and the same two for the
upper body."""
_GRID = Grid(LANDMARK_SIDE, samples=LANDMARK_SIDE, repeat_edge=True, smooth=False)
_ROOM = 1.25
"""Side of the square around a person, in diameters of the circle: what the network was trained with."""
_LEAST_PRESENCE = 0.5
_MOST_PEOPLE = 8
"""More people than that are a crowd, and only their number is told."""
_APART = 0.4
"""Of the larger person's torso, between two torsos' middles."""
_TORSO = [11, 12, 23, 24]
"""Shoulders and hips."""


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A person in a photo."""

    flat: FloatArray
    """(33, 2) pixels of the photo, x right, y down."""
    visibility: FloatArray
    """(33,) probability that a landmark is in the photo and not hidden."""
    world: FloatArray
    """(33, 3) metres from the middle of the hips in the axes of ADR 0013: x to the photo's right, y up, z to the camera."""
    presence: float
    """Probability that this is a person."""

    @property
    def torso_px(self) -> float:
        """Pixels from the middle of the shoulders to that of the hips."""
        shoulders, hips = self.flat[[11, 12]].mean(axis=0), self.flat[[23, 24]].mean(axis=0)
        return float(np.linalg.norm(shoulders - hips))

    @property
    def middle(self) -> FloatArray:
        """(2,) of the torso."""
        middle: FloatArray = self.flat[_TORSO].mean(axis=0)
        return middle


class PersonSearch:
    """Finds people by the detector and the landmarks of each."""

    def __init__(self, networks: PoseNetworks) -> None:
        self._networks = networks

    async def people(self, image: RgbImage) -> list[Person]:
        """The people of a photo, largest first."""
        sight = Sight.of(image, DETECTOR)
        raw = await self._networks.detect_people(crop.tensor([sight.cut(image)], -1.0, 1.0))
        windows = [around(found) for found in sight.found(raw.boxes[0], raw.scores[0])[:_MOST_PEOPLE]]
        if not windows:
            return []
        cuts = [window.cut(image, _GRID) for window in windows]
        told = placed(windows, await self._networks.landmarks(crop.tensor(cuts, 0.0, 1.0)))
        return _apart([person for person in told if person.presence >= _LEAST_PRESENCE])


def around(found: Detection) -> Window:
    """The square around a detected person, their torso upright."""
    middle, rim = found.points[0], found.points[1]
    away = rim - middle
    angle = math.pi / 2.0 + math.atan2(away[1], away[0])
    return Window((float(middle[0]), float(middle[1])), 2.0 * _ROOM * math.hypot(*away), angle)


def placed(windows: list[Window], raw: RawLandmarks) -> list[Person]:
    """The network's answers for the cuts of some windows, in their photo."""
    return [
        Person(
            window.to_photo(raw.landmarks[row, :LANDMARKS, :2], LANDMARK_SIDE),
            raw.visibility[row, :LANDMARKS].astype(np.float64),
            _upright(raw.world[row, :LANDMARKS], window.angle),
            float(raw.presence[row, 0]),
        )
        for row, window in enumerate(windows)
    ]


def _upright(world: FloatArray, angle: float) -> FloatArray:
    """The network's metres, turned back as its picture was, then with y up and z to the camera."""
    cosine, sine = math.cos(angle), math.sin(angle)
    turned = world.astype(np.float64) @ np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    upright: FloatArray = turned * [1.0, -1.0, -1.0]
    return upright


def _apart(people: Sequence[Person]) -> list[Person]:
    """Largest first, each person once: boxes that overlap too little to be merged may lead to the same one."""
    kept: list[Person] = []
    for person in sorted(people, key=lambda person: -person.torso_px):
        if all(np.linalg.norm(person.middle - other.middle) > _APART * other.torso_px for other in kept):
            kept.append(person)
    return kept

"""How far a pose is from what was seen, term by term, each in its own standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bodypose import body
from bodypose.arrays import FloatArray, IntArray
from bodypose.joints import turns_at
from bodypose.limits import excess
from bodypose.photo import start
from bodypose.photo.guess import HABITS, HANDS_AT_EASE
from bodypose.photo.people import Person
from bodypose.skeleton import INDEX, forward, product

SEEN = 0.5
"""Probability from which a landmark counts as seen."""
_ROOT = INDEX["Hips"]
_FLAT = 0.015
"""Torso lengths that a landmark is off in the picture."""
_SLOPE = (0.12, 0.12, 0.2)
"""What a bone's direction is off across the picture, up, and in depth, which the network guesses."""
_LENGTH = 0.07
"""Share by which a limb's length differs from the middling body's."""
_LIMIT = np.radians(1.5)
"""How far a joint goes beyond its limits."""
_NEARNESS = 0.15
"""Torso lengths over the camera's distance, as people take photos."""
_LEAST_DEPTH = 0.2
"""Of the camera's distance: nothing is seen from nearer."""
_DOUBLED = [1, 3, 4, 6]
"""The corners of the eyes, which say nothing that their middles don't."""

_SLOPES: IntArray = np.array(
    [
        (12, 11), (24, 23), (23, 11), (24, 12), (8, 7), (7, 0), (8, 0), (11, 7), (12, 8),
        (11, 13), (13, 15), (15, 19), (17, 19), (12, 14), (14, 16), (16, 20), (18, 20),
        (23, 25), (25, 27), (29, 31), (24, 26), (26, 28), (30, 32),
    ]
)  # fmt: skip
"""Pairs of landmarks whose direction in space is compared."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A person in a pose before a camera; or many of them, along leading axes."""

    turns: FloatArray
    """(..., 52, 4) unit quaternions; the world is the camera's: x to the photo's right, y up in it, z to the camera."""
    rest: FloatArray
    """(..., 52, 3) bone heads of a person of these proportions in the A pose, metres."""
    landmarks: FloatArray
    """(..., 33, 3) metres."""
    flat: FloatArray
    """(..., 33, 2) torso lengths in the photo from the middle of what was seen, x right, y down."""


class Residuals:
    """Of one person.

    Parameters are, one after another: the pelvis' turn from where it seems to face, radians; the angles of
    `guess.HABITS`; the logarithms of `body.SCALES`; and of the camera the logarithm of torso lengths a metre, its shift to
    the right and down in torso lengths, and its nearness.
    """

    def __init__(self, person: Person) -> None:
        self._facing = start.facing(person.world)
        self._first = start.first_angles(person.world, person.visibility >= SEEN)
        self._weight = np.where(person.visibility >= SEEN, person.visibility, 0.0)
        self._weight[_DOUBLED] = 0.0
        middle = np.average(person.flat, axis=0, weights=self._weight)
        self._flat = (person.flat - middle) / max(person.torso_px, 1.0)
        self._slopes = _slopes(person.world)
        self._slope_weight = self._weight[_SLOPES].min(axis=1)
        shoulders, hips = person.world[list(body.SHOULDERS)], person.world[list(body.HIPS)]
        self._torso_m = max(float(np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0))), 0.1)

    @property
    def start(self) -> FloatArray:
        """(p,) parameters to begin with."""
        camera = [-np.log(self._torso_m), 0.0, 0.0, _NEARNESS]
        return np.concatenate([np.zeros(3), self._first, np.zeros(len(body.SCALES)), camera])

    def guess(self, parameters: FloatArray) -> Guess:
        """(..., p) parameters as people."""
        turn, angles, lengths, camera = _parts(parameters)
        whole = np.broadcast_to(HANDS_AT_EASE, (*parameters.shape[:-1], *HANDS_AT_EASE.shape)).copy()
        whole[..., HABITS.bones, HABITS.axes] = angles
        turns = turns_at(whole)
        turns[..., _ROOT, :] = product(_turned(turn), np.broadcast_to(self._facing, (*turn.shape[:-1], 4)))
        rest = body.proportioned(np.exp(lengths))
        landmarks = body.landmarks_of(*forward(turns, rest))
        return Guess(turns, rest, landmarks, _pictured(landmarks - rest[..., _ROOT, None, :], camera))

    def off(self, guess: Guess) -> FloatArray:
        """(33,) torso lengths between landmarks and where the photo has them."""
        off: FloatArray = np.linalg.norm(guess.flat - self._flat, axis=1)
        return off

    def __call__(self, parameters: FloatArray) -> FloatArray:
        """(..., p) -> (..., m)."""
        guess = self.guess(parameters)
        _, angles, lengths, camera = _parts(parameters)
        flat = (guess.flat - self._flat) * (self._weight / _FLAT)[:, None]
        slopes = (_slopes(guess.landmarks) - self._slopes) * (self._slope_weight[:, None] / _SLOPE)
        terms = [
            flat.reshape(*flat.shape[:-2], -1),
            slopes.reshape(*slopes.shape[:-2], -1),
            (angles - HABITS.ease) / HABITS.reach,
            lengths / _LENGTH,
            excess(guess.turns) / _LIMIT,
            (camera[..., 3:] - _NEARNESS) / _NEARNESS,
        ]
        return np.concatenate(terms, axis=-1)


def _parts(parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    ends = np.cumsum([3, len(HABITS.ease), len(body.SCALES)])
    turn, angles, lengths, camera = np.split(parameters, ends, axis=-1)
    return turn, angles, lengths, camera


def _pictured(points: FloatArray, camera: FloatArray) -> FloatArray:
    """(..., 33, 3) metres from the pelvis -> (..., 33, 2) in the picture. What is nearer is larger, a little."""
    scale = np.exp(camera[..., 0, None])
    depth = np.maximum(1.0 - camera[..., 3, None] * scale * points[..., 2], _LEAST_DEPTH)
    return points[..., :2] * [1.0, -1.0] * (scale / depth)[..., None] + camera[..., None, 1:3]


def _slopes(landmarks: FloatArray) -> FloatArray:
    """(..., 33, 3) -> (..., s, 3) unit vectors."""
    way = landmarks[..., _SLOPES[:, 1], :] - landmarks[..., _SLOPES[:, 0], :]
    unit: FloatArray = way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-6)
    return unit


def _turned(vector: FloatArray) -> FloatArray:
    """(..., 3) rotation vectors, radians -> (..., 4) quaternions."""
    angle = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.concatenate([vector * (np.sinc(angle / (2.0 * np.pi)) / 2.0), np.cos(angle / 2.0)], axis=-1)

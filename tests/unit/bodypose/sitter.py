"""People whose pose is known, as the landmark network would tell of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose import body
from bodypose.arrays import FloatArray
from bodypose.joints import REST, turns_at
from bodypose.photo.people import Person
from bodypose.skeleton import BONES, INDEX, forward

PIXELS = 400.0
"""A metre in the photo."""

STANCES: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "standing": {"LeftArm": (0, -38, 0), "RightArm": (0, -38, 0)},
    "arms up": {"LeftArm": (10, 100, 0), "RightArm": (-10, 95, 10), "Head": (-10, 0, 15)},
    "akimbo": {
        "LeftArm": (-10, -10, 30),
        "LeftForeArm": (85, 0, 0),
        "RightArm": (-10, -10, 30),
        "RightForeArm": (85, 0, 0),
        "RightUpLeg": (5, 12, -10),
    },
    "lunge": {
        "LeftUpLeg": (70, 5, 0),
        "LeftLeg": (75, 0, 0),
        "RightUpLeg": (-18, 4, 0),
        "RightLeg": (20, 0, 0),
        "LeftArm": (40, -20, 0),
        "RightArm": (-30, -30, 0),
    },
    "on a chair": {
        "LeftUpLeg": (85, 8, 0),
        "LeftLeg": (85, 0, 0),
        "RightUpLeg": (85, 8, 0),
        "RightLeg": (85, 0, 0),
        "LeftArm": (20, -35, 0),
        "RightArm": (20, -35, 0),
        "LeftForeArm": (50, 0, 0),
        "RightForeArm": (50, 0, 0),
    },
    "on the floor": {
        "LeftUpLeg": (85, 20, 0),
        "LeftLeg": (10, 0, 0),
        "RightUpLeg": (85, 20, 0),
        "RightLeg": (10, 0, 0),
        "LeftArm": (10, -35, 0),
        "RightArm": (10, -35, 0),
    },
    "kneeling": {
        "LeftUpLeg": (5, 4, 0),
        "LeftLeg": (95, 0, 0),
        "LeftFoot": (-40, 0, 0),
        "RightUpLeg": (5, 4, 0),
        "RightLeg": (95, 0, 0),
        "RightFoot": (-40, 0, 0),
        "LeftArm": (0, -35, 0),
        "RightArm": (0, -35, 0),
    },
}
"""Degrees of flexion, abduction and rotation."""


def turns_in(stance: Mapping[str, tuple[float, float, float]]) -> FloatArray:
    """(52, 4) unit quaternions."""
    angles = np.zeros((len(BONES), 3))
    for bone, degrees in stance.items():
        angles[INDEX[bone]] = np.radians(degrees)
    return turns_at(angles)


def seen(
    turns: FloatArray,
    *,
    yaw: float = 0.0,
    tilt: float = 0.0,
    hidden: tuple[int, ...] = (),
    noise_px: float = 0.0,
    at: tuple[float, float] = (500.0, 400.0),
) -> Person:
    """The middling body, turned by yaw to its left and led to the camera by tilt (degrees), from far away."""
    world, heads = forward(turns, REST)
    landmarks = body.landmarks_of(world, heads)
    landmarks = landmarks - landmarks[list(body.HIPS)].mean(axis=0)
    landmarks = Rotation.from_euler("yx", [yaw, tilt], degrees=True).apply(landmarks)
    noise = np.random.default_rng(1).normal(size=(33, 2)) * noise_px
    visibility = np.full(33, 0.99)
    visibility[list(hidden)] = 0.1
    flat = landmarks[:, :2] * [PIXELS, -PIXELS] + at + noise
    return Person(flat, visibility, landmarks, 0.99)

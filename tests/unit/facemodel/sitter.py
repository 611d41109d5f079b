"""Faces whose pose is known: the mean face, turned and put into a photo."""

from __future__ import annotations

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.landmarks import MESH_POINTS, FaceMesh
from facemodel.topology import FaceTopology
from facemodel.view import View

SIZE = (640, 480)


def rotation(yaw_deg: float, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> FloatArray:
    """(3, 3) yaw first, then pitch, then roll; see `HeadPose`."""
    yaw, pitch, roll = np.radians([yaw_deg, pitch_deg, roll_deg])
    about_y = [[np.cos(yaw), 0.0, np.sin(yaw)], [0.0, 1.0, 0.0], [-np.sin(yaw), 0.0, np.cos(yaw)]]
    about_x = [[1.0, 0.0, 0.0], [0.0, np.cos(pitch), np.sin(pitch)], [0.0, -np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]]
    made: FloatArray = np.array(about_z) @ np.array(about_x) @ np.array(about_y)
    return made


def points(
    face: FloatArray, turn: FloatArray, scale: float = 2000.0, middle: tuple[float, float] = (320.0, 200.0)
) -> FloatArray:
    """(478, 3) pixels of a photo of a face (468, 3) in metres; irises lie at the corners of the eyes."""
    seen = face @ turn.T * [1.0, -1.0, -1.0] * scale + [*middle, 0.0]
    return np.concatenate([seen, np.repeat(seen[[33, 263]], 5, axis=0)])


def view(
    topology: FaceTopology,
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    *,
    face: FloatArray | None = None,
    scale: float = 2000.0,
    middle: tuple[float, float] = (320.0, 200.0),
    presence: float = 1.0,
) -> View:
    shape = topology.mean if face is None else face
    assert shape.shape == (MESH_POINTS, 3)
    placed = points(shape, rotation(yaw_deg, pitch_deg), scale, middle)
    return View.of(FaceMesh(placed, presence), SIZE, topology)

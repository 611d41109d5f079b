"""Projections, as OpenGL wants them: (4, 4) with column vectors, written column by column."""

from __future__ import annotations

import numpy as np

from services.mesher.domain.stage import View
from services.mesher.domain.surface import FloatArray


def packed(matrix: FloatArray) -> bytes:
    """A matrix as a uniform's bytes."""
    return matrix.T.astype("<f4").tobytes()


def seen_from(eye: FloatArray, target: FloatArray) -> FloatArray:
    """World to camera, which looks down its own -Z."""
    ahead = (target - eye) / np.linalg.norm(target - eye)
    # Straight up or down there is no horizon to be level with.
    above = np.array([0.0, 1.0, 0.0]) if abs(ahead[1]) < 0.999 else np.array([0.0, 0.0, 1.0])
    right = np.cross(ahead, above)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(right, ahead), -ahead])
    matrix[:3, 3] = -matrix[:3, :3] @ eye
    return matrix


def perspective(field_of_view: float, near: float, far: float) -> FloatArray:
    """Camera to clip space of a square picture; degrees and metres."""
    scale = 1.0 / np.tan(np.radians(field_of_view) / 2.0)
    matrix = np.diag([scale, scale, -(far + near) / (far - near), 0.0])
    matrix[2, 3], matrix[3, 2] = -2.0 * far * near / (far - near), -1.0
    return matrix


def parallel(towards: FloatArray, centre: FloatArray, radius: float) -> FloatArray:
    """World to clip space of light that comes from a direction and just covers a ball."""
    matrix = seen_from(centre + towards * radius, centre)
    return np.diag([1.0 / radius, 1.0 / radius, -1.0 / radius, 1.0]) @ _shifted(radius) @ matrix


def _shifted(way: float) -> FloatArray:
    matrix = np.eye(4)
    matrix[2, 3] = way
    return matrix


def of_view(view: View, centre: FloatArray, radius: float) -> tuple[FloatArray, FloatArray]:
    """World to camera, and camera to clip space, with a ball between the near and the far plane."""
    eye = np.array(view.eye)
    camera = seen_from(eye, np.array(view.target))
    distance = float(np.linalg.norm(centre - eye))
    return camera, perspective(view.field_of_view, max(distance - radius, 0.05), distance + radius)

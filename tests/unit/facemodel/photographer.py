"""Photos of faces whose colours are known at every point: what was photographed must come back."""

from __future__ import annotations

import numpy as np

from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.canvas import BoolArray, Canvas, canvas
from facemodel.texture import Picture
from facemodel.topology import FaceTopology

SIZE = 400
PIXELS_PER_METRE = 1800.0
BACKGROUND = (30, 230, 40)
"""No skin has that colour: where it shows on a face, it came from beside it."""


def turned(points: FloatArray, yaw_deg: float) -> FloatArray:
    """(n, 3) pixels of a photo of points in metres, after the head has turned to its own left."""
    angle = np.radians(yaw_deg)
    x = points[:, 0] * np.cos(angle) + points[:, 2] * np.sin(angle)
    z = points[:, 2] * np.cos(angle) - points[:, 0] * np.sin(angle)
    middle = SIZE / 2.0
    return np.stack([x, -points[:, 1], -z], axis=1) * PIXELS_PER_METRE + [middle, middle - 50.0, 0.0]


def photo(
    topology: FaceTopology, points: FloatArray, colors: FloatArray, yaw_deg: float, light: float = 1.0
) -> Picture:
    """A photo of the face with these colours (468, 3), 0..255, in so much light; nearer parts hide farther ones."""
    seen = turned(points, yaw_deg)
    visible = _back_to_front(seen, topology.triangles)
    film = canvas(topology.triangles[visible], (seen[:, :2] / SIZE).astype(np.float32), SIZE)
    rows = film.rows(len(points))
    across, down = (rows @ seen[:, :2])[film.source].T - 0.5
    row, column = np.divmod(np.arange(SIZE * SIZE), SIZE)
    on_face = (np.abs(across - column) < 0.51) & (np.abs(down - row) < 0.51)
    lit = film.picture((rows @ (colors * light ** (1.0 / 2.2))).T).reshape(-1, 3)
    pixels = np.where(on_face[:, None], lit, np.array(BACKGROUND, np.uint8))
    return Picture(pixels.astype(np.uint8).reshape(SIZE, SIZE, 3), seen)


def shown(film: Canvas, picture: RgbImage, chosen: BoolArray) -> IntArray:
    """(k, 3) colours that a picture has on the chosen triangles (m,)."""
    pixel_of = np.zeros(film.blank().shape[1], int)
    # Beside the face many pixels show the same one: the last write wins, and all are alike.
    pixel_of[film.source] = np.arange(len(film.source))
    colors: IntArray = picture.reshape(-1, 3)[pixel_of[film.on(chosen)]].astype(int)
    return colors


def _back_to_front(seen: FloatArray, triangles: IntArray) -> IntArray:
    """Triangles that face the camera, the farthest first: whoever is drawn last is before the others."""
    a, b, c = (seen[triangles[:, corner], :2] for corner in range(3))
    facing = np.cross(np.pad(b - a, ((0, 0), (0, 1))), np.pad(c - a, ((0, 0), (0, 1))))[:, 2] < 0.0
    order = np.argsort(-seen[triangles, 2].mean(axis=1))
    return order[facing[order]]

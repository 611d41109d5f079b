"""A pinhole camera in front of a face, and the angles by which a head is turned before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bodymodel.arrays import FloatArray


def turned(yaw_deg: float, pitch_deg: float, roll_deg: float) -> FloatArray:
    """(3, 3) rotation from the face's axes (X its left, Y up, Z forward) to the camera's (x right, y up, z to the camera).

    Yaw is positive where the person turns to their own left, pitch where they look up, roll where their head leans to
    their own right shoulder. Yaw comes first, then pitch, then roll.
    """
    yaw, pitch, roll = np.radians([yaw_deg, pitch_deg, roll_deg])
    about_y = [[np.cos(yaw), 0.0, np.sin(yaw)], [0.0, 1.0, 0.0], [-np.sin(yaw), 0.0, np.cos(yaw)]]
    about_x = [[1.0, 0.0, 0.0], [0.0, np.cos(pitch), np.sin(pitch)], [0.0, -np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]]
    rotation: FloatArray = np.array(about_z) @ np.array(about_x) @ np.array(about_y)
    return rotation


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a camera stands and how it sees; square pixels, the optical axis through the picture's middle."""

    rotation: FloatArray
    """(3, 3) from the world's axes to the camera's: x right, y up, z towards the camera."""
    position: FloatArray
    """(3,) metres."""
    focal: float
    """Pixels."""
    size: tuple[int, int]
    """Width and height of the picture."""

    @classmethod
    def facing(
        cls, target: FloatArray, rotation: FloatArray, distance: float, focal: float, size: tuple[int, int]
    ) -> Camera:
        """A camera that has `target` (3,) in its middle, `distance` metres away."""
        return cls(rotation, target + distance * rotation[2], focal, size)

    def project(self, points: FloatArray) -> FloatArray:
        """(n, 3) metres -> (n, 3): pixels x right, y down, and metres in front of the camera."""
        seen = (points - self.position) @ self.rotation.T
        depth = -seen[:, 2]
        middle = np.array(self.size) / 2.0
        flat = middle + seen[:, :2] * [1.0, -1.0] * (self.focal / depth)[:, None]
        return np.column_stack([flat, depth])

    def rays(self) -> FloatArray:
        """(h, w, 6) float32 origin and direction through each pixel's middle; a ray's length counts depth in metres."""
        width, height = self.size
        x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2.0, np.arange(height) + 0.5 - height / 2.0)
        through = np.stack([x / self.focal, -y / self.focal, np.full_like(x, -1.0)], axis=-1) @ self.rotation
        origin = np.broadcast_to(self.position, through.shape)
        return np.concatenate([origin, through], axis=-1).astype(np.float32)

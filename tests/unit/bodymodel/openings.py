"""What is seen of an eye from straight ahead."""

from __future__ import annotations

import numpy as np

_LINES = 48
_ON_BALL = 0.9
"""Rays are sent at the eyeball's disc, but for its rim."""


def seen_share(vertices: np.ndarray, ball: np.ndarray, skin: np.ndarray) -> float:
    """Share of rays along -Z at an eyeball that meet it before any skin.

    `ball` (m, 3) and `skin` (f, 3) are triangles of `vertices` (n, 3).
    """
    points = vertices.astype(np.float64)
    corners = points[ball]
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    centre, radius = (low + high) / 2.0, (high - low)[:2] / 2.0
    side = (np.arange(_LINES) + 0.5) / _LINES * 2.0 - 1.0
    x, y = np.meshgrid(side, side)
    disc = np.hypot(x, y) < _ON_BALL
    rays = centre[:2] + np.stack([x[disc], y[disc]], axis=1) * radius
    face = points[skin]
    near = (face[:, :, :2].max(axis=1) > low[:2]).all(axis=1) & (face[:, :, :2].min(axis=1) < high[:2]).all(
        axis=1
    )
    ahead = face[:, :, 2].max(axis=1) > centre[2] - radius[0]
    eye, lid = _highest(rays, corners), _highest(rays, face[near & ahead])
    return float(np.mean(eye > lid))


def _highest(rays: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(r,) largest Z at which each ray (r, 2) meets any triangle (m, 3, 3); -inf where it meets none."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = _cross(b - a, c - a)
    area = np.where(np.abs(area) < 1e-14, 1e-14, area)
    ray = rays[:, None]
    second = _cross(ray - a[:, :2], (c - a)[:, :2]) / area
    third = _cross((b - a)[:, :2], ray - a[:, :2]) / area
    first = 1.0 - second - third
    inside = np.minimum(np.minimum(first, second), third) >= -1e-9
    height = first * a[:, 2] + second * b[:, 2] + third * c[:, 2]
    highest: np.ndarray = np.where(inside, height, -np.inf).max(axis=1)
    return highest


def _cross(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    product: np.ndarray = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return product

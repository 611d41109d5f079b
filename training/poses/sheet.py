"""Contact sheets: poses as one sees them, drawn by a ray caster with one lamp, shadows and a floor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import open3d as o3d
from PIL import Image, ImageDraw

from bodypose.arrays import FloatArray
from training.poses.bodies import caster

_TILE = (220, 300)
_SKIN = np.array([0.86, 0.72, 0.63])
_FLOOR = np.array([0.82, 0.82, 0.84])
_LAMP = np.array([0.45, 0.75, 0.55]) / np.linalg.norm([0.45, 0.75, 0.55])
_HALF_WIDTH_M = 0.78
_EYE = (0.0, 1.35, 6.0)


def tile(skin: FloatArray, yaw_deg: float = 0.0, target_y: float = 0.92) -> Image.Image:
    """One posed skin (V, 3) on a floor, from so far to its left."""
    width, height = _TILE
    yaw = np.radians(yaw_deg)
    turn = np.array([[np.cos(yaw), 0.0, np.sin(yaw)], [0.0, 1.0, 0.0], [-np.sin(yaw), 0.0, np.cos(yaw)]])
    middle = np.array([*(skin[:, [0, 2]].max(axis=0) + skin[:, [0, 2]].min(axis=0)) / 2.0])
    eye = turn @ np.array(_EYE) + [middle[0], 0.0, middle[1]]
    target = np.array([middle[0], target_y, middle[1]])
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    focal = np.linalg.norm(target - eye) * (width / 2.0) / _HALF_WIDTH_M
    x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2.0, height / 2.0 - np.arange(height) - 0.5)
    ways = forward + (x[..., None] * right + y[..., None] * up) / focal
    ways /= np.linalg.norm(ways, axis=-1, keepdims=True)
    return Image.fromarray(_shaded(caster(skin), eye, ways))


def sheet(tiles: Iterable[tuple[str, Image.Image]], columns: int, path: Path) -> None:
    """Write tiles with their captions as one PNG."""
    named = list(tiles)
    width, height = _TILE
    rows = -(-len(named) // columns)
    page = Image.new("RGB", (columns * width, rows * (height + 14)), "white")
    draw = ImageDraw.Draw(page)
    for index, (caption, picture) in enumerate(named):
        left, top = index % columns * width, index // columns * (height + 14)
        page.paste(picture, (left, top))
        draw.text((left + 3, top + height + 1), caption[:38], fill="black")
    page.save(path)


def _shaded(scene: o3d.t.geometry.RaycastingScene, eye: FloatArray, ways: FloatArray) -> np.ndarray:
    rays = np.concatenate([np.broadcast_to(eye, ways.shape), ways], axis=-1).astype(np.float32)
    answer = scene.cast_rays(o3d.core.Tensor.from_numpy(rays), nthreads=1)
    depth = answer["t_hit"].numpy()
    normals = answer["primitive_normals"].numpy()
    seen = np.isfinite(depth)
    to_floor = np.where(ways[..., 1] < -1e-6, -eye[1] / np.minimum(ways[..., 1], -1e-6), np.inf)
    floor = ~seen & (to_floor < 12.0)
    points = eye + np.where(seen, depth, np.where(floor, to_floor, 0.0))[..., None] * ways
    normals = np.where(seen[..., None], normals, [0.0, 1.0, 0.0])
    start = (points + 2e-3 * normals).astype(np.float32)
    shadow = np.concatenate([start, np.broadcast_to(_LAMP, start.shape)], axis=-1).astype(np.float32)
    dark = scene.test_occlusions(o3d.core.Tensor.from_numpy(shadow), nthreads=1).numpy()
    lit = np.clip(normals @ _LAMP, 0.0, 1.0) * np.where(dark, 0.25, 1.0)
    light = 0.35 + 0.1 * normals[..., 1] + 0.75 * lit
    color = np.where(seen[..., None], _SKIN, _FLOOR) * light[..., None]
    color = np.where((seen | floor)[..., None], color, 0.93)
    return (255.0 * np.clip(color, 0.0, 1.0) ** (1.0 / 1.6)).astype(np.uint8)

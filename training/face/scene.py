"""Ray casting and shading of small scenes: what a camera sees of some surfaces under some lamps.

Open3D casts the rays (Embree); everything else is NumPy. A head at 512 x 512 takes about 50 ms of one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from bodymodel.arrays import FloatArray, IntArray
from facemodel import color
from facemodel.arrays import RgbImage
from training.face.camera import Camera

_NOTHING = o3d.t.geometry.RaycastingScene.INVALID_ID
_SHARPNESS = 40
_LIFT_M = 2e-4
"""Shadow rays start this far off the surface, or it would shade itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """One mesh and what it is made of."""

    name: str
    vertices: FloatArray
    """(n, 3) metres."""
    triangles: IntArray
    """(m, 3) counter-clockwise seen from outside; both sides are lit."""
    normals: FloatArray
    """(n, 3) unit vectors."""
    light: tuple[float, float, float]
    """Linear RGB that it reflects."""
    texture: FloatArray | None = None
    """(h, w, 3) linear, multiplies `light`."""
    uv: FloatArray | None = None
    """(n, 2) origin at the upper left."""
    shades: FloatArray | None = None
    """(n, 3) linear, multiplies `light`."""
    gloss: float = 0.0
    """Strength of its highlights."""
    opacity: float = 1.0
    """Below 1 for lenses: what lies behind shines through."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """Light from far away."""

    direction: FloatArray
    """(3,) unit vector towards the lamp, in the camera's axes: x right, y up, z towards the camera."""
    light: FloatArray
    """(3,) linear RGB."""


@dataclass(frozen=True, slots=True)
class Lighting:
    """All light in a room."""

    ambient: FloatArray
    """(3,) linear RGB from everywhere, somewhat more from above."""
    lamps: tuple[Lamp, ...]
    """The first one casts shadows where `shadows` says so."""
    shadows: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What each pixel's ray meets first among the opaque surfaces."""

    surface: IntArray
    """(h, w) number of the surface, -1 where there is none."""
    triangle: IntArray
    """(h, w) of that surface."""
    weights: FloatArray
    """(h, w, 3) barycentric."""
    depth: FloatArray
    """(h, w) metres in front of the camera, infinite where there is nothing."""


class Scene:
    """Surfaces made ready for rays; shoot it from as many sides as needed."""

    def __init__(self, surfaces: Sequence[Surface]) -> None:
        self.surfaces = tuple(surface for surface in surfaces if surface.opacity == 1.0)
        self._veils = tuple(surface for surface in surfaces if surface.opacity < 1.0)
        self._solid, self._thin = _caster(self.surfaces), _caster(self._veils)

    def cast(self, camera: Camera) -> Hits:
        """What the camera's rays meet."""
        return _cast(self._solid, camera)

    def picture(self, camera: Camera, hits: Hits, lighting: Lighting, background: FloatArray) -> FloatArray:
        """(h, w, 3) linear light of what `cast` met; `background` (h, w, 3) shows where that is nothing."""
        light = background.copy()
        for number, surface in enumerate(self.surfaces):
            seen = hits.surface == number
            if seen.any():
                light[seen] = self._shade(surface, hits, seen, camera, lighting)
        return self._behind_veils(light, hits, camera, lighting) if self._veils else light

    def visible(self, camera: Camera, points: FloatArray, slack: float = 2e-3) -> NDArray[np.bool_]:
        """(n,) which points (n, 3) have nothing opaque more than `slack` metres in front of them."""
        way = points - camera.position
        rays = np.concatenate([np.broadcast_to(camera.position, way.shape), way], axis=1).astype(np.float32)
        reached = self._solid.cast_rays(o3d.core.Tensor.from_numpy(rays), nthreads=1)["t_hit"].numpy()
        clear: NDArray[np.bool_] = (1.0 - reached) * np.linalg.norm(way, axis=1) < slack
        return clear

    def _behind_veils(self, light: FloatArray, hits: Hits, camera: Camera, lighting: Lighting) -> FloatArray:
        veiled = _cast(self._thin, camera)
        for number, surface in enumerate(self._veils):
            seen = (veiled.surface == number) & (veiled.depth < hits.depth)
            if seen.any():
                own = self._shade(surface, veiled, seen, camera, lighting)
                light[seen] = (1.0 - surface.opacity) * light[seen] + surface.opacity * own
        return light

    def _shade(
        self, surface: Surface, hits: Hits, seen: NDArray[np.bool_], camera: Camera, lighting: Lighting
    ) -> FloatArray:
        corners = surface.triangles[hits.triangle[seen]]
        weights = hits.weights[seen]
        normal = _blend(surface.normals @ camera.rotation.T, corners, weights)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
        normal *= np.where(normal[:, 2:] < 0.0, -1.0, 1.0).astype(np.float32)
        lit = lighting.ambient * (0.8 + 0.2 * normal[:, 1:2])
        shine = np.zeros_like(lit)
        for number, lamp in enumerate(lighting.lamps):
            towards = np.clip(normal @ lamp.direction.astype(np.float32), 0.0, None)[:, None]
            if number == 0 and lighting.shadows:
                towards = towards * self._unshaded(surface, corners, weights, lamp, camera)[:, None]
            lit = lit + towards * lamp.light
            halfway = lamp.direction + np.array([0.0, 0.0, 1.0])
            halfway = halfway / np.linalg.norm(halfway)
            shine += (
                np.clip(normal @ halfway.astype(np.float32), 0.0, None)[:, None] ** _SHARPNESS * lamp.light
            )
        reflected: FloatArray = lit * self._albedo(surface, corners, weights) + surface.gloss * shine
        return reflected

    def _unshaded(
        self, surface: Surface, corners: IntArray, weights: FloatArray, lamp: Lamp, camera: Camera
    ) -> FloatArray:
        direction = lamp.direction @ camera.rotation
        start = _blend(surface.vertices, corners, weights) + _LIFT_M * direction
        rays = np.concatenate([start, np.broadcast_to(direction, start.shape)], axis=1).astype(np.float32)
        hidden = self._solid.test_occlusions(o3d.core.Tensor.from_numpy(rays), nthreads=1).numpy()
        return np.where(hidden, 0.0, 1.0).astype(np.float32)

    def _albedo(self, surface: Surface, corners: IntArray, weights: FloatArray) -> FloatArray:
        own: FloatArray = np.tile(np.array(surface.light, np.float32), (len(corners), 1))
        if surface.shades is not None:
            own = own * _blend(surface.shades, corners, weights)
        if surface.texture is not None and surface.uv is not None:
            own = own * sampled(surface.texture, _blend(surface.uv, corners, weights))
        return own


def sampled(texture: FloatArray, uv: FloatArray) -> FloatArray:
    """(n, 3) a picture's (h, w, 3) colours at (n, 2) coordinates, bilinear."""
    height, width, _ = texture.shape
    place = np.clip(uv, 0.0, 1.0) * [width, height] - 0.5
    first = np.clip(np.floor(place).astype(int), 0, [width - 2, height - 2])
    right, down = (np.clip(place - first, 0.0, 1.0).astype(np.float32)).T[:, :, None]
    column, row = first.T
    upper = texture[row, column] * (1.0 - right) + texture[row, column + 1] * right
    lower = texture[row + 1, column] * (1.0 - right) + texture[row + 1, column + 1] * right
    found: FloatArray = upper * (1.0 - down) + lower * down
    return found


def developed(light: FloatArray, noise: float, rng: np.random.Generator) -> RgbImage:
    """Linear light (h, w, 3) to an sRGB picture with a sensor's noise, in shares of the full range."""
    encoded = color.encode(np.clip(light, 0.0, 1.0))
    grain = noise * rng.standard_normal(encoded.shape, dtype=np.float32) if noise else 0.0
    picture: RgbImage = np.rint(255.0 * np.clip(encoded + grain, 0.0, 1.0)).astype(np.uint8)
    return picture


def _blend(values: FloatArray, corners: IntArray, weights: FloatArray) -> FloatArray:
    """(k, c) values (n, c) of a triangle's corners (k, 3), weighted."""
    values = values.astype(np.float32)
    first, second, third = (
        np.take(values, corners[:, corner], axis=0) * weights[:, corner, None] for corner in range(3)
    )
    mixed: FloatArray = first + second + third
    return mixed


def _caster(surfaces: Sequence[Surface]) -> o3d.t.geometry.RaycastingScene:
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    for surface in surfaces:
        scene.add_triangles(
            o3d.core.Tensor.from_numpy(np.ascontiguousarray(surface.vertices, np.float32)),
            o3d.core.Tensor.from_numpy(np.ascontiguousarray(surface.triangles, np.uint32)),
        )
    return scene


def _cast(scene: o3d.t.geometry.RaycastingScene, camera: Camera) -> Hits:
    answer = scene.cast_rays(o3d.core.Tensor.from_numpy(camera.rays()), nthreads=1)
    surface = answer["geometry_ids"].numpy()
    hit = surface != _NOTHING
    second, third = np.moveaxis(answer["primitive_uvs"].numpy(), -1, 0)
    return Hits(
        surface=np.where(hit, surface, 0).astype(np.int64) - np.where(hit, 0, 1),
        triangle=np.where(hit, answer["primitive_ids"].numpy(), 0).astype(np.int64),
        weights=np.stack([1.0 - second - third, second, third], axis=-1),
        depth=answer["t_hit"].numpy(),
    )

"""Moves the points along the skin of the template to where photos really show them.

`training.face.correspondence` follows what the network finds on pictures that are framed for it. Photos are found first,
and most of them are taken from the front: so people are photographed anew, found as the generator finds them, and each
point goes where its own median error is nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bodymodel.arrays import FloatArray, IntArray
from facemodel.landmarks import LEFT_EYE, MESH_POINTS, RIGHT_EYE
from facemodel.search import FaceSearch
from training.face.camera import Camera
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

_PIXELS = 640
_FARTHEST_DEG = 20.0
"""Heads turn so far to both sides ..."""
_FRONT = 0.4
"""... but for this share, which look at the camera as most photos have it."""
_ROUNDS = 12
_NEAR = 0.002
"""In distances of the eyes: errors below this count as squares, above it as lengths, so that a few odd ones say little."""
_STIFF = 0.02
"""What keeps a point at its depth, in weights of a photo, where no photo sees it from the side."""
_ACROSS = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One face in one photo."""

    vertices: FloatArray
    """(V, 3) template vertices of the person, metres."""
    camera: Camera
    found: FloatArray
    """(468, 2) pixels."""


def sightings(studio: Studio, search: FaceSearch, people: int, photos: int, seed: int) -> Iterator[Sighting]:
    """Photos of resting people in which a face was found."""
    for number in range(people):
        rng = np.random.default_rng([seed, number])
        seated = studio.seat(draw_sitter(rng), rng)
        for _ in range(photos):
            yaw = 0.0 if rng.random() < _FRONT else float(rng.uniform(-_FARTHEST_DEG, _FARTHEST_DEG))
            portrait = seated.shoot(draw_setting(rng, size=_PIXELS, yaw_deg=yaw), rng)
            for face in asyncio.run(search.faces(portrait.pixels))[:1]:
                yield Sighting(seated.vertices, portrait.camera, face.points[:MESH_POINTS, :2])


def offsets(
    seen: Sequence[Sighting], corners: IntArray, weights: FloatArray, mirror: IntArray
) -> tuple[FloatArray, FloatArray]:
    """(468, 3) by how much the points are off along the head's axes, in distances of the eyes, and how much that matters.

    Every photo tells two of a point's three coordinates; together they are solved for the place whose distances to all
    lines of sight are least in sum. The second answer, (468, 3, 3), measures distances from there: what photos see counts, depth
    hardly. The sides are each other's mirror.
    """
    sides, planes = [], []
    for one in seen:
        points = np.einsum("pc,pcx->px", weights, one.vertices[corners])
        offset, plane = _across(one, points)
        sides += [offset, offset[mirror] * _ACROSS]
        planes += [plane, plane[mirror] * np.outer(_ACROSS, _ACROSS)]
    return _nearest_to_all(np.array(sides), np.array(planes))


def _across(one: Sighting, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What a photo says of (n, 3) points: (n, 3) offsets across its lines of sight, and (n, 3, 3) what takes others there."""
    camera = one.camera
    unit = float(np.linalg.norm(points[LEFT_EYE] - points[RIGHT_EYE]))
    projected = camera.project(points)
    # A pixel is as wide as it is where the point lies.
    flat = (one.found - projected[:, :2]) * [1.0, -1.0] * (projected[:, 2] / camera.focal / unit)[:, None]
    away = points - camera.position
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    plane = np.eye(3) - away[:, :, None] * away[:, None, :]
    offset: FloatArray = np.einsum("nij,nj->ni", plane, flat @ camera.rotation[:2])
    return offset, plane


def _nearest_to_all(told: FloatArray, planes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(n, 3) the least sum of distances: told (m, n, 3) by m photos, each in its plane (m, n, 3, 3); and (n, 3, 3) its measure.

    Weiszfeld's rounds.
    """
    place, system = np.zeros(told.shape[1:]), np.zeros(planes.shape[1:])
    for _ in range(_ROUNDS):
        missing = told - np.einsum("mnij,nj->mni", planes, place)
        say = 1.0 / np.maximum(np.linalg.norm(missing, axis=2), _NEAR)
        say /= say.sum(axis=0)
        system = np.einsum("mn,mnij->nij", say, planes) + _STIFF * np.eye(3)
        place = np.linalg.solve(system, np.einsum("mn,mni->ni", say, told)[..., None])[..., 0]
    return place, system

"""The camera goes once round a person, at one distance, so that nothing grows or shrinks on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from services.mesher.domain import views
from services.mesher.domain.stage import Stage, View
from services.mesher.domain.surface import FloatArray
from services.mesher.domain.views import AZIMUTHS, Camera

_SLICES, _SECTORS = 24, 48


def turntable(stage: Stage, camera: Camera, count: int) -> Iterator[Stage]:
    """So many stages, which differ in their views alone; the one after the last would be the first."""
    view = stage.view if camera is Camera.PORTRAIT else _of_all_sides(stage, camera)
    for number in range(count):
        yield replace(stage, view=around(view, 360.0 * number / count))


def around(view: View, degrees: float) -> View:
    """The view from further round the upright line through its target, towards the person's left."""
    angle = np.radians(degrees)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    x, y, z = (eye - target for eye, target in zip(view.eye, view.target, strict=True))
    turned = (x * cos + z * sin, y, z * cos - x * sin)
    eye = tuple(target + offset for target, offset in zip(view.target, turned, strict=True))
    return replace(view, eye=(eye[0], eye[1], eye[2]))


def _of_all_sides(stage: Stage, camera: Camera) -> View:
    """The closest view from the camera's side that shows the person from every other side as well."""
    points = np.concatenate([prop.positions for prop in stage.props]).astype(np.float64)
    axis = (points.min(axis=0) + points.max(axis=0)) / 2.0 * [1.0, 0.0, 1.0]
    view = views.whole(swept(points - axis), AZIMUTHS[camera])
    eye, ahead = np.array(view.eye), np.array(view.target) - view.eye
    # What is swept is round, so that the view looks through the axis: there it has its target.
    level = ahead * [1.0, 0.0, 1.0]
    target = eye - ahead * (eye @ level) / (level @ level)
    return replace(view, eye=_point(eye + axis), target=_point(target + axis))


def swept(points: FloatArray) -> FloatArray:
    """(m, 3) points around what (n, 3) points sweep when they are turned about the Y axis."""
    radii = np.hypot(points[:, 0], points[:, 2])
    edges = np.linspace(points[:, 1].min(), points[:, 1].max(), _SLICES + 1)
    slices = np.clip(np.searchsorted(edges, points[:, 1], side="right") - 1, 0, _SLICES - 1)
    widest = np.zeros(_SLICES)
    np.maximum.at(widest, slices, radii)
    angles = np.linspace(0.0, 2.0 * np.pi, _SECTORS, endpoint=False)
    # A polygon has its corners outside of the circle.
    rings = np.stack([np.cos(angles), np.sin(angles)], axis=1) / np.cos(np.pi / _SECTORS)
    levels = np.concatenate([edges[:-1], edges[1:]])
    flat = (np.tile(widest, 2)[:, None, None] * rings).reshape(-1, 2)
    around: FloatArray = np.column_stack([flat[:, 0], np.repeat(levels, _SECTORS), flat[:, 1]])
    return around


def _point(point: FloatArray) -> tuple[float, float, float]:
    return float(point[0]), float(point[1]), float(point[2])

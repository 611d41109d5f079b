"""Pictures that the mesher draws itself: the face's colouring inside and out, and the eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.template import Template
from facemodel import color
from services.mesher.domain.surface import FloatArray, IntArray

FACE_SIZE = 1024
EYE_SIZE = 256
EYE_REACH = 0.75
"""Half the eye picture's width, in eyeball radii."""
# Iris and pupil by their usual diameters, 11.8 and 3.9 mm, on an eyeball of 28 mm as the template's.
_IRIS = 0.44
_PUPIL = 0.19
BROW = (0.42, 1.58)
"""Where a brow begins and ends, from the middle outwards, in units of half the eyes' distance."""
_BROWN = np.array([0.24, 0.15, 0.085])
_IRIS_LIGHT = 0.78
"""Mean of what the rays leave of an iris's colour."""
_ABOUT_TEETH = np.array([0.008, 0.03, 0.06])
_BEHIND_LIPS = 0.001
"""Metres about teeth and tongue, and behind the foremost tooth, in which skin can line the mouth."""


@dataclass(frozen=True, eq=False, slots=True)
class Texture:
    """A picture; two are the same only when they are one object, so that it is encoded once."""

    pixels: IntArray
    """(h, w, 3) uint8 sRGB."""
    for_everybody: bool = False
    """Whether more than one avatar wears it: then it is worth keeping, and nobody's own face."""


def eye(iris: tuple[float, float, float] | None = None) -> Texture:
    """White, iris with its dark rim and rays, pupil; seen from straight ahead.

    `iris` is its mean in linear RGB; brown where there is none.
    """
    side = (np.arange(EYE_SIZE) + 0.5) / EYE_SIZE * 2.0 - 1.0
    x, y = np.meshgrid(side * EYE_REACH, -side * EYE_REACH)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    rays = 0.5 + 0.5 * np.sin(37.0 * angle + 2.0 * np.sin(11.0 * angle))
    depth = np.clip((radius - _PUPIL) / (_IRIS - _PUPIL), 0.0, 1.0)
    light = (0.55 + 0.45 * (1.0 - np.abs(2.0 * depth - 0.9))) * (0.82 + 0.18 * rays)
    rayed = light[..., None] * (_BROWN if iris is None else np.array(iris) / _IRIS_LIGHT)
    white: FloatArray = np.ones(3) * (1.0 - 0.10 * step(radius, 0.45, 0.8))[..., None]
    picture = _mix(white, rayed * 0.35, step(radius, _IRIS + 0.03, _IRIS - 0.02))
    picture = _mix(picture, rayed, step(radius, _IRIS - 0.02, _IRIS - 0.08))
    picture = _mix(picture, np.array([0.012, 0.010, 0.010]), step(radius, _PUPIL + 0.02, _PUPIL - 0.02))
    return Texture(color.pixels(picture), for_everybody=True)


def face(template: Template, vertices: FloatArray) -> Texture:
    """What multiplies the skin's colour: lips, mouth, brows, a little red on cheeks and nose; white elsewhere.

    It is painted by place on the reference body, so it follows the face's features through the UV map.
    """
    centre, unit = between_eyes(template, vertices)
    place, known = _places(template, vertices)
    x, y, z = np.moveaxis((place - centre) / unit, -1, 0)
    front = known * step(z, -1.2, -0.7)
    light: FloatArray = np.ones((FACE_SIZE, FACE_SIZE, 3))
    light = _mix(
        light, np.array([0.97, 0.82, 0.80]), 0.55 * front * _blob(np.abs(x), y, 1.35, -1.35, 0.75, 0.6)
    )
    light = _mix(light, np.array([0.97, 0.84, 0.82]), 0.5 * front * _blob(x, y, 0.0, -1.25, 0.45, 0.35))
    light = _mix(
        light, np.array([0.86, 0.74, 0.72]), 0.35 * front * _blob(np.abs(x), y, 0.95, 0.05, 0.75, 0.42)
    )
    light = _mix(light, np.array([0.74, 0.40, 0.42]), 0.62 * front * _lips(x, y))
    light = _mix(light, np.array([0.16, 0.12, 0.10]), front * _brow(np.abs(x), y))
    light = _mix(light, np.array([0.38, 0.10, 0.10]), _mouth(template, vertices))
    return Texture(color.pixels(light), for_everybody=True)


def between_eyes(template: Template, vertices: FloatArray) -> tuple[FloatArray, float]:
    """(3,) the middle between both eyeballs, and half their distance."""
    eyes = [vertices[np.unique(template.groups[f"helper-{side}-eye"].quads)] for side in "lr"]
    left, right = ((points.min(axis=0) + points.max(axis=0)) / 2.0 for points in eyes)
    return (left + right) / 2.0, float(left[0] - right[0]) / 2.0


def _lips(x: FloatArray, y: FloatArray) -> FloatArray:
    """0..1 on the lips: a bow above the mouth's line, a fuller curve below. Units of half the eyes' distance."""
    across = np.clip(np.abs(x) / 0.80, 0.0, 1.0)
    body = np.sqrt(1.0 - across**2)
    bow = (
        0.21 * (1.0 - across) ** 0.75
        + 0.03 * np.exp(-(((np.abs(x) - 0.17) / 0.10) ** 2))
        - 0.05 * np.exp(-((x / 0.07) ** 2))
    )
    upper, lower = -2.35 + bow, -2.35 - 0.40 * body
    inside = step(y, upper + 0.03, upper - 0.03) * step(y, lower - 0.05, lower + 0.05)
    return inside * step(np.abs(x), 0.80, 0.74)


def brow_line(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Height of a brow's middle and half its breadth at a place across the face; units of half the eyes' distance."""
    along = np.clip((x - BROW[0]) / (BROW[1] - BROW[0]), 0.0, 1.0)
    line: FloatArray = (
        0.60
        + 0.19 * np.sin(np.pi * np.minimum(along / 0.68, 1.0) / 2.0)
        - 0.20 * np.clip((along - 0.62) / 0.38, 0.0, 1.0) ** 1.5
    )
    half: FloatArray = 0.125 * (1.0 - 0.72 * along**1.6)
    return line, half


def _brow(x: FloatArray, y: FloatArray) -> FloatArray:
    """0..1 on a brow: rises outwards to its arch, thins to its tail; fine strokes break its edges."""
    line, half = brow_line(x)
    strokes = 0.5 + 0.5 * np.sin(95.0 * (x - 0.75 * (y - line)))
    soft = 0.045 + 0.02 * strokes
    inside = step(np.abs(y - line), half + soft, half - soft)
    ends = step(x, 0.38, 0.66) * step(x, 1.62, 1.42)
    brow: FloatArray = inside * ends * (0.78 + 0.1 * strokes)
    return brow


def _mouth(template: Template, vertices: FloatArray) -> FloatArray:
    """(size, size) 1 on texels of the skin that lines the mouth: what lies about teeth and tongue and hangs together."""
    groups = [template.groups[f"helper-{name}"].quads for name in ("upper-teeth", "lower-teeth", "tongue")]
    inner = vertices[np.unique(np.concatenate([quads.ravel() for quads in groups]))]
    skin = vertices[: template.body_vertices]
    near = (skin > inner.min(axis=0) - _ABOUT_TEETH) & (skin < inner.max(axis=0) + _ABOUT_TEETH)
    about = near.all(axis=1) & (skin[:, 2] < inner[:, 2].max() - _BEHIND_LIPS)
    triangles = template.body.triangles
    lining = about[triangles].all(axis=1)
    pairs = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2)[lining].reshape(-1, 2)
    links = sparse.coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(len(skin), len(skin)))
    piece = sparse.csgraph.connected_components(links, directed=False)[1]
    # The outer skin of cheeks and chin is about the teeth as well; the lining, with the palate, is the largest piece.
    largest = np.bincount(piece[triangles[lining, 0]]).argmax()
    mouth = np.zeros((FACE_SIZE, FACE_SIZE))
    for _, v, u, _ in texels(template, lining & (piece[triangles[:, 0]] == largest), FACE_SIZE):
        mouth[v, u] = 1.0
    return mouth


def _places(template: Template, vertices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(size, size, 3) place on the reference body of each texel of the head, and (size, size) 1 where one is known."""
    head = template.dominant_bones()[: template.body_vertices] == template.bones.index("Head")
    triangles = template.body.triangles
    place = np.zeros((FACE_SIZE, FACE_SIZE, 3))
    known = np.zeros((FACE_SIZE, FACE_SIZE))
    front = head[triangles].all(axis=1) & (vertices[triangles, 2].mean(axis=1) > 0.0)
    for triangle, v, u, weights in texels(template, front, FACE_SIZE):
        place[v, u] = weights @ vertices[triangles[triangle]]
        known[v, u] = 1.0
    return place, known


def texels(
    template: Template, chosen: NDArray[np.bool_], size: int
) -> Iterator[tuple[int, IntArray, IntArray, FloatArray]]:
    """Of each chosen body triangle (m,): its number, rows and columns (t,) of its texels, barycentric weights (t, 3).

    The picture has `size` pixels a side.
    """
    corners = template.uv[template.body.uv_triangles].astype(np.float64)
    corners[:, :, 1] = 1.0 - corners[:, :, 1]
    corners = corners * size - 0.5
    for triangle in np.flatnonzero(chosen).tolist():
        corner = corners[triangle]
        low = np.maximum(np.floor(corner.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(corner.max(axis=0)).astype(int) + 1, size)
        u, v = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        weights = _barycentric(corner, u, v)
        # A texel of slack closes the seams between triangles and islands.
        inside = (weights > -0.35).all(axis=-1)
        yield triangle, v[inside], u[inside], weights[inside]


def _barycentric(corner: FloatArray, u: IntArray, v: IntArray) -> FloatArray:
    (ax, ay), (bx, by), (cx, cy) = corner
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    area = area if abs(area) > 1e-9 else 1e-9
    second = ((u - ax) * (cy - ay) - (cx - ax) * (v - ay)) / area
    third = ((bx - ax) * (v - ay) - (u - ax) * (by - ay)) / area
    return np.stack([1.0 - second - third, second, third], axis=-1)


def _blob(x: FloatArray, y: FloatArray, x0: float, y0: float, width: float, height: float) -> FloatArray:
    blob: FloatArray = np.exp(-(((x - x0) / width) ** 2) - ((y - y0) / height) ** 2)
    return blob


def step(x: FloatArray, start: float | FloatArray, end: float | FloatArray) -> FloatArray:
    """Smooth 0..1 from `start` to `end`, which may be the smaller."""
    t: FloatArray = np.clip((x - start) / (end - start), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _mix(below: FloatArray, above: FloatArray, share: FloatArray) -> FloatArray:
    return below + (above - below) * share[..., None]

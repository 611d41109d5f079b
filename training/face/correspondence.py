"""Where the 468 points of the face network lie on the body template.

The network looks at renders of many heads; each point it finds is followed back along its pixel's ray to the skin, and
the median over all renders is its place. Nothing is marked by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from bodymodel.arrays import FloatArray, IntArray
from services.mesher.domain.model import HairPattern
from training.face.draws import draw_lighting, draw_sitter
from training.face.render import Portrait, Seated, Setting, Studio

Network = Callable[[FloatArray], FloatArray]
"""(n, 3, 224, 224) RGB in 0..1 -> (n, 468, 3) pixels."""

SIDE = 224
_FINER = 2
"""Renders are so much larger than what the network sees, and averaged down."""
_FILL = 0.84
"""Frames a face as the network was trained: the oval takes two thirds of the picture."""
_JAW_OPEN = 0.5
_FARTHEST_PX = 3.0
"""A point that is farther from any skin seen, in pixels of the render, says nothing; lids and lips are nearer."""
_FARTHEST_PAIR_M = 0.02
"""A point and the mirror image of its partner are nearer than this."""
_BEFORE = 0.6
"""Least cosine between the direction in which a point looks and the camera's."""
_ROUNDS = 3
_CANDIDATES = 400
"""Triangles about a point that may be the nearest by a measure of its own."""
_FACING = 0.25
"""Least cosine between the skin's normal and the ray."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """How many renders, and which."""

    people: int = 20
    views: int = 10
    seed: int = 12
    yaw_deg: float = 50.0
    """Heads turn so far to both sides."""
    pitch_deg: float = 14.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Where one render puts the points: places on the skin of the head at rest, and how far to trust each."""

    corners: IntArray
    """(468, 3) template vertices."""
    weights: FloatArray
    """(468, 3) barycentric."""
    trust: FloatArray
    """(468,) the cosine of the angle that the skin is seen at; 0 where the point was not on skin."""
    towards: FloatArray
    """(3,) unit vector from the head to the camera, in the head's axes."""
    mouth_open: bool


def samples(studio: Studio, network: Network, outer: IntArray, arguments: Arguments) -> Iterator[Sample]:
    """One for every render; `outer` are the numbers of skin triangles that can be seen from outside."""
    rng = np.random.default_rng(arguments.seed)
    for person in range(arguments.people):
        mouth_open = person % 2 == 1
        expression = {"jawOpen": _JAW_OPEN * rng.uniform(0.5, 1.0)} if mouth_open else {}
        tone = int(rng.integers(3, 9))
        seated = studio.seat(draw_sitter(rng, tone=tone, expression=expression, hair=HairPattern.NONE), rng)
        portraits = [seated.shoot(_setting(rng, arguments), rng) for _ in range(arguments.views)]
        found = network(np.stack([network_image(portrait.pixels) for portrait in portraits]))
        for portrait, points in zip(portraits, found, strict=True):
            yield _unprojected(studio, seated, portrait, points[:, :2] * _FINER, outer, mouth_open=mouth_open)


def outer_skin(studio: Studio, arguments: Arguments) -> IntArray:
    """Numbers of skin triangles that are seen from somewhere while mouth and eyes are as they rest: no lining."""
    rng = np.random.default_rng(arguments.seed)
    sitter = draw_sitter(rng, hair=HairPattern.NONE)
    seated = studio.seat(sitter, rng)
    seen = []
    for yaw in np.linspace(-90.0, 90.0, 13):
        for pitch in (-35.0, -15.0, 0.0, 15.0, 35.0):
            setting = Setting(
                draw_lighting(rng), _black(1024), yaw_deg=float(yaw), pitch_deg=pitch, fill=_FILL
            )
            hits = seated.scene.cast(seated.camera(setting))
            seen.append(np.unique(hits.triangle[hits.surface == 0]))
    return np.unique(np.concatenate(seen))


def places(found: Sequence[Sample], vertices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(468, 3) weighted median place of each point on some body's `vertices`, and (468,) the samples' median distance.

    A view counts for the points that its camera stands before: behind the cheek the network follows the outline, and
    that is no place on the skin.
    """
    at = np.stack([np.einsum("pc,pcx->px", each.weights, vertices[each.corners]) for each in found])
    seen = np.stack([each.trust for each in found])
    towards = np.stack([each.towards for each in found])
    trust, middle = seen, _median_places(at, seen)
    for _ in range(_ROUNDS):
        before = towards @ _outward(middle).T
        trust = seen * np.where(before > _BEFORE, before, 0.0) ** 2
        middle = _median_places(at, trust)
    spread = _weighted_median(np.linalg.norm(at - middle, axis=2), trust)
    return middle, spread


def _median_places(at: FloatArray, trust: FloatArray) -> FloatArray:
    return np.stack([_weighted_median(at[:, :, axis], trust) for axis in range(3)], axis=1)


def _outward(points: FloatArray) -> FloatArray:
    """(n, 3) directions in which points of a face (n, 3) look, as if it were a cylinder."""
    axis = points[:, 2].min() - 0.02
    out = np.column_stack([points[:, 0], np.zeros(len(points)), points[:, 2] - axis])
    outward: FloatArray = out / np.linalg.norm(out, axis=1, keepdims=True)
    return outward


def mirror_table(points: FloatArray) -> IntArray:
    """(468,) which point is the mirror image of which, from the points' places (468, 3) about X = 0."""
    away = np.linalg.norm(points[:, None] - points * [-1.0, 1.0, 1.0], axis=2)
    table = linear_sum_assignment(away + away.T)[1]
    everyone = np.arange(len(points))
    if not np.array_equal(table[table], everyone) or away[everyone, table].max() > _FARTHEST_PAIR_M:
        raise ValueError("the points are not symmetric enough to pair them")
    pairs: IntArray = table.astype(np.int32)
    return pairs


def snapped(
    points: FloatArray, vertices: FloatArray, triangles: IntArray, measure: FloatArray
) -> tuple[IntArray, FloatArray]:
    """The nearest places on a surface: (n, 3) vertices of a triangle and (n, 3) barycentric weights.

    The square of a distance d (3,) from a point is d @ measure @ d, with a positive definite measure of its own (n, 3, 3).
    """
    chosen, weights = np.zeros((len(points), 3), np.int64), np.zeros((len(points), 3))
    middles = vertices[triangles].mean(axis=1)
    for number, (place, own) in enumerate(zip(points, measure, strict=True)):
        close = np.argsort(np.linalg.norm(middles - place, axis=1))[:_CANDIDATES]
        # In these axes the measure is the usual one.
        axes = np.linalg.cholesky(own)
        point, corners = place @ axes, vertices[triangles[close]] @ axes
        near = np.argsort(np.linalg.norm(corners.mean(axis=1) - point, axis=1))[:60]
        shares = np.stack([_nearest(point, corners[each]) for each in near])
        away = np.linalg.norm(np.einsum("nc,ncx->nx", shares, corners[near]) - point, axis=1)
        best = int(away.argmin())
        chosen[number], weights[number] = triangles[close[near[best]]], shares[best]
    return chosen, weights


def network_image(pixels: IntArray) -> FloatArray:
    """(448, 448, 3) uint8 -> (3, 224, 224) float32 in 0..1."""
    averaged = pixels.reshape(SIDE, _FINER, SIDE, _FINER, 3).mean(axis=(1, 3), dtype=np.float32)
    image: FloatArray = np.ascontiguousarray(averaged.transpose(2, 0, 1) / np.float32(255.0))
    return image


def _setting(rng: np.random.Generator, arguments: Arguments) -> Setting:
    return Setting(
        lighting=draw_lighting(rng),
        background=_black(SIDE * _FINER) + np.float32(rng.uniform(0.05, 0.6)),
        yaw_deg=float(rng.uniform(-arguments.yaw_deg, arguments.yaw_deg)),
        pitch_deg=float(rng.uniform(-arguments.pitch_deg, arguments.pitch_deg)),
        distance_m=float(rng.uniform(0.6, 1.2)),
        fill=_FILL * float(rng.uniform(0.92, 1.06)),
        noise=0.004,
    )


def _black(side: int) -> FloatArray:
    return np.zeros((side, side, 3), np.float32)


def _unprojected(
    studio: Studio,
    seated: Seated,
    portrait: Portrait,
    points: FloatArray,
    outer: IntArray,
    *,
    mouth_open: bool,
) -> Sample:
    hits = portrait.hits
    on_skin = (hits.surface == 0) & np.isin(hits.triangle, outer)
    away, nearest = ndimage.distance_transform_edt(~on_skin, return_indices=True)
    column, row = np.clip(np.floor(points).astype(int), 0, SIDE * _FINER - 1).T
    at = nearest[:, row, column]
    triangle, weights = hits.triangle[at[0], at[1]], hits.weights[at[0], at[1]]
    skin = seated.scene.surfaces[0]
    corners = skin.triangles[triangle]
    normal = np.einsum("pc,pcx->px", weights, skin.normals[corners]) @ portrait.camera.rotation.T
    facing = normal[:, 2] / (np.linalg.norm(normal, axis=1) + 1e-9)
    trusted = (away[row, column] <= _FARTHEST_PX * _FINER) & (facing > _FACING)
    template = studio.heads.skin_triangles()[triangle]
    return Sample(template, weights, np.where(trusted, facing, 0.0), portrait.camera.rotation[2], mouth_open)


def _weighted_median(values: FloatArray, weights: FloatArray) -> FloatArray:
    """(n, p) -> (p,) along the first axis."""
    order = np.argsort(values, axis=0)
    sums = np.cumsum(np.take_along_axis(weights, order, axis=0), axis=0)
    half = (sums >= sums[-1] / 2.0).argmax(axis=0)
    median: FloatArray = np.take_along_axis(values, order, axis=0)[half, np.arange(values.shape[1])]
    return median


def _nearest(point: FloatArray, triangle: FloatArray) -> FloatArray:
    """(3,) barycentric weights of the place on a triangle (3, 3) that is nearest to a point (3,)."""
    a, b, c = triangle
    system = np.stack([b - a, c - a], axis=1)
    second, third = np.linalg.lstsq(system, point - a, rcond=None)[0]
    if second >= 0.0 and third >= 0.0 and second + third <= 1.0:
        return np.array([1.0 - second - third, second, third])
    best, least = np.zeros(3), np.inf
    for start, end in ((0, 1), (1, 2), (2, 0)):
        edge = triangle[end] - triangle[start]
        share = float(np.clip((point - triangle[start]) @ edge / (edge @ edge + 1e-18), 0.0, 1.0))
        away = float(np.linalg.norm(triangle[start] + share * edge - point))
        if away < least:
            least, best = away, np.zeros(3)
            best[start], best[end] = 1.0 - share, share
    return best

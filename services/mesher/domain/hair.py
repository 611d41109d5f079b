"""Hair: sheets of strands that leave the whorl or a parting, follow the skull, and hang where they are long.

A strand is bound to the skull by the triangles under it, so hair follows every head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from bodymodel.template import Template
from services.mesher.domain import combing, surface
from services.mesher.domain.anatomy import Skeleton
from services.mesher.domain.body import Body
from services.mesher.domain.combing import PLACES, ROWS, STRANDS
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.finish import four_weights, linear_rgb
from services.mesher.domain.model import HairPattern, Material, Part
from services.mesher.domain.obstacle import Layer
from services.mesher.domain.skull import Skull
from services.mesher.domain.surface import FloatArray, IntArray

_ROUGHNESS = 0.62
_DECIMALS = 9
"""Of metres: hair lies to the nanometre."""
_SOURCE = "drawn along the scalp of the MakeHuman base mesh"
# Hair on the back: half of what the back is scanned in and of its own breadth, the bands, the gap to it, by how much
# less that is at the sides, and how gently hair bends there, metres.
_HAIR_BREADTH, _BACK_BREADTH = 0.15, 0.105
_BAND = 0.02
_GAP, _ROUND, _BENT = 0.014, 0.014, 0.02
_EASED_FROM, _EASINGS, _SHRUNK, _REGROWN = 20, 12, 0.5, -0.53
"""Row from which hanging strands are smoothed for pictures, how often, and by which shares to and fro."""
_CALM = 5.0
"""Strands over which drawn styles even out how hair runs and faces."""
_HAIRLINE_M, _NAPE_M = 0.020, 0.045
"""Where hair thins out: over the forehead, and to the nape and the sides."""
_TIPS = 0.07
"""And to hanging ends: the share of a strand."""


@dataclass(frozen=True, slots=True)
class Style:
    """What tells hairstyles apart, metres."""

    volume: float
    """Thickness over the skull."""
    sides: float = 0.0
    """Thickness of short hair over the ears and the nape."""
    length: float = 0.0
    """How far strands hang below the middle of the ear; 0 for short hair."""
    curl: float = 0.0
    """How much the ends turn in."""
    wave: float = 0.0
    """How far hanging strands sway."""


STYLES: Mapping[HairPattern, Style] = {
    HairPattern.CROP: Style(volume=0.016, sides=0.007),
    HairPattern.BOB: Style(volume=0.017, length=0.115, curl=0.022, wave=0.0015),
    HairPattern.LONG: Style(volume=0.017, length=0.40, wave=0.0045),
}


@dataclass(frozen=True, slots=True)
class Hairdo:
    """One style on the template: vertices = rows @ template vertices + offset."""

    style: Style
    rows: sparse.csr_array
    offset: FloatArray
    """(n, 3) metres."""
    triangles: IntArray
    corners: sparse.csr_array
    joints: IntArray
    weights: IntArray
    shades: IntArray
    """(n, 4) uint8 linear RGBA."""


def comb(pattern: HairPattern, template: Template, vertices: FloatArray, skeleton: Skeleton) -> Hairdo:
    """Make a hairstyle on the reference body; about half a second."""
    style = STYLES[pattern]
    skull = Skull.of(template, vertices)
    laid = combing.parted(style.volume) if style.length else combing.cropped(style.volume, style.sides)
    rows, points = skull.cast(laid.directions.reshape(-1, 3))
    points = points.reshape(ROWS, STRANDS, 3)
    shape = laid.rounded(points) + laid.lift[:, :, None] * laid.directions
    anchors, number = points, np.arange(ROWS * STRANDS)
    if style.length:
        fallen = combing.hanging(shape, skull, style.length, style.curl, style.wave)
        shape = np.concatenate([shape, fallen])
        anchors = np.concatenate([points, np.repeat(points[-1:], len(fallen), axis=0)])
        number = np.concatenate([number, *[number[-STRANDS:]] * len(fallen)])
    triangles = _grid(len(shape))
    hangs = np.arange(shape.size // 3) >= ROWS * STRANDS
    joints, steps = four_weights(_weights(template, shape.reshape(-1, 3), hangs, skeleton))
    return Hairdo(
        style=style,
        rows=sparse.csr_array(rows[number]),
        offset=(shape - anchors).reshape(-1, 3).astype(np.float32),
        triangles=triangles,
        corners=surface.incidence(triangles, shape.size // 3),
        joints=joints,
        weights=steps,
        shades=_shades(len(shape)),
    )


def wear(hairdo: Hairdo, body: Body, color: str, layers: list[Layer]) -> Part:
    """The hair on a body; long strands lie behind its back, outside the layers."""
    # Of what cancels out, zero is left on every machine, and not what its last bits were.
    points = (np.round(hairdo.rows @ body.vertices + hairdo.offset, _DECIMALS) + 0.0).astype(np.float32)
    if hairdo.style.length > 0.2:
        points = _behind(points, body.skeleton, layers)
    return Part(
        name="hair",
        positions=points,
        normals=surface.vertex_normals(points, hairdo.triangles, hairdo.corners).astype(np.float32),
        triangles=hairdo.triangles,
        joints=hairdo.joints,
        weights=hairdo.weights,
        material=Material("hair", linear_rgb(color), _ROUGHNESS, double_sided=True),
        licence="CC0-1.0",
        source=_SOURCE,
        colors=hairdo.shades,
    )


@dataclass(frozen=True, slots=True)
class Strands:
    """How hair runs, for drawing."""

    grain: FloatArray
    """(n, 4) float32 unit vector towards the ends, then the way from the root, 0, to the end, 1."""
    around: FloatArray
    """(n, 3) float32 cosine and sine of the strand's place around the head, and how dense hair is there: 1, and 0 where
    it ends."""


def strands(points: FloatArray) -> Strands:
    """Of the vertices (n, 3) of a whole hairdo, wherever its wearer's pose has taken them."""
    grid = points.reshape(-1, STRANDS, 3).astype(np.float64)
    steps = np.diff(grid, axis=0)
    lengths = np.concatenate([np.zeros((1, STRANDS)), np.cumsum(np.linalg.norm(steps, axis=2), axis=0)])
    along = np.concatenate([steps[:1], steps])
    along /= np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-9)
    grain = np.concatenate([along, (lengths / lengths[-1])[:, :, None]], axis=2)
    angle = np.broadcast_to(np.pi * PLACES, lengths.shape)
    around = np.stack([np.cos(angle), np.sin(angle), _density(lengths)], axis=2)
    return Strands(grain.reshape(-1, 4).astype(np.float32), around.reshape(-1, 3).astype(np.float32))


def _density(lengths: FloatArray) -> FloatArray:
    """(rows, strands) 0..1, by the metres from the root: hair thins out where it begins and ends."""
    left, place = lengths[-1] - lengths, np.abs(PLACES)
    if not _hangs(len(lengths)):
        thins = _HAIRLINE_M + (_NAPE_M - _HAIRLINE_M) * smoothstep((place - 0.3) / 0.08)
        lying: FloatArray = np.minimum(left / thins, 1.0)
        return lying
    # Along the forehead the foremost strands stand apart, lower down they close up.
    apart = 0.035 + 0.085 * smoothstep((0.30 - lengths / lengths[-1]) / 0.15)
    hanging: FloatArray = np.minimum(left / (_TIPS * lengths[-1]), 1.0) * np.minimum(place / apart, 1.0)
    return hanging


def eased(points: FloatArray) -> FloatArray:
    """The vertices (n, 3) of a whole hairdo with its hanging strands drawn smooth, wherever a pose has bent them."""
    grid = points.reshape(-1, STRANDS, 3).astype(np.float64)
    if _hangs(len(grid)):
        # To and fro: what is shorter than a wave of hair goes, and waves stay.
        for share in (_SHRUNK, _REGROWN) * _EASINGS:
            between = (grid[_EASED_FROM - 1 : -2] + grid[_EASED_FROM + 1 :]) / 2.0
            grid[_EASED_FROM:-1] += share * (between - grid[_EASED_FROM:-1])
    return grid.reshape(-1, 3).astype(np.float32)


def calm(values: FloatArray) -> FloatArray:
    """Directions (n, 3) over a whole hairdo without what single strands add to them."""
    grid = values.reshape(-1, STRANDS, 3).astype(np.float64)
    # Over the face parted hair has no next strand: there the rolled grid ends.
    grid = np.roll(grid, STRANDS // 2, axis=1)
    grid = ndimage.gaussian_filter1d(grid, _CALM, axis=1, mode="nearest" if _hangs(len(grid)) else "wrap")
    grid = np.roll(ndimage.gaussian_filter1d(grid, 1.5, axis=0, mode="nearest"), STRANDS // 2, axis=1)
    return surface.unit(grid.reshape(-1, 3)).astype(np.float32)


def _hangs(rows: int) -> bool:
    """Whether hair of so many rows is parted and hangs, or lies short around the head."""
    return rows > ROWS


def _behind(points: FloatArray, skeleton: Skeleton, layers: list[Layer]) -> FloatArray:
    """Lay hanging hair on the back: it passes behind the neck and falls from what sticks out farthest above it."""
    solid = np.concatenate([layer.points for layer in layers])
    solid = solid[np.abs(solid[:, 0]) < _HAIR_BREADTH]
    nape, low = float(skeleton.heads["Neck"][1]), float(points[:, 1].min()) - _BAND
    band = np.floor((nape + 0.10 - solid[:, 1]) / _BAND).astype(np.int64)
    count = int((nape + 0.10 - low) / _BAND) + 1
    inside = (band >= 0) & (band < count)
    rearmost = np.full(count, np.inf)
    np.minimum.at(rearmost, band[inside], solid[inside, 2])
    rearmost = np.minimum.accumulate(rearmost) - _GAP
    at = nape + 0.10 - _BAND * (np.arange(count) + 0.5)
    limit = np.interp(points[:, 1], at[::-1], rearmost[::-1])
    # From under the ears, 10 cm above the root of the neck, to the shoulders, which lie at it.
    share = smoothstep((nape + 0.10 - points[:, 1]) / 0.12)
    # Side by side, the foremost outside, or those from before the ears would lie in those from behind them.
    place = np.tile(PLACES, len(points) // STRANDS)
    side = np.sign(place) * _BACK_BREADTH * (1.0 - np.abs(place))
    moved = points.copy()
    moved[:, 0] += share * (side - points[:, 0])
    free = limit + _ROUND * (1.0 - np.abs(place)) ** 2 - points[:, 2]
    moved[:, 2] -= share * _BENT**2 / 2.0 / (free + np.hypot(free, _BENT))
    return moved


def _grid(rows: int) -> IntArray:
    """Triangles of the strand grid: short hair closes at the whorl, parted hair is open over the face."""
    here = np.arange(STRANDS)
    after = np.roll(here, -1)
    strips = []
    if _hangs(rows):
        here, after = (np.delete(each, STRANDS // 2 - 1) for each in (here, after))
    else:
        strips.append(np.stack([here[1:-1], here[2:], np.zeros(STRANDS - 2, np.int64)], 1))
    for row in range(rows - 1):
        a, b = here + row * STRANDS, after + row * STRANDS
        c, d = a + STRANDS, b + STRANDS
        strips += [np.stack([a, c, b], 1), np.stack([b, c, d], 1)]
    return np.concatenate(strips)


def _weights(
    template: Template, points: FloatArray, hangs: NDArray[np.bool_], skeleton: Skeleton
) -> FloatArray:
    """(n, B): hair moves with the head; below the neck with the chest."""
    weights = np.zeros((len(points), len(template.bones)), np.float32)
    neck = float(skeleton.heads["Neck"][1])
    chest = smoothstep((neck + 0.04 - points[:, 1]) / 0.16) * hangs
    weights[:, template.bones.index("Head")] = 1.0 - chest
    weights[:, template.bones.index("Spine2")] = chest
    return weights


def _shades(rows: int) -> IntArray:
    """(n, 4) uint8: strands differ in lightness, and darken toward the roots."""
    t, way = np.pi * PLACES, np.linspace(0.0, 1.0, rows)[:, None]
    waver = 0.05 * np.sin(3.0 * t + 4.0 * way)
    differ = (
        0.5 * np.sin(31.0 * (t + waver))
        + 0.3 * np.sin(47.0 * (t - waver) + 1.3)
        + 0.2 * np.sin(13.0 * t + 3.0 * way)
    )
    light = (0.84 + 0.12 * differ) * (0.90 + 0.10 * way)
    level = np.clip(np.rint(255.0 * light), 0, 255).astype(np.uint8).ravel()
    return np.stack([level, level, level, np.full_like(level, 255)], axis=1)

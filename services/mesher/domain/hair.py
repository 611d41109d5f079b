"""Hair: shells of strands that leave the crown, follow the skull to the hairline, and hang where they are long.

A strand is bound to the skull by the triangles under it, so hair follows every head; grooves between strands
and their different shades make it read as hair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse
from scipy.spatial import cKDTree

from bodymodel.template import Template
from services.mesher.domain import surface
from services.mesher.domain.anatomy import Skeleton
from services.mesher.domain.body import Body
from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.finish import four_weights, linear_rgb
from services.mesher.domain.model import HairPattern, Material, Part
from services.mesher.domain.obstacle import Layer
from services.mesher.domain.surface import FloatArray, IntArray

_STRANDS = 192
_SCALP_ROWS = 26
_HANGING_ROWS = 22
_ROUGHNESS = 0.62
_SOURCE = "drawn along the scalp of the MakeHuman base mesh"

_AZIMUTH = (0.0, 22.0, 42.0, 55.0, 64.0, 71.0, 78.0, 85.0, 92.0, 106.0, 118.0, 130.0, 150.0, 180.0)
_HAIRLINE = (37.0, 36.0, 31.0, 21.0, 8.0, -6.0, -10.0, -2.0, 7.0, 7.0, -8.0, -24.0, -36.0, -38.0)
"""Elevation of the hairline seen from the skull's centre, by azimuth from the face to the nape, degrees:
forehead, temple, sideburn, over the ear, behind it, nape."""
_CROWN = (180.0, 62.0)
_EAR_LEVEL = -4.0
_CANDIDATES = 64
# Hair on the back: half its breadth, the bands that the back is scanned in, the gap to it, metres.
_HAIR_BREADTH = 0.15
_BAND = 0.02
_GAP = 0.014
_EASED_FROM, _EASINGS = 20, 24
"""Row from which hanging strands are smoothed for pictures, and how often."""
_CALM = 5.0
"""Strands over which drawn styles even out how hair runs and faces."""
# Nearer to the middle of the head than this lie the palate and the ear canals, not the skull.
_INNERMOST = 0.05


@dataclass(frozen=True, slots=True)
class Style:
    """What tells hairstyles apart."""

    volume: float
    """Thickness over the skull, metres."""
    fringe: float
    """Elevation that the front hairline is lowered by, degrees."""
    hangs_from: float
    """Azimuth in degrees behind which strands hang; 360 for none."""
    length: float
    """How far strands hang below the middle of the ear, metres."""
    curl: float
    """How much the ends turn in, metres."""
    groove: float
    """Depth of the grooves between strands, metres."""


STYLES: Mapping[HairPattern, Style] = {
    HairPattern.CROP: Style(volume=0.011, fringe=2.0, hangs_from=360.0, length=0.0, curl=0.0, groove=0.0012),
    HairPattern.BOB: Style(
        volume=0.017, fringe=4.0, hangs_from=62.0, length=0.115, curl=0.022, groove=0.0018
    ),
    HairPattern.LONG: Style(volume=0.016, fringe=4.0, hangs_from=64.0, length=0.40, curl=0.0, groove=0.0022),
}


@dataclass(frozen=True, slots=True)
class Hairdo:
    """One style on the template: vertices = rows @ template vertices + offset."""

    style: Style
    rows: sparse.csr_array
    offset: FloatArray
    """(n, 3) metres."""
    hang: FloatArray
    """(n,) 0 on the scalp, rising to 1 at the end of hanging strands."""
    triangles: IntArray
    corners: sparse.csr_array
    joints: IntArray
    weights: IntArray
    shades: IntArray
    """(n, 4) uint8 linear RGBA."""


def comb(pattern: HairPattern, template: Template, vertices: FloatArray, skeleton: Skeleton) -> Hairdo:
    """Make a hairstyle on the reference body; about half a second."""
    style = STYLES[pattern]
    skull = _Skull.of(template, vertices)
    azimuth = np.linspace(-180.0, 180.0, _STRANDS, endpoint=False)
    share = np.linspace(0.0, 1.0, _SCALP_ROWS + 1)[1:]
    hanging = smoothstep((np.abs(azimuth) - style.hangs_from + 7.0) / 14.0)
    directions = _directions(azimuth, hanging, share, style)
    rows, points = skull.cast(directions.reshape(-1, 3))
    points = points.reshape(_SCALP_ROWS, _STRANDS, 3)
    lift = _lift(azimuth, hanging, share, style)
    shell = points + lift[:, :, None] * directions
    curtain = _curtain(shell, hanging, style, skull) if hanging.any() else np.zeros((0, _STRANDS, 3))
    shape = np.concatenate([shell, curtain])
    anchors = np.concatenate([points, np.repeat(points[-1:], len(curtain), axis=0)])
    number = np.concatenate([np.arange(_SCALP_ROWS * _STRANDS), *[_last_row()] * len(curtain)])
    depth = np.zeros(shape.shape[:2])
    depth[_SCALP_ROWS:] = np.linspace(0.0, 1.0, len(curtain) + 1)[1:, None] * hanging if len(curtain) else 0.0
    triangles = _grid(len(shape))
    weights = _weights(template, shape.reshape(-1, 3), depth.ravel(), skeleton)
    joints, steps = four_weights(weights)
    return Hairdo(
        style=style,
        rows=sparse.csr_array(rows[number]),
        offset=(shape - anchors).reshape(-1, 3).astype(np.float32),
        hang=depth.ravel(),
        triangles=triangles,
        corners=surface.incidence(triangles, shape.shape[0] * _STRANDS),
        joints=joints,
        weights=steps,
        shades=_shades(len(shape)),
    )


def wear(hairdo: Hairdo, body: Body, color: str, layers: list[Layer]) -> Part:
    """The hair on a body; long strands lie behind its back, outside the layers."""
    points = (hairdo.rows @ body.vertices + hairdo.offset).astype(np.float32)
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
    """(n, 4) float32 unit vector towards the ends, then the way from the crown, 0, to the end, 1."""
    around: FloatArray
    """(n, 2) float32 cosine and sine of the strand's place around the head."""


def strands(points: FloatArray) -> Strands:
    """Of the vertices (n, 3) of a whole hairdo, wherever its wearer's pose has taken them."""
    grid = points.reshape(-1, _STRANDS, 3).astype(np.float64)
    steps = np.diff(grid, axis=0)
    lengths = np.concatenate([np.zeros((1, _STRANDS)), np.cumsum(np.linalg.norm(steps, axis=2), axis=0)])
    way = lengths / np.maximum(lengths[-1], 1e-6)
    # Strands that do not hang end early, and their last vertices lie on each other: those keep the direction before.
    along = np.concatenate([steps[:1], steps])
    for row in range(1, len(along)):
        still = np.linalg.norm(along[row], axis=1) < 1e-6
        along[row, still] = along[row - 1, still]
    along /= np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-9)
    angle = np.tile(np.linspace(-np.pi, np.pi, _STRANDS, endpoint=False), len(grid))
    grain = np.concatenate([along, way[:, :, None]], axis=2).reshape(-1, 4)
    return Strands(
        grain.astype(np.float32), np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    )


def eased(points: FloatArray) -> FloatArray:
    """The vertices (n, 3) of a whole hairdo with its hanging strands drawn smooth, wherever a pose has bent them."""
    grid = points.reshape(-1, _STRANDS, 3).astype(np.float64)
    for _ in range(_EASINGS if len(grid) > _SCALP_ROWS else 0):
        between = (grid[_EASED_FROM - 1 : -2] + grid[_EASED_FROM + 1 :]) / 2.0
        grid[_EASED_FROM:-1] += 0.5 * (between - grid[_EASED_FROM:-1])
    return grid.reshape(-1, 3).astype(np.float32)


def calm(values: FloatArray) -> FloatArray:
    """Directions (n, 3) over a whole hairdo without what single strands add to them."""
    grid = values.reshape(-1, _STRANDS, 3).astype(np.float64)
    grid = ndimage.gaussian_filter(grid, (1.5, _CALM, 0.0), mode=("nearest", "wrap", "nearest"))
    return surface.unit(grid.reshape(-1, 3)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Skull:
    """The head's triangles, seen from the middle of the braincase."""

    centre: FloatArray
    corners: IntArray
    """(m, 3) template vertices."""
    vertices: FloatArray

    @classmethod
    def of(cls, template: Template, vertices: FloatArray) -> _Skull:
        head = template.dominant_bones()[: template.body_vertices] == template.bones.index("Head")
        triangles = template.body.triangles
        triangles = triangles[head[triangles].all(axis=1)]
        eyes = np.unique(template.groups["helper-l-eye"].quads)
        level = float(vertices[eyes, 1].mean()) + 0.012
        top = vertices[: template.body_vertices][
            head & (vertices[: template.body_vertices, 1] > level + 0.02)
        ]
        centre = np.array([0.0, level, float(top[:, 2].min() + top[:, 2].max()) / 2.0])
        return cls(centre, triangles, vertices)

    def cast(self, directions: FloatArray) -> tuple[sparse.csr_array, FloatArray]:
        """First hits of rays (r, 3) from the centre: rows (r, V) that carry them, and where they lie (r, 3)."""
        a, b, c = (self.vertices[self.corners[:, k]].astype(np.float64) - self.centre for k in range(3))
        middle = (a + b + c) / 3.0
        # Only triangles in about a ray's direction can be hit.
        tree = cKDTree(middle / np.linalg.norm(middle, axis=1, keepdims=True))
        _, near = tree.query(directions, k=_CANDIDATES)
        ray = directions[:, None]
        # Barycentric weights of a ray are ratios of the volumes that it spans with the triangle's sides.
        spans = [np.cross(b, c), np.cross(c, a), np.cross(a, b)]
        shares = np.stack([np.sum(ray * span[near], axis=2) for span in spans], axis=2)
        total = shares.sum(axis=2)
        volume = np.einsum("ij,ij->i", a, spans[0])[near]
        outward = (shares >= -1e-12).all(axis=2) & (total > 0.0)
        reach = np.where(outward, volume / np.where(outward, total, 1.0), np.inf)
        reach[reach < _INNERMOST] = np.inf
        first = (np.arange(len(directions)), reach.argmin(axis=1))
        weights = shares[first] / total[first][:, None]
        count = len(directions)
        entries = (weights.ravel(), (np.repeat(np.arange(count), 3), self.corners[near[first]].ravel()))
        rows = sparse.csr_array(entries, shape=(count, len(self.vertices)))
        return rows, self.centre + reach[first][:, None] * directions


def _last_row() -> IntArray:
    return (_SCALP_ROWS - 1) * _STRANDS + np.arange(_STRANDS)


def _direction(azimuth: FloatArray, elevation: FloatArray) -> FloatArray:
    """Degrees -> (..., 3) unit vectors; azimuth 0 is the face, 90 the left ear."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], axis=-1)


def _directions(azimuth: FloatArray, hanging: FloatArray, share: FloatArray, style: Style) -> FloatArray:
    """(rows, strands, 3): great circles from the crown to the hairline, or to the ear's level where strands hang."""
    hairline = np.interp(np.abs(azimuth), _AZIMUTH, _HAIRLINE)
    hairline = hairline - style.fringe * smoothstep((60.0 - np.abs(azimuth)) / 25.0) + 1.1 * _grooves(1)[0]
    end = _direction(azimuth, hairline + hanging * (np.maximum(_EAR_LEVEL, hairline - 30.0) - hairline))
    crown = _direction(np.array(_CROWN[0]), np.array(_CROWN[1]))
    angle = np.arccos(np.clip(end @ crown, -1.0, 1.0))
    s = share[:, None]
    arc = np.sin((1.0 - s) * angle)[:, :, None] * crown + np.sin(s * angle)[:, :, None] * end
    unit: FloatArray = arc / np.linalg.norm(arc, axis=2, keepdims=True)
    return unit


def _lift(azimuth: FloatArray, hanging: FloatArray, share: FloatArray, style: Style) -> FloatArray:
    """(rows, strands) height over the skull: full over the top, into the skin at the hairline."""
    s = share[:, None]
    edge = 1.0 - smoothstep((s - 0.72) / 0.28) * (1.0 - hanging)
    lift = style.volume * (0.8 + 0.2 * s) * edge - 0.0012 * (1.0 - edge)
    # Hanging hair lies over the ears.
    ear = np.exp(-(((np.abs(azimuth) - 92.0) / 26.0) ** 2))
    lift = lift + hanging * ear * 0.012 * smoothstep((s - 0.4) / 0.6)
    return lift + style.groove * _grooves(len(share)) * smoothstep(s / 0.25) * np.maximum(edge, 0.15)


def _grooves(rows: int) -> FloatArray:
    """(rows, strands) in about -1..1: strands of different breadth that waver a little on their way down."""
    t = np.linspace(0.0, 2.0 * np.pi, _STRANDS, endpoint=False)
    way = np.linspace(0.0, 1.0, rows)[:, None]
    waver = 0.05 * np.sin(3.0 * t + 4.0 * way)
    return (
        0.5 * np.sin(31.0 * (t + waver))
        + 0.3 * np.sin(47.0 * (t - waver) + 1.3)
        + 0.2 * np.sin(13.0 * t + 3.0 * way)
    )


def _curtain(shell: FloatArray, hanging: FloatArray, style: Style, skull: _Skull) -> FloatArray:
    """(rows, strands, 3) the hanging part: straight down from the shell's end, ends turned in or held together."""
    s = np.linspace(0.0, 1.0, _HANGING_ROWS + 1)[1:, None]
    last, before = shell[-1], shell[-2]
    outward = last - skull.centre
    outward[:, 1] = 0.0
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    slope = last - before
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    around = np.abs(np.linspace(-1.0, 1.0, _STRANDS, endpoint=False))
    length = style.length * (0.9 + 0.1 * around) + 0.004 * _grooves(1)[0]
    drop = length * hanging * s
    ahead = np.minimum(drop, 0.05)
    # Strands leave the shell along its own slope and turn to the plumb line within 5 cm.
    lean = (ahead - ahead**2 / 0.1)[:, :, None] * slope * [1.0, 0.0, 1.0]
    turn = -style.curl * s[:, :, None] ** 3 * hanging[:, None] * outward
    grooves = 0.6 * style.groove * (_grooves(_HANGING_ROWS) * hanging)[:, :, None] * outward
    curtain: FloatArray = last + lean + turn + grooves
    curtain[:, :, 1] -= drop
    return curtain


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
    # From under the ears, 8 cm above the root of the neck, to the shoulders, which lie at it.
    share = smoothstep((nape + 0.08 - points[:, 1]) / 0.085)
    moved = points.copy()
    moved[:, 2] += share * np.minimum(limit - points[:, 2], 0.0)
    return moved


def _grid(rows: int) -> IntArray:
    """Triangles of the strand grid; the first row closes at the crown."""
    here = np.arange(_STRANDS)
    after = np.roll(here, -1)
    strips = [np.stack([here[1:-1], here[2:], np.zeros(_STRANDS - 2, np.int64)], 1)[:, [2, 1, 0]]]
    for row in range(rows - 1):
        a, b = here + row * _STRANDS, after + row * _STRANDS
        c, d = a + _STRANDS, b + _STRANDS
        strips += [np.stack([a, c, b], 1), np.stack([b, c, d], 1)]
    return np.concatenate(strips)


def _weights(template: Template, points: FloatArray, hang: FloatArray, skeleton: Skeleton) -> FloatArray:
    """(n, B): hair moves with the head; below the neck with the chest."""
    weights = np.zeros((len(points), len(template.bones)), np.float32)
    neck = float(skeleton.heads["Neck"][1])
    chest = smoothstep((neck + 0.04 - points[:, 1]) / 0.16) * (hang > 0.0)
    weights[:, template.bones.index("Head")] = 1.0 - chest
    weights[:, template.bones.index("Spine2")] = chest
    return weights


def _shades(rows: int) -> IntArray:
    """(n, 4) uint8: strands differ in lightness, and darken toward the roots and the inside of grooves."""
    depth = _grooves(rows)
    light = 0.80 + 0.17 * depth
    light = light * (0.88 + 0.12 * np.linspace(0.0, 1.0, rows)[:, None])
    level = np.clip(np.rint(255.0 * light), 0, 255).astype(np.uint8).ravel()
    return np.stack([level, level, level, np.full_like(level, 255)], axis=1)

"""Lashes and brows hair by hair, for pictures: files keep the line of the lashes' roots and the brows of the skin.

A hair is a ribbon that thins to its tip. Its points are fixed combinations of template vertices, so hairs follow every
face and every face shape: lashes those of the template's own strips, brows those of the skin under them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import paint, surface
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.model import Material, Part
from services.mesher.domain.morphs import Bound
from services.mesher.domain.skin import LICENCE, SOURCE
from services.mesher.domain.surface import FloatArray, IntArray

Rgb = tuple[float, float, float]
LASHES, BROWS = "lash-hairs", "brow-hairs"
_LEVELS = 4
"""Points along a hair; the last is its tip."""
POINTS = 2 * _LEVELS - 1
"""Of a hair: one side from its root to its tip, then the other from its root on."""
_SEED = 3
_BROW_HAIRS = 150
_BROW_LENGTH, _BROW_HALF_WIDTH = 0.25, 0.0085
"""Shares of half the distance between the eyes."""
_BROW_LIFT = np.array([0.0001, 0.0006, 0.0008, 0.0005])
"""Metres that a brow's hair stands off the skin, from root to tip."""


LASH_COLOR: Rgb = (0.012, 0.009, 0.008)
_BROW_SHARE, _NO_HAIR = 0.85, (0.05, 0.033, 0.022)


def brow_color(hair_color: str) -> Rgb:
    """Linear RGB: darker than the hair; brown where there is none."""
    red, green, blue = linear_rgb(hair_color) if hair_color else _NO_HAIR
    return red * _BROW_SHARE, green * _BROW_SHARE, blue * _BROW_SHARE


@dataclass(frozen=True, slots=True)
class _Row:
    """The hairs of one lid, as shares of the template's strip."""

    hairs: int
    length: float
    half_width: float
    """Columns of the strip at the root."""


_UPPER = _Row(hairs=46, length=0.86, half_width=0.10)
_LOWER = _Row(hairs=30, length=0.50, half_width=0.07)
ROWS = {LASHES: 2 * (_UPPER.hairs, _LOWER.hairs), BROWS: 2 * (_BROW_HAIRS,)}
"""How many hairs lie side by side: of the upper and the lower lid of one eye and the other; of one brow and the other."""


@dataclass(frozen=True, slots=True)
class Fringe:
    """Hairs that follow the head."""

    name: str
    rows: sparse.csr_array
    """(n, V) float32: points = rows @ template vertices + lift."""
    lift: FloatArray
    """(n, 3) float32 metres."""
    triangles: IntArray
    joints: IntArray
    weights: IntArray

    def part(self, vertices: FloatArray, color: Rgb) -> Part:
        """The hairs on one body, in a colour of linear RGB."""
        points = (self.rows @ vertices + self.lift).astype(np.float32)
        corners = surface.incidence(self.triangles, len(points))
        return Part(
            name=self.name,
            positions=points,
            normals=surface.vertex_normals(points, self.triangles, corners).astype(np.float32),
            triangles=self.triangles,
            joints=self.joints,
            weights=self.weights,
            material=Material(self.name, color, 0.6, double_sided=True),
            licence=LICENCE,
            source=SOURCE,
            origin=np.arange(len(points)),
        )

    def bound(self) -> Bound:
        """How they follow the template."""
        return Bound(self.rows, self.triangles, np.arange(self.rows.shape[0]))


def lashes(template: Template, reference: FloatArray) -> Fringe:
    """The lashes of both lids of both eyes."""
    chance = np.random.default_rng(_SEED)
    rows = []
    for side in "lr":
        ball = reference[np.unique(template.groups[f"helper-{side}-eye"].quads)]
        centre = (ball.min(axis=0) + ball.max(axis=0)) / 2.0
        for strip, row in (("2", _UPPER), ("1", _LOWER)):
            grid = _grid(template.groups[f"helper-{side}-eyelashes-{strip}"].quads, reference, centre)
            rows.append(_lid(grid, row, len(template.weights), chance))
    joined = sparse.csr_array(sparse.vstack(rows))
    return _fringe(LASHES, template, joined, np.zeros((joined.shape[0], 3)))


def brows(template: Template, reference: FloatArray) -> Fringe:
    """Both brows, where `paint.face` has them."""
    chance = np.random.default_rng(_SEED)
    centre, unit = paint.between_eyes(template, reference)
    along = (np.arange(_BROW_HAIRS) + chance.random(_BROW_HAIRS)) / _BROW_HAIRS
    across = chance.uniform(-0.95, 0.95, _BROW_HAIRS)
    x = paint.BROW[0] + along * (paint.BROW[1] - paint.BROW[0])
    line, half = paint.brow_line(x)
    # Hairs stand up at the inner end, then lie down along the brow: from below upwards, from above downwards.
    angle = np.radians(78.0) * (1.0 - along) ** 2.2 + np.radians(-12.0 - 26.0 * across) * along**0.6
    angle += chance.normal(0.0, 0.10, _BROW_HAIRS)
    length = _BROW_LENGTH * (0.75 + 0.5 * chance.random(_BROW_HAIRS)) * (1.0 - 0.35 * along)
    level = np.linspace(0.0, 1.0, _LEVELS)
    bend = angle[:, None] - 0.35 * level * np.sign(angle)[:, None]
    middle_x = x[:, None] + length[:, None] * level * np.cos(bend)
    middle_y = (line + across * half)[:, None] + length[:, None] * level * np.sin(bend)
    width = _BROW_HALF_WIDTH * (1.0 - level)
    sides = [
        np.stack([middle_x - step * np.sin(bend), middle_y + step * np.cos(bend)], axis=2)
        for step in (-width, width)
    ]
    ribbons = np.concatenate([sides[0], sides[1][:, :-1]], axis=1)
    lift = np.concatenate([_BROW_LIFT, _BROW_LIFT[:-1]])
    rows, lifts = [], []
    for sign in (1.0, -1.0):
        points = ribbons.reshape(-1, 2) * [sign, 1.0] * unit + centre[:2]
        rows.append(_on_skin(template, reference, points))
        lifts.append(np.tile(lift, _BROW_HAIRS))
    offset = np.zeros((2 * len(ribbons) * ribbons.shape[1], 3))
    offset[:, 2] = np.concatenate(lifts)
    return _fringe(BROWS, template, sparse.csr_array(sparse.vstack(rows)), offset)


def _fringe(name: str, template: Template, rows: sparse.csr_array, lift: FloatArray) -> Fringe:
    count = rows.shape[0]
    joints, weights = np.zeros((count, 4), np.uint8), np.zeros((count, 4), np.uint8)
    joints[:, 0], weights[:, 0] = template.bones.index("Head"), 255
    each = POINTS
    first = each * np.arange(count // each)[:, None, None]
    triangles = (_ribbon() + first).reshape(-1, 3)
    return Fringe(name, rows.astype(np.float32), lift.astype(np.float32), triangles, joints, weights)


def _ribbon() -> IntArray:
    """Triangles of one hair: one side from the root to the tip, then the other without it."""
    strip = []
    for level in range(_LEVELS - 1):
        left, right = level, _LEVELS + level
        above = right + 1 if level + 2 < _LEVELS else left + 1
        strip.append((left, right, left + 1))
        if above != left + 1:
            strip.append((right, above, left + 1))
    return np.array(strip)


def _grid(quads: IntArray, reference: FloatArray, centre: FloatArray) -> IntArray:
    """(rows, columns) vertices of a strip of quads, from the lid outwards."""
    edges = Counter(
        tuple(sorted(pair)) for quad in quads.tolist() for pair in zip(quad, quad[1:] + quad[:1], strict=True)
    )
    links: dict[int, list[int]] = {}
    for a, b in edges:
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    border = {vertex for (a, b), times in edges.items() if times == 1 for vertex in (a, b)}
    corners = [vertex for vertex, near in links.items() if len(near) == 2]
    sides = [_side(corner, step, links, border) for corner in corners for step in links[corner]]
    longest = max(len(side) for side in sides)
    row = min(
        (side for side in sides if len(side) == longest),
        key=lambda side: float(np.linalg.norm(reference[side] - centre, axis=1).mean()),
    )
    rows, seen = [row], set(row)
    while True:
        further = [[near for near in links[vertex] if near not in seen] for vertex in rows[-1]]
        if not all(further):
            return np.array(rows)
        rows.append([near[0] for near in further])
        seen.update(rows[-1])


def _side(corner: int, step: int, links: dict[int, list[int]], border: set[int]) -> list[int]:
    """The border from a corner in one direction to the next corner."""
    side = [corner, step]
    while len(links[side[-1]]) > 2:
        side.append(next(near for near in links[side[-1]] if near in border and near != side[-2]))
    return side


def _lid(grid: IntArray, row: _Row, vertices: int, chance: np.random.Generator) -> sparse.csr_array:
    """(n, V) the ribbons of one lid's hairs."""
    columns = grid.shape[1] - 1
    at = (np.arange(row.hairs) + 0.2 + 0.6 * chance.random(row.hairs)) / row.hairs
    # Hairs gather in tufts of three, and are shorter towards both corners.
    tuft = (np.round(at * row.hairs / 3.0) * 3.0 / row.hairs - at) * columns
    length = row.length * (0.72 + 0.28 * np.sin(np.pi * np.clip(at, 0.03, 0.97)) ** 0.5)
    length *= 0.86 + 0.14 * chance.random(row.hairs)
    level = np.linspace(0.0, 1.0, _LEVELS)
    u = at[:, None] * columns + 0.55 * tuft[:, None] * level**1.5
    v = length[:, None] * level * (grid.shape[0] - 1)
    width = row.half_width * (1.0 - level)
    left, right = np.stack([u - width, v], axis=2), np.stack([u + width, v], axis=2)[:, :-1]
    return _between(grid, np.concatenate([left, right], axis=1).reshape(-1, 2), vertices)


def _between(grid: IntArray, places: FloatArray, vertices: int) -> sparse.csr_array:
    """(n, V) rows of places (column, row) on a grid of vertices."""
    u = np.clip(places[:, 0], 0.0, grid.shape[1] - 1.001)
    v = np.clip(places[:, 1], 0.0, grid.shape[0] - 1.001)
    column, row = u.astype(np.int64), v.astype(np.int64)
    s, t = u - column, v - row
    corners = np.stack(
        [grid[row, column], grid[row, column + 1], grid[row + 1, column], grid[row + 1, column + 1]], axis=1
    )
    shares = np.stack([(1.0 - s) * (1.0 - t), s * (1.0 - t), (1.0 - s) * t, s * t], axis=1)
    return _rows(corners, shares, vertices)


def _on_skin(template: Template, reference: FloatArray, points: FloatArray) -> sparse.csr_array:
    """(n, V) rows of the foremost skin at points (n, 2) seen from straight ahead."""
    triangles = template.body.triangles
    low, high = points.min(axis=0) - 0.02, points.max(axis=0) + 0.02
    inside = (
        (reference[: template.body_vertices, :2] > low) & (reference[: template.body_vertices, :2] < high)
    ).all(axis=1)
    near = triangles[inside[triangles].all(axis=1)]
    near = near[reference[near, 2].mean(axis=1) > 0.0]
    a, b, c = (reference[near[:, corner], :2].astype(np.float64) for corner in range(3))
    area = _cross(b - a, c - a)
    place = points[:, None]
    shares = np.stack([_cross(b - place, c - place), _cross(c - place, a - place)], axis=2) / area[:, None]
    shares = np.concatenate([shares, 1.0 - shares.sum(axis=2, keepdims=True)], axis=2)
    depth = np.einsum("ptc,tc->pt", shares, reference[near, 2].astype(np.float64))
    hit = np.where((shares > -1e-9).all(axis=2) & (area > 0.0), depth, -np.inf).argmax(axis=1)
    chosen = (np.arange(len(points)), hit)
    return _rows(near[hit], shares[chosen], len(template.weights))


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    product: FloatArray = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def _rows(corners: IntArray, shares: FloatArray, vertices: int) -> sparse.csr_array:
    count, each = corners.shape
    entries = (shares.ravel(), (np.repeat(np.arange(count), each), corners.ravel()))
    return sparse.csr_array(entries, shape=(count, vertices))

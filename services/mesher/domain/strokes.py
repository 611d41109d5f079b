"""Brows and lashes as drawn styles have them: a few strokes of a brush where pictures from life have hairs.

A stroke follows the hairs that it stands for, so it goes along with every face, expression and pose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.mesher.domain import fringe, surface
from services.mesher.domain.stage import Prop
from services.mesher.domain.stylised import Face
from services.mesher.domain.surface import FloatArray

_STATIONS = 25
"""Along a stroke."""
_EVEN = 0.05
"""Share of a stroke's length over which hairs are evened out."""
_LIFT = 0.03
"""Over the skin, in half the eyes' distance."""
_UP, _AHEAD = 0.72, 0.70
"""Which way the stroke of a lid stands off it: from straight ahead it is seen in its whole breadth."""
_MIDDLE_OF_HEAD = np.array([0.0, 0.0, -2.2])
"""In a face's own frame, about."""


@dataclass(frozen=True, slots=True)
class Brush:
    """How broad strokes are, in half the eyes' distance."""

    brow: float
    """Half the breadth of a brow where it is broadest."""
    drop: float
    """How far a brow is painted below its hairs, which larger eyes have pushed up."""
    upper: float
    """Of the upper lid's line, at its outer third."""
    lower: float
    """Of the lower lid's."""
    wing: float
    """How far the upper line goes on beyond the eye's corner."""


def drawn(name: str, hairs: Prop, face: Face, brush: Brush) -> Prop:
    """The strokes for lashes or brows; everything else as it is."""
    if name not in fringe.ROWS:
        return hairs
    ribbons = face.inside(hairs.positions).reshape(-1, fringe.POINTS, 3)
    rows = np.split(ribbons, np.cumsum(fringe.ROWS[name])[:-1])
    if name == fringe.BROWS:
        strokes = [_brow(row, brush) for row in rows]
    else:
        strokes = [
            _lid(row, brush.lower if number % 2 else brush.upper, 0.0 if number % 2 else brush.wing)
            for number, row in enumerate(rows)
        ]
    return _painted(hairs, face, strokes)


def _brow(hairs: FloatArray, brush: Brush) -> FloatArray:
    """(stations, 3, 3) the lower edge, middle and upper edge of a brow, from its inner end outwards."""
    share = np.linspace(0.02, 0.98, _STATIONS)
    middle = _evened(hairs.mean(axis=1), share) - np.array([0.0, brush.drop, 0.0])
    tangent = surface.unit(np.gradient(middle, axis=0))
    ahead = _outwards(middle)
    up = surface.unit(np.cross(ahead, tangent))
    up *= np.sign(up[:, 1:2])
    half = brush.brow * np.minimum(1.0, 0.55 + 3.0 * share) * (1.0 - share**2.6) ** 0.8
    raised = middle + _LIFT * ahead
    return np.stack(
        [raised - half[:, None] * up, raised + 0.3 * _LIFT * ahead, raised + half[:, None] * up], axis=1
    )


def _lid(hairs: FloatArray, breadth: float, wing: float) -> FloatArray:
    """(stations, 3, 3) the line of a lid, from the eye's inner corner outwards."""
    share = np.linspace(0.0, 1.0, _STATIONS)
    roots = _evened((hairs[:, 0] + hairs[:, fringe.POINTS // 2 + 1]) / 2.0, share)
    tips = _evened(hairs[:, fringe.POINTS // 2], share)
    if abs(roots[0, 0]) > abs(roots[-1, 0]):
        roots, tips = roots[::-1], tips[::-1]
    side = np.sign(roots[-1, 0])
    away = np.sign(np.mean(tips[:, 1] - roots[:, 1]))
    # Beyond the corner the line goes on, up and outwards.
    on = np.linspace(0.0, 1.0, 5)[1:, None] * wing * np.array([side * 0.8, 0.5, -0.3])
    line = np.concatenate([roots, roots[-1] + on])
    share = np.concatenate([share * 0.82, 0.82 + 0.18 * np.linspace(0.0, 1.0, 5)[1:]])
    tangent = surface.unit(np.gradient(line, axis=0))
    up = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(len(line))], axis=1)
    up = surface.unit(up) * np.sign(up[:, 1:2] + 1e-9) * away
    way = _UP * up + np.array([0.0, 0.0, _AHEAD])
    broad = breadth * (0.28 + 0.72 * np.sin(0.5 * np.pi * np.clip(share / 0.7, 0.0, 1.0)) ** 1.5)
    broad *= np.clip((1.0 - share) / 0.22, 0.0, 1.0) ** 0.8
    edges = [
        line - 0.25 * broad[:, None] * up,
        line + 0.4 * broad[:, None] * way,
        line + broad[:, None] * way,
    ]
    return np.stack(edges, axis=1)


def _evened(points: FloatArray, share: FloatArray) -> FloatArray:
    """(s, 3) points (n, 3) of hairs side by side, at shares of the way along them."""
    own = (np.arange(len(points)) + 0.5) / len(points)
    weights = np.exp(-0.5 * ((share[:, None] - own) / _EVEN) ** 2)
    # A line through the neighbours, so that ends stay where they are.
    sums = [np.sum(weights * (own - share[:, None]) ** power, axis=1) for power in range(3)]
    fitted = weights * (sums[2][:, None] - sums[1][:, None] * (own - share[:, None]))
    evened: FloatArray = fitted @ points / fitted.sum(axis=1, keepdims=True)
    return evened


def _outwards(points: FloatArray) -> FloatArray:
    """(n, 3) away from the middle of the head, without its height: which way skin about the eyes faces."""
    return surface.unit((points - _MIDDLE_OF_HEAD) * np.array([1.0, 0.0, 1.0]))


def _painted(hairs: Prop, face: Face, strokes: Sequence[FloatArray]) -> Prop:
    """Strokes (stations, 3, 3) as one surface."""
    positions, triangles, first = [], [], 0
    for stroke in strokes:
        count = len(stroke)
        corner = (3 * np.arange(count - 1)[:, None] + np.arange(2)).ravel() + first
        triangles.append(np.stack([corner, corner + 3, corner + 1], axis=1))
        triangles.append(np.stack([corner + 1, corner + 3, corner + 4], axis=1))
        positions.append(stroke.reshape(-1, 3))
        first += 3 * count
    points = face.outside(np.concatenate(positions)).astype(np.float32)
    normals = np.broadcast_to(face.axes[2].astype(np.float32), points.shape)
    return replace(hairs, positions=points, normals=normals, triangles=np.concatenate(triangles))

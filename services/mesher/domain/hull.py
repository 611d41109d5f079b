"""Tape round cloth and limbs: convex hulls of level sections through their support in some directions.

Everything is added up in double precision: machines differ in the last bits of sums and of sines, and those bits must not
reach the float32 positions of a file.
"""

from __future__ import annotations

import numpy as np

from services.mesher.domain.surface import FloatArray, IntArray

_DIRECTIONS = 72
ANGLES: FloatArray = np.linspace(-np.pi, np.pi, _DIRECTIONS, endpoint=False)
"""(72,) directions in the level plane, 0 to the front, pi / 2 to the body's left."""
_CIRCLE = np.stack([np.sin(ANGLES), np.cos(ANGLES)])
HORIZONTAL = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
"""(3, 2) takes points to the level plane's X and Z."""


def girth(points: FloatArray, edges: IntArray, height: FloatArray, level: float, plane: FloatArray) -> float:
    """Perimeter of the convex hull of the section where `height` (n,) equals `level`; 0 where nothing is cut.

    `plane` (3, 2) spans the section. By Cauchy's formula the perimeter is 2 pi times the mean support.
    """
    section = _section(points, edges, height, level)
    return _perimeter(section @ plane) if len(section) else 0.0


def section_radii(points: FloatArray, edges: IntArray, heights: FloatArray, centre: FloatArray) -> FloatArray:
    """(k, 72) distance from a vertical axis to the hull of each level section of a surface; 0 where none is cut."""
    height = points[:, 1]
    support = np.zeros((len(heights), _DIRECTIONS))
    for row, level in enumerate(heights):
        section = _section(points, edges, height, level)
        if len(section):
            support[row] = ((section - centre.astype(np.float64)) @ HORIZONTAL @ _CIRCLE).max(axis=0)
    return _radii(support)


def band_girths(points: FloatArray, levels: FloatArray, half_band: float) -> FloatArray:
    """(k,) hull perimeters of the points (m, 3) in a band around each level; 0 where there are none."""
    girths = np.zeros(len(levels))
    for index, level in enumerate(levels):
        band = points[np.abs(points[:, 1] - level) < half_band]
        if len(band):
            girths[index] = _perimeter(band.astype(np.float64) @ HORIZONTAL)
    return girths


def radii(points: FloatArray, centre: FloatArray, heights: FloatArray, clearance: float) -> FloatArray:
    """(k, 72) distance from a vertical axis to the hull around points (m, 3) at falling, evenly spaced heights.

    Each level looks one step up and down. A level without points gets 0.
    """
    step = heights[0] - heights[1]
    row = np.rint((heights[0] - points[:, 1]) / step).astype(np.int64)
    inside = (row >= 0) & (row < len(heights))
    support = np.zeros((len(heights), _DIRECTIONS))
    if inside.any():
        offset = points[inside][:, [0, 2]].astype(np.float64) - centre[[0, 2]]
        reach = offset @ _CIRCLE + clearance
        order = np.argsort(row[inside], kind="stable")
        rows, first = np.unique(row[inside][order], return_index=True)
        support[rows] = np.maximum.reduceat(reach[order], first, axis=0)
    beside = np.maximum(np.pad(support, ((1, 0), (0, 0)))[:-1], np.pad(support, ((0, 1), (0, 0)))[1:])
    support = np.maximum(support, beside)
    return _radii(support)


def _radii(support: FloatArray) -> FloatArray:
    """(k, 72) -> (k, 72): the hull's radius along a direction is the nearest of all its tangent lines."""
    facing = np.cos(ANGLES[:, None] - ANGLES[None])
    lines = np.where(facing > 0.05, support[:, None, :] / np.maximum(facing, 0.05), np.inf)
    nearest: FloatArray = lines.min(axis=2)
    return nearest


def _section(points: FloatArray, edges: IntArray, height: FloatArray, level: float) -> FloatArray:
    """(c, 3) float64 where edges cross a level."""
    height = height.astype(np.float64)
    above = height > level
    cut = edges[above[edges[:, 0]] != above[edges[:, 1]]]
    start, end = height[cut[:, 0]], height[cut[:, 1]]
    share = ((level - start) / (end - start))[:, None]
    ends = points[cut].astype(np.float64)
    crossing: FloatArray = ends[:, 0] * (1.0 - share) + ends[:, 1] * share
    return crossing


def _perimeter(flat: FloatArray) -> float:
    return float(2.0 * np.pi * (flat @ _CIRCLE).max(axis=0).mean())

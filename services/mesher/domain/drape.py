"""Draping: a cut piece takes the size that was sewn and the place that the body leaves it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.mesher.domain import hull, surface
from services.mesher.domain.anatomy import SIDES, Levels, Skeleton
from services.mesher.domain.cutting import Lie, Piece, smoothstep
from services.mesher.domain.model import Girths, Pattern
from services.mesher.domain.obstacle import Obstacle
from services.mesher.domain.surface import FloatArray

_TORSO_LEVELS = 9
_LIMB_LEVELS = 5
# Girth at the ankle hem of trousers and at the wrist hem of sleeves, as a share of the girth where they start.
_LEG_TAPER = 0.66
_SLEEVE_TAPER = 0.62
# Sections are taken this far inside a hem, where they cut the whole girth.
_INSET = 0.004
# Steps of averaging over neighbours that round the ease's corners off.
_SOFTENING = 10
# Between a garment and the cloth below it, beyond the garment's own thickness.
_ROOM = 0.003
_HALF_BAND = 0.014
# Trousers hang this much below the crotch.
_RISE_EASE = 0.012
# Trouser legs stay this far from the plane between them.
_INSEAM = 0.0003
_NARROW = 0.012


def drape(
    piece: Piece,
    points: FloatArray,
    skeleton: Skeleton,
    levels: Levels,
    girths: Girths,
    below: Sequence[FloatArray],
) -> FloatArray:
    """Loosen a close-fitting piece (n, 3) to the girths of its size; a girth below the piece's own is stretched to it.

    Cloth moves away from the limb it surrounds: a parallel curve at distance d is longer by 2 pi d.
    `below` holds the trunk's points (m, 3) of garments that are worn underneath and must find room.
    """
    normals = surface.vertex_normals(points, piece.patch.triangles, piece.corners)
    on_torso = 1.0 - np.maximum(piece.arm, piece.leg)
    ease = on_torso * _torso_ease(piece, points, levels, girths, below)
    axes = np.zeros_like(points)
    axes[:, 1] = 1.0
    if piece.arm.any():
        along = skeleton.arm_share(points)
        ease = ease + piece.arm * _arm_ease(piece, points, skeleton, along, girths)
        axes = axes + piece.arm[:, None] * (_arm_axes(points, skeleton, along) - axes)
    if piece.leg.any():
        ease = ease + piece.leg * _leg_ease(piece, points, levels, girths)
    for _ in range(_SOFTENING):
        ease = piece.mean @ ease
    outward = normals - np.einsum("ij,ij->i", normals, axes)[:, None] * axes
    moved = points + ease[:, None] * outward
    if piece.cut.pattern is Pattern.TROUSERS:
        near = smoothstep(1.0 - np.abs(points[:, 0]) / 0.05) * smoothstep(
            1.0 - np.abs(points[:, 1] - levels.crotch) / 0.06
        )
        moved[:, 1] -= _RISE_EASE * near
    return part_legs(piece, moved.astype(np.float32))


def straighten(piece: Piece, points: FloatArray) -> FloatArray:
    """Bring hems that are level, or lie in a plane, on the reference body into that place on this body."""
    moved = points.copy()
    for hem in piece.hems:
        if hem.lie is not Lie.FREE:
            ring = points[hem.loop].astype(np.float64)
            offset = ring - ring.mean(axis=0)
            normal = _UP if hem.lie is Lie.LEVEL else np.linalg.svd(offset, full_matrices=False)[2][2]
            shift = np.outer(offset @ normal, normal)
            moved[hem.near] -= hem.share[:, None] * shift[hem.anchor]
    return moved


def widening(piece: Piece, points: FloatArray, level: float) -> float:
    """Growth of the radius per metre of drop just above a level, between 0 and 1."""
    height = points[:, 1].astype(np.float64)
    upper, lower = (
        hull.girth(points, piece.edges, height, level + rise, hull.HORIZONTAL) for rise in (0.05, _INSET)
    )
    return float(np.clip((lower - upper) / (2.0 * np.pi * (0.05 - _INSET)), 0.0, 1.0)) if upper else 0.0


_UP = np.array([0.0, 1.0, 0.0])


def _torso_ease(
    piece: Piece, points: FloatArray, levels: Levels, girths: Girths, below: Sequence[FloatArray]
) -> FloatArray:
    """(n,) distance that torso cloth moves outwards."""
    known = [
        (level, girth)
        for level, girth in (
            (levels.hip, girths.hip),
            (levels.waist, girths.waist),
            (levels.chest, girths.chest),
        )
        if girth is not None
    ]
    if not known and not below:
        return np.zeros(len(points))
    height = points[:, 1].astype(np.float64)
    torso = piece.edges[(piece.arm[piece.edges].max(axis=1) < 0.5)]
    bottom = max(float(height.min()), levels.crotch) + _INSET
    top = min(float(height[torso.ravel()].max()), levels.chest) - _INSET
    at = np.linspace(bottom, max(top, bottom + _INSET), _TORSO_LEVELS)
    own = np.array([hull.girth(points, torso, height, level, hull.HORIZONTAL) for level in at])
    sewn = np.interp(at, *np.array(known).T) if known else np.zeros(len(at))
    room = (
        np.max([hull.band_girths(layer, at, _HALF_BAND) for layer in below], axis=0)
        if below
        else np.zeros(len(at))
    )
    sewn = np.maximum(sewn, room + 2.0 * np.pi * (piece.cut.thickness + _ROOM) * (room > 0.0))
    ease = np.maximum(sewn - own, 0.0) / (2.0 * np.pi)
    fade = smoothstep((levels.chest + 0.16 - height) / 0.16)
    spread: FloatArray = np.interp(height, at, _smooth(ease)) * (0.35 + 0.65 * fade)
    return spread


def _arm_ease(
    piece: Piece, points: FloatArray, skeleton: Skeleton, along: FloatArray, girths: Girths
) -> FloatArray:
    """(n,) distance that sleeves move outwards."""
    if girths.upper_arm is None or piece.cut.sleeve <= 0.0:
        return np.zeros(len(points))
    left = piece.edges[(piece.arm[piece.edges].min(axis=1) > 0.5) & (piece.side[piece.edges].min(axis=1) > 0)]
    end = max(float(along[hem.loop].min()) for hem in piece.hems if hem.lie is Lie.PLANE) - 2.0 * _INSET
    at = np.linspace(min(0.22, end), end, _LIMB_LEVELS)
    shoulder, elbow, wrist = skeleton.arm(SIDES[0])
    own = np.array(
        [
            hull.girth(
                points, left, along, level, _across(elbow - shoulder if level < 0.5 else wrist - elbow)
            )
            for level in at
        ]
    )
    sewn = girths.upper_arm * np.interp(at, (0.25, 1.0), (1.0, _SLEEVE_TAPER))
    ease = np.where(own > 0.0, np.maximum(sewn - own, 0.0), 0.0) / (2.0 * np.pi)
    spread: FloatArray = np.interp(along, at, _smooth(ease))
    return spread


def _leg_ease(piece: Piece, points: FloatArray, levels: Levels, girths: Girths) -> FloatArray:
    """(n,) distance that trouser legs move outwards."""
    if girths.thigh is None:
        return np.zeros(len(points))
    height = points[:, 1].astype(np.float64)
    left = piece.edges[piece.side[piece.edges].min(axis=1) > 0]
    top, bottom = levels.crotch - 0.03, float(height.min()) + _INSET
    at = np.linspace(bottom, max(top, bottom + 0.01), _LIMB_LEVELS + 2)
    own = np.array([hull.girth(points, left, height, level, hull.HORIZONTAL) for level in at])
    sewn = girths.thigh * np.interp(at, (levels.ankle, levels.crotch - 0.05), (_LEG_TAPER, 1.0))
    ease = np.maximum(sewn - own, 0.0) / (2.0 * np.pi)
    spread: FloatArray = np.interp(height, at, _smooth(ease))
    return spread


def _smooth(values: FloatArray) -> FloatArray:
    """(k,) -> (k,): each value at least its own, raised toward the mean of its neighbours."""
    padded = np.pad(values, 1, mode="edge")
    smooth: FloatArray = np.maximum(values, (padded[:-2] + 2.0 * values + padded[2:]) / 4.0)
    return smooth


def _across(axis: FloatArray) -> FloatArray:
    """(3,) -> (3, 2) two unit vectors that span the plane across it."""
    unit = axis / np.linalg.norm(axis)
    first = np.cross(unit, [0.0, 0.0, 1.0])
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(unit, first)], axis=1)


def _arm_axes(points: FloatArray, skeleton: Skeleton, along: FloatArray) -> FloatArray:
    """(n, 3) unit direction of the arm beside each point, turning smoothly over the elbow."""
    bend = smoothstep((along - 0.42) / 0.16)[:, None]
    axes = np.zeros((len(points), 3))
    for side, mine in zip(SIDES, (points[:, 0] > 0.0, points[:, 0] <= 0.0), strict=True):
        shoulder, elbow, wrist = skeleton.arm(side)
        axes[mine] = ((1.0 - bend) * (elbow - shoulder) + bend * (wrist - elbow))[mine]
    unit: FloatArray = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    return unit


def part_legs(piece: Piece, points: FloatArray) -> FloatArray:
    """Trouser cloth that belongs to a leg stays on its side of the plane between the legs."""
    if piece.cut.pattern is not Pattern.TROUSERS:
        return points
    beside = piece.side * np.maximum(piece.side * points[:, 0], _INSEAM)
    parted = points.copy()
    parted[:, 0] = np.where(piece.leg > 0.0, beside, points[:, 0])
    return parted


def close_inseam(piece: Piece, points: FloatArray, obstacle: Obstacle) -> FloatArray:
    """Where thighs leave less room than two layers of cloth need, both lie against the plane between the legs."""
    near = np.flatnonzero((piece.leg > 0.0) & (np.abs(points[:, 0]) < _NARROW))
    if piece.cut.pattern is not Pattern.TROUSERS or len(near) == 0:
        return points
    height, _ = obstacle.heights(points[near])
    tight = near[height < _INSEAM]
    closed = points.copy()
    closed[tight, 0] = piece.side[tight] * _INSEAM
    return closed

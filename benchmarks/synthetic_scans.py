"""Scans of people who do not exist: bodies of the shape space, posed on the whole rig, sampled as a scanner would.

The pose turns bones that the registration knows nothing of (shoulders, chest, head, fingers), so that what is measured
against it is no echo of the method itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template

FloatArray = NDArray[np.floating]

METRES_PER_UNIT = (1.0, 0.01, 0.001, 0.0254)
LARGEST_COEFFICIENT = 2.5
MISSING_SHARE = 1.0 / 3.0
"""Share of the height over which the back was never seen."""
_POSE_DEG = {
    # bone: (abduction drawn uniformly from .. to .., standard deviation about every axis)
    "Arm": (-10.0, 10.0, 2.0),
    "UpLeg": (0.0, 10.0, 1.5),
    "ForeArm": (-5.0, 5.0, 2.0),
    "Shoulder": (-2.0, 2.0, 1.0),
}
_SLIGHT_DEG = 1.5
"""Standard deviation of every other bone's turn."""


@dataclass(frozen=True, slots=True)
class ScanKind:
    """What the scanner was like."""

    noise_mm: float = 0.0
    """Standard deviation along every axis."""
    outliers: float = 0.0
    """Points that are anywhere, as a share of all points."""
    missing_back: bool = False
    points: int = 30_000


@dataclass(frozen=True, slots=True)
class SyntheticScan:
    """A scan, and the truth about it."""

    points: FloatArray
    """(n, 3) float32 in an unknown unit, turned anyhow."""
    body: FloatArray
    """(V, 3) the body surface's true vertices in metres, as posed, feet near Y = 0."""
    coefficients: FloatArray
    """(K,) its true shape."""
    metres_per_unit: float
    rotation: FloatArray
    """(3, 3) how the scan is turned: point = rotation @ body / metres_per_unit + shift."""
    shift: FloatArray
    """(3,) in the scan's unit."""

    def upright(self, points: FloatArray) -> FloatArray:
        """Points (n, 3) of the scan in the body's own frame, metres."""
        back: FloatArray = ((points - self.shift) @ self.rotation) * self.metres_per_unit
        return back


def scan(template: Template, space: ShapeSpace, kind: ScanKind, seed: int) -> SyntheticScan:
    """The person and the scan that belong to the seed."""
    rng = np.random.default_rng(seed)
    coefficients = np.clip(rng.standard_normal(space.size), -LARGEST_COEFFICIENT, LARGEST_COEFFICIENT)
    body = _posed(template, space, coefficients, rng)
    seen = _sampled(template, body, kind, rng)
    rotation = Rotation.random(rng=rng).as_matrix()
    metres_per_unit = float(rng.choice(METRES_PER_UNIT))
    shift = rng.uniform(-2.0, 2.0, 3) / metres_per_unit
    points = (seen @ rotation.T / metres_per_unit + shift).astype(np.float32)
    return SyntheticScan(points, body, coefficients, metres_per_unit, rotation, shift)


def _posed(
    template: Template, space: ShapeSpace, coefficients: FloatArray, rng: np.random.Generator
) -> FloatArray:
    vertices, heads = space.standing(coefficients)
    rotations: list[FloatArray] = []
    positions: list[FloatArray] = []
    for bone, parent in enumerate(template.parents):
        turn = Rotation.from_rotvec(np.radians(_turn_deg(template.bones[bone], rng))).as_matrix()
        rotations.append(turn if parent < 0 else rotations[parent] @ turn)
        offset = heads[bone] - heads[parent]
        positions.append(heads[bone] if parent < 0 else positions[parent] + rotations[parent] @ offset)
    turned = np.stack(rotations)
    carried = np.stack(positions) - np.einsum("bij,bj->bi", turned, heads)
    count = template.body_vertices
    joints, weights = template.joints[:count], template.weights[:count]
    blended = np.einsum("vk,vkij->vij", weights, turned[joints])
    posed: FloatArray = np.einsum("vij,vj->vi", blended, vertices[:count]) + np.einsum(
        "vk,vki->vi", weights, carried[joints]
    )
    return posed


def _turn_deg(bone: str, rng: np.random.Generator) -> FloatArray:
    """Rotation vector in degrees; abduction is about Z, away from the body on either side."""
    side = 1.0 if bone.startswith("Left") else -1.0
    limb = bone.removeprefix("Left").removeprefix("Right")
    if bone == "Hips":
        return np.zeros(3)
    if limb not in _POSE_DEG:
        return rng.normal(0.0, _SLIGHT_DEG, 3)
    low, high, spread = _POSE_DEG[limb]
    turn: FloatArray = rng.normal(0.0, spread, 3)
    turn[2] += side * rng.uniform(low, high)
    return turn


def _sampled(template: Template, body: FloatArray, kind: ScanKind, rng: np.random.Generator) -> FloatArray:
    corners = body[template.body.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(across, axis=1)
    if kind.missing_back:
        areas = np.where(_unseen(corners.mean(axis=1), across, rng), 0.0, areas)
    chosen = rng.choice(len(areas), kind.points, p=areas / areas.sum())
    shares = rng.dirichlet(np.ones(3), kind.points)
    points = np.einsum("pc,pci->pi", shares, corners[chosen])
    points += rng.normal(0.0, kind.noise_mm * 1e-3, points.shape)
    strays = rng.random(kind.points) < kind.outliers
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    anywhere = low - 0.1 * size + 1.2 * size * rng.random(points.shape)
    seen: FloatArray = np.where(strays[:, None], anywhere, points)
    return seen


def _unseen(middles: FloatArray, across: FloatArray, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Triangles that face backwards in one third of the height."""
    height = np.ptp(middles[:, 1])
    start = middles[:, 1].min() + rng.uniform(0.0, 1.0 - MISSING_SHARE) * height
    level = middles[:, 1] - start
    unseen: NDArray[np.bool_] = (across[:, 2] < 0.0) & (level > 0.0) & (level < MISSING_SHARE * height)
    return unseen

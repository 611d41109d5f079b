"""The pose and shape that explain a scan: robust point-to-plane steps on joints and shape together.

Each step pairs every point of the scan with the nearest vertex of the posed template, trusts near pairs whose surfaces
lie alike more than others (Geman and McClure's weight, over a reach that shrinks), and solves one small linear system
in which the population holds the shape and habit holds the joints. Points drive, so where a scan has a hole nothing
pulls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from services.mesher.domain.scan.puppet import Posed, Puppet, Stance
from services.mesher.domain.surface import FloatArray, IntArray

_SPREAD_M = 0.004
"""Standard deviation of a trusted point about the body: noise, cloth, and what no shape of the space has."""
_INDEPENDENT = 800
"""Points that count as independent of each other, however dense a scan is: a misfit is shared by its neighbours."""
_ALIKE = 0.5
"""Least cosine between both surfaces' normals in a pair; the sign of a scan's normals is not known."""
_ANYWHERE = 1e-3
"""Firmness with which a body is held at its place: next to none, and a solution even where no pair is trusted."""
_LARGEST = 4.0
"""No coefficient leaves this many standard deviations."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the template is fitted to."""

    points: FloatArray
    """(m, 3) metres."""
    normals: FloatArray
    """(m, 3) unit vectors of either sign."""

    def some(self, count: int) -> Target:
        """At most so many of the points, evenly picked."""
        chosen = np.linspace(0, len(self.points) - 1, min(count, len(self.points))).astype(np.int64)
        return Target(self.points[chosen], self.normals[chosen])


@dataclass(frozen=True, slots=True)
class Stage:
    """A few steps of the same kind."""

    steps: int
    components: int
    """Leading shape components that may change; 0 for none."""
    joints: bool
    reach_m: tuple[float, float]
    """Distance at which a pair counts a quarter, at the first step and at the last."""


def fit(puppet: Puppet, target: Target, start: Stance, stages: Sequence[Stage]) -> Stance:
    """The stance that the stages lead to from `start`."""
    stance = start
    for stage in stages:
        free = _free(puppet, stage)
        for reach in np.geomspace(*stage.reach_m, stage.steps):
            posed = puppet.pose(stance)
            stance = _bounded(puppet.moved(stance, _step(puppet, posed, stance, target, reach, free)))
    return stance


def _step(
    puppet: Puppet, posed: Posed, stance: Stance, target: Target, reach: float, free: IntArray
) -> FloatArray:
    """(unknowns,) one damped Gauss-Newton step."""
    distance, nearest = cKDTree(posed.points).query(target.points)
    normals = posed.normals[nearest]
    alike = np.abs(np.einsum("mi,mi->m", normals, target.normals)) > _ALIKE
    trust = np.where(alike, (1.0 + (distance / reach) ** 2) ** -2, 0.0)
    gap = np.einsum("mi,mi->m", normals, target.points - posed.points[nearest])
    firmness = trust * (_INDEPENDENT / len(gap) / _SPREAD_M**2)
    pulls = puppet.pulls(posed, nearest, normals)[:, free]
    prior, held = _prior(puppet, stance)
    normal = (pulls * firmness[:, None]).T @ pulls + np.diag(prior[free])
    step = np.zeros(puppet.unknowns)
    step[free] = np.linalg.solve(normal, pulls.T @ (firmness * gap) - (prior * held)[free])
    return step


def _prior(puppet: Puppet, stance: Stance) -> tuple[FloatArray, FloatArray]:
    """(unknowns,) firmness with which each unknown is held at its mean, and how far it is from there."""
    joints = np.repeat(puppet.looseness**-2, 3)
    place = np.full(puppet.unknowns - len(joints) - len(stance.coefficients), _ANYWHERE)
    firmness = np.concatenate([place, joints, np.ones(len(stance.coefficients))])
    return firmness, np.concatenate([0.0 * place, stance.turns.ravel(), stance.coefficients])


def _free(puppet: Puppet, stage: Stage) -> IntArray:
    """Indices of the unknowns that a stage changes."""
    joints, shape = 3 * len(puppet.looseness), puppet.basis.shape[2]
    place = puppet.unknowns - joints - shape
    chosen = np.ones(puppet.unknowns, np.bool_)
    chosen[place : place + joints] = stage.joints
    chosen[place + joints + stage.components :] = False
    return np.flatnonzero(chosen)


def _bounded(stance: Stance) -> Stance:
    return replace(stance, coefficients=np.clip(stance.coefficients, -_LARGEST, _LARGEST))

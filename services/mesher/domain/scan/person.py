"""A scan explained by the template: whose body it is, how it stands, and whether it is a person at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from bodymodel.shape import ShapeSpace, on_grid
from bodymodel.template import Template
from services.mesher.domain.scan import cloud, upright
from services.mesher.domain.scan.puppet import Posed, Puppet, Stance
from services.mesher.domain.scan.register import Stage, Target, fit
from services.mesher.domain.surface import FloatArray

REQUIRED_SCORE = 0.5
"""People score above 0.6 through 8 mm of noise and a fifth of strays; boxes, cars, dogs and mannequins below 0.3."""

_STEPS = 160
"""Cells along the scan to which it is thinned: about a centimetre."""
_FITTED_POINTS = 4000
_STAGES = (Stage(8, 20, True, (0.05, 0.03)), Stage(15, 96, True, (0.03, 0.012)))
_COARSE = 10
"""One vertex in so many serves to find the way up."""
_CLOSE_M = 0.01
_NEAR_M = 0.03
_COVERED_M = 0.02
_SPACING_M = 0.02
"""No vertex of the template is farther from its neighbours."""


@dataclass(frozen=True, slots=True)
class Person:
    """A scan's explanation."""

    stance: Stance
    posed: Posed
    """The body surface in the scan's frame, metres."""
    score: float
    """0 to 1: the share of the scan that lies on the body and the share of the body that was seen, together, less what
    makes such a body and such a pose unlikely."""
    mean_distance_m: float
    """Mean distance of the scan from the body, of what is within 30 mm."""
    inlier_share: float
    """Share of the scan within 10 mm of the body."""

    @property
    def coefficients(self) -> FloatArray:
        """(K,) the shape, on its grid."""
        return on_grid(self.stance.coefficients)

    @property
    def plausible(self) -> bool:
        """Whether it is a person."""
        return self.score >= REQUIRED_SCORE

    def upright(self) -> tuple[FloatArray, FloatArray]:
        """Rotation (3, 3) and shift (3,) that bring the scan's points `p` upright: `p @ rotation.T + shift`.

        The rotation that best lays the posed body on the same body in the standing pose: limbs that are held otherwise
        even out.
        """
        posed, rest = self.posed.points, self.posed.rest
        centred = posed - posed.mean(axis=0)
        left, _, right = np.linalg.svd(centred.T @ (rest - rest.mean(axis=0)))
        turn = np.diag([1.0, 1.0, np.linalg.det(left @ right)])
        rotation = (left @ turn @ right).T
        return rotation, rest.mean(axis=0) - rotation @ posed.mean(axis=0)


class Finder:
    """Explains scans; holds the template in two densities."""

    def __init__(self, template: Template, space: ShapeSpace) -> None:
        vertices = np.arange(template.body_vertices)
        self._fine = Puppet.of(template, space, vertices)
        self._coarse = Puppet.of(template, space, vertices[::_COARSE])

    def explain(self, points: FloatArray) -> Person:
        """The person that explains points (m, 3) in metres best, whoever or whatever it is."""
        even, _ = cloud.gridded(points, _STEPS)
        target = Target(even, cloud.normals(even))
        start = upright.find(self._coarse, target)
        stance = fit(self._fine, target.some(_FITTED_POINTS), start, _STAGES)
        return self._judged(stance, even)

    def _judged(self, stance: Stance, points: FloatArray) -> Person:
        posed = self._fine.pose(stance)
        distance = surface_distance(posed, points)
        inliers = float((distance < _CLOSE_M).mean())
        near = distance[distance < _NEAR_M]
        from_scan, _ = cKDTree(points).query(posed.points)
        covered = float((from_scan < _COVERED_M).mean())
        deviations = np.concatenate(
            [stance.coefficients, (stance.turns / self._fine.looseness[:, None]).ravel()]
        )
        unlikely = max(1.0, float(np.mean(deviations**2)))
        return Person(
            stance=stance,
            posed=posed,
            score=float(np.sqrt(inliers * covered)) / unlikely,
            mean_distance_m=float(near.mean()) if near.size else _NEAR_M,
            inlier_share=inliers,
        )


def surface_distance(posed: Posed, points: FloatArray) -> FloatArray:
    """(m,) metres from the body: across it where a vertex is as near as vertices are to each other, else to the vertex."""
    distance, nearest = cKDTree(posed.points).query(points)
    across: FloatArray = np.abs(np.einsum("mi,mi->m", points - posed.points[nearest], posed.normals[nearest]))
    nearest_way: FloatArray = np.where(distance < _SPACING_M, across, distance)
    return nearest_way

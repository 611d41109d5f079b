"""Which unit a scan is in, which way is up and which way it faces.

A standing person is longest from head to feet; whether the head is up, and where the face looks, is found by trying the
average body in every such place and looking whose surface lies nearest.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from services.mesher.domain.scan.cloud import main_directions
from services.mesher.domain.scan.puppet import Puppet, Stance
from services.mesher.domain.scan.register import Stage, Target, fit
from services.mesher.domain.surface import FloatArray

UNITS_M = (1.0, 0.01, 0.001, 0.0254)
"""Metres, centimetres, millimetres, inches."""
_USUAL_HEIGHT_M = 1.7
_YAWS = 8
_TRIAL_POINTS = 500
_TRIAL = (Stage(8, 0, False, (0.3, 0.1)),)
_CLOSER = (Stage(6, 4, True, (0.1, 0.06)), Stage(6, 10, True, (0.06, 0.03)))
_FINALISTS = 4
_REACH_M = 0.05


def metres_per_unit(points: FloatArray) -> float:
    """The unit in which the cloud's length is nearest to a person's height; units lie far apart."""
    directions, _ = main_directions(points)
    length = float(np.ptp(points @ directions[0]))
    return min(UNITS_M, key=lambda unit: abs(np.log(length * unit / _USUAL_HEIGHT_M)))


def find(puppet: Puppet, target: Target) -> Stance:
    """The best of all ways to stand the template into the scan, roughly fitted."""
    few = target.some(_TRIAL_POINTS)
    tried = [fit(puppet, few, start, _TRIAL) for start in _starts(puppet, target.points)]
    finalists = sorted(tried, key=lambda stance: _misfit(puppet, few, stance))[:_FINALISTS]
    more = target.some(2 * _TRIAL_POINTS)
    closer = [fit(puppet, more, stance, _CLOSER) for stance in finalists]
    return min(closer, key=lambda stance: _misfit(puppet, more, stance))


def _starts(puppet: Puppet, points: FloatArray) -> Iterator[Stance]:
    """The likeliest body of the scan's height with its middle in the scan's, either end up, turned all round."""
    directions, _ = main_directions(points)
    along = points @ directions[0]
    shape = puppet.of_height(float(np.ptp(along)))
    standing = puppet.standing()
    body = puppet.pose(Stance(shape, standing.turns, standing.rotation, standing.position)).points
    middle = points.mean(axis=0) + directions[0] * ((along.max() + along.min()) / 2.0 - along.mean())
    centre = (body.max(axis=0) + body.min(axis=0)) / 2.0
    for up in (directions[0], -directions[0]):
        for yaw in np.arange(_YAWS) * (2.0 * np.pi / _YAWS):
            front = np.cos(yaw) * directions[2] + np.sin(yaw) * directions[1]
            rotation = np.stack([np.cross(up, front), up, front], axis=1)
            position = middle + rotation @ (standing.position - centre)
            yield Stance(shape, standing.turns, rotation, position)


def _misfit(puppet: Puppet, target: Target, stance: Stance) -> float:
    """How far scan and body are from each other, both ways, on a scale that ends where the one lacks the other."""
    body = puppet.pose(stance).points
    to_body, _ = cKDTree(body).query(target.points)
    to_scan, _ = cKDTree(target.points).query(body)
    return _robust(to_body) + _robust(to_scan)


def _robust(distances: FloatArray) -> float:
    square = (distances / _REACH_M) ** 2
    return float(np.mean(square / (1.0 + square)))

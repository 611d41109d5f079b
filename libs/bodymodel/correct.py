"""Closing the loop on the tape: the smallest change of a body that makes the tape read what was asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anthropometry.measurements import NAMES
from bodymodel.arrays import FloatArray
from bodymodel.guard import Guard
from bodymodel.section import OpenSectionError
from bodymodel.shape import ShapeSpace, on_grid
from bodymodel.tape import Reading, TapeMeasure

_SLACK_MM = 0.05
"""Residual that costs as much as moving one coefficient by one standard deviation."""
_DONE_MM = 0.02
"""Steps stop when every residual is smaller; a tape cannot tell."""
_FEASIBLE_MM = 0.5
"""A measurement counts as delivered within this."""
_LARGEST = 5.0
"""No coefficient leaves this many standard deviations: beyond, bodies are not human."""
_STARTS = (1.0, 0.5, 0.0)
"""Where corrections start: at the body itself and, where its measurements cannot be had, nearer to the mean body.

One random body in a thousand leads into a corner between guard and bounds from which no step helps.
"""
_NEAR_MEAN = 0.5
"""A body whose coefficients are all smaller is as good as the mean body."""
_STIFF, _STIFFER, _STIFFENINGS = 1e3, 8.0, 8
"""Stiffness of a region that would bend too much, in deviations squared at its limit: at first, its growth, and how often."""
_SHARES = (1.0, 0.5, 0.25, 0.1, 0.04)
"""Line search: parts of a step that are tried before it is given up."""


class ShapeTape:
    """A tape measure over a shape space: readings of coefficients, and their derivative."""

    def __init__(self, space: ShapeSpace, tape: TapeMeasure) -> None:
        """Keep the part of the shape space that the tape touches."""
        self._tape = tape
        self._rows = space.rows(tape.touched)
        self._by_coefficients = np.ascontiguousarray(self._rows.basis.T)

    def points(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (U, 3) float64 touched vertices, metres."""
        return self._rows.at(coefficients)

    def read(self, coefficients: FloatArray) -> Reading:
        """All 15 tapes on the body of some coefficients (K,)."""
        return self._tape.read(self.points(coefficients))

    def jacobian(self, coefficients: FloatArray, reading: Reading) -> FloatArray:
        """(15, K) derivative of the reading by the coefficients, millimetres per standard deviation."""
        points = self.points(coefficients)
        gradient = self._tape.gradient(points, reading)
        pressed = self._rows.pressed(points)
        if len(pressed):
            # Skin that is pressed against the other half does not follow its coefficients sideways.
            follows = np.ones(points.size)
            follows[3 * pressed] = 0.0
            gradient = gradient.multiply(follows).tocsr()
        jacobian: FloatArray = gradient @ self._by_coefficients
        return jacobian


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected body and what the tape reads on it."""

    coefficients: FloatArray
    """(K,) shape coefficients, on their grid."""
    delivered_mm: FloatArray
    """(15,) the tape's readings."""
    iterations: int
    """Accepted steps."""
    feasible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """(15,) True where the reading is within 0.5 mm of the target."""


def correct(
    tape: ShapeTape,
    guard: Guard,
    coefficients: FloatArray,
    targets_mm: FloatArray,
    weights: FloatArray | None = None,
    steps: int = 8,
) -> Correction:
    """Move a body to the nearest one whose readings are `targets_mm` (15,).

    Minimises |c - start|^2 + sum of weights * (residual / 0.05 mm)^2 over coefficients within 5 standard
    deviations that the guard allows, by Gauss-Newton steps that are shortened until they help, or dropped. `weights`
    (15,) of 1 hold a measurement firmly, smaller ones more loosely, 0 not at all. Coefficients stay on their grid. Where
    that does not bring all of them, the start is moved towards the mean body, and the nearest result counts.
    """
    firmness = np.sqrt(np.ones(len(NAMES)) if weights is None else weights) / _SLACK_MM
    start = np.clip(coefficients.astype(np.float64), -_LARGEST, _LARGEST)
    found = []
    for share in _STARTS:
        found.append(_descend(tape, guard, share * start, targets_mm, firmness, steps))
        if found[-1].feasible[firmness > 0.0].all():
            break
    return min(found, key=lambda one: _misses(one, targets_mm, firmness))


def _descend(
    tape: ShapeTape,
    guard: Guard,
    coefficients: FloatArray,
    targets_mm: FloatArray,
    firmness: FloatArray,
    steps: int,
) -> Correction:
    """The nearest body that steps from this one lead to."""
    start, reading = _readable_start(tape, coefficients)
    guard = guard.widened(start)
    best = start
    cost = _cost(best, start, firmness * (targets_mm - reading.values_mm))
    iterations = 0
    while iterations < steps:
        residual = targets_mm - reading.values_mm
        if np.abs(residual[firmness > 0.0]).max(initial=0.0) < _DONE_MM:
            break
        goal = _goal(best, start, firmness, residual, tape.jacobian(best, reading), guard)
        improved = False
        for share in _SHARES:
            tried = on_grid(best + share * (goal - best))
            tried_reading = _read_or_none(tape, tried) if guard.allows(tried) else None
            if tried_reading is None:
                continue
            tried_cost = _cost(tried, start, firmness * (targets_mm - tried_reading.values_mm))
            if tried_cost < cost:
                best, reading, cost, improved = tried, tried_reading, tried_cost, True
                break
        if not improved:
            break
        iterations += 1
    delivered = reading.values_mm
    return Correction(best, delivered, iterations, np.abs(targets_mm - delivered) <= _FEASIBLE_MM)


def _misses(found: Correction, targets_mm: FloatArray, firmness: FloatArray) -> float:
    """How far a correction is from what was asked."""
    return float(np.linalg.norm(firmness * (targets_mm - found.delivered_mm)))


def _readable_start(tape: ShapeTape, coefficients: FloatArray) -> tuple[FloatArray, Reading]:
    """The body to start from and its reading: drawn towards the mean body where a tape cannot be laid."""
    coefficients = on_grid(coefficients)
    reading = _read_or_none(tape, coefficients)
    while reading is None:
        near = np.abs(coefficients).max() <= _NEAR_MEAN
        coefficients = 0.0 * coefficients if near else on_grid(coefficients / 2.0)
        reading = _read_or_none(tape, coefficients) if coefficients.any() else tape.read(coefficients)
    return coefficients, reading


def _cost(coefficients: FloatArray, start: FloatArray, scaled_residual: FloatArray) -> float:
    moved = coefficients - start
    return float(moved @ moved + scaled_residual @ scaled_residual)


def _goal(
    at: FloatArray,
    start: FloatArray,
    firmness: FloatArray,
    residual: FloatArray,
    jacobian: FloatArray,
    guard: Guard,
) -> FloatArray:
    """Minimum of the linearised cost within the bounds and, as far as it can be had, within the guard."""
    scaled = firmness[:, None] * jacobian
    right = firmness * residual + scaled @ (at - start)
    goal = _bounded_goal(start, scaled, right)
    stiffness = np.zeros(len(guard.limits))
    for _ in range(_STIFFENINGS):
        sharp = guard.bending.of_body(goal) > guard.limits
        if not sharp.any():
            break
        stiffness[sharp] = np.maximum(_STIFFER * stiffness[sharp], _STIFF)
        goal = _stiff_goal(start, scaled, right, guard, stiffness)
    return goal


def _bounded_goal(start: FloatArray, scaled: FloatArray, right: FloatArray) -> FloatArray:
    """The minimum; coefficients that would pass a bound are held at it.

    With rows scaled to unit firmness it is start + A' (A A' + I)^-1 right, a system of only 15 unknowns.
    """
    free = np.ones(len(start), np.bool_)
    goal = start.copy()
    for _ in range(4):
        part = scaled[:, free]
        held = scaled[:, ~free] @ (goal - start)[~free]
        goal[free] = start[free] + part.T @ np.linalg.solve(part @ part.T + np.eye(len(right)), right - held)
        outside = free & (np.abs(goal) > _LARGEST)
        goal = np.clip(goal, -_LARGEST, _LARGEST)
        if not outside.any():
            break
        free &= ~outside
    return goal


def _stiff_goal(
    start: FloatArray, scaled: FloatArray, right: FloatArray, guard: Guard, stiffness: FloatArray
) -> FloatArray:
    """The minimum when bending a region by its limit costs as much as `stiffness` (R,) deviations squared."""
    system = np.eye(len(start)) + scaled.T @ scaled
    for root, limit, weight in zip(guard.bending.roots, guard.limits, stiffness, strict=True):
        if weight > 0.0:
            system += weight / limit**2 * (root.T @ root)
    goal: FloatArray = np.linalg.solve(system, start + scaled.T @ (right + scaled @ start))
    return np.clip(goal, -_LARGEST, _LARGEST)


def _read_or_none(tape: ShapeTape, coefficients: FloatArray) -> Reading | None:
    """The reading, or None where a tape's plane misses its limb: such a body is never accepted."""
    try:
        return tape.read(coefficients)
    except OpenSectionError:
        return None

"""Closing the loop on the tape: the smallest change of a body that makes the tape read what was asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anthropometry.measurements import NAMES
from bodymodel.arrays import FloatArray
from bodymodel.section import OpenSectionError
from bodymodel.shape import ShapeSpace
from bodymodel.tape import Reading, TapeMeasure

_SLACK_MM = 0.05
"""Residual that costs as much as moving one coefficient by one standard deviation."""
_DONE_MM = 0.02
"""Steps stop when every residual is smaller; a tape cannot tell."""
_FEASIBLE_MM = 0.5
"""A measurement counts as delivered within this."""
_LARGEST = 5.0
"""No coefficient leaves this many standard deviations: beyond, bodies are not human."""
_NEAR_MEAN = 0.5
"""A body whose coefficients are all smaller is as good as the mean body."""
_SHARES = (1.0, 0.5, 0.25, 0.1, 0.04)
"""Line search: parts of a step that are tried before it is given up."""


class ShapeTape:
    """A tape measure over a shape space: readings of coefficients, and their derivative."""

    def __init__(self, space: ShapeSpace, tape: TapeMeasure) -> None:
        """Keep the part of the shape space that the tape touches."""
        self._tape = tape
        self._mean, basis = space.rows(tape.touched)
        self._basis = np.ascontiguousarray(basis.reshape(space.size, -1).T)

    def points(self, coefficients: FloatArray) -> FloatArray:
        """(K,) -> (U, 3) float64 touched vertices, metres."""
        return self._mean + (self._basis @ coefficients).reshape(-1, 3)

    def read(self, coefficients: FloatArray) -> Reading:
        """All 15 tapes on the body of some coefficients (K,)."""
        return self._tape.read(self.points(coefficients))

    def jacobian(self, coefficients: FloatArray, reading: Reading) -> FloatArray:
        """(15, K) derivative of the reading by the coefficients, millimetres per standard deviation."""
        gradient = self._tape.gradient(self.points(coefficients), reading)
        jacobian: FloatArray = gradient @ self._basis
        return jacobian


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected body and what the tape reads on it."""

    coefficients: FloatArray
    """(K,) shape coefficients."""
    delivered_mm: FloatArray
    """(15,) the tape's readings."""
    iterations: int
    """Accepted steps."""
    feasible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """(15,) True where the reading is within 0.5 mm of the target."""


def correct(
    tape: ShapeTape,
    coefficients: FloatArray,
    targets_mm: FloatArray,
    weights: FloatArray | None = None,
    steps: int = 8,
) -> Correction:
    """Move a body to the nearest one whose readings are `targets_mm` (15,).

    Minimises |c - start|^2 + sum of weights * (residual / 0.05 mm)^2 over coefficients within 5 standard
    deviations, by Gauss-Newton steps that are shortened until they help, or dropped. `weights` (15,) of 1 hold a
    measurement firmly, smaller ones more loosely, 0 not at all.
    """
    firmness = np.sqrt(np.ones(len(NAMES)) if weights is None else weights) / _SLACK_MM
    start, reading = _readable_start(tape, np.clip(coefficients.astype(np.float64), -_LARGEST, _LARGEST))
    best = start
    cost = _cost(best, start, firmness * (targets_mm - reading.values_mm))
    iterations = 0
    while iterations < steps:
        residual = targets_mm - reading.values_mm
        if np.abs(residual[firmness > 0.0]).max(initial=0.0) < _DONE_MM:
            break
        goal = _goal(best, start, firmness, residual, tape.jacobian(best, reading))
        improved = False
        for share in _SHARES:
            tried = best + share * (goal - best)
            tried_reading = _read_or_none(tape, tried)
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


def _readable_start(tape: ShapeTape, coefficients: FloatArray) -> tuple[FloatArray, Reading]:
    """The body to start from and its reading: drawn towards the mean body where a tape cannot be laid."""
    reading = _read_or_none(tape, coefficients)
    while reading is None:
        coefficients = coefficients / 2.0 if np.abs(coefficients).max() > _NEAR_MEAN else 0.0 * coefficients
        reading = _read_or_none(tape, coefficients) if coefficients.any() else tape.read(coefficients)
    return coefficients, reading


def _cost(coefficients: FloatArray, start: FloatArray, scaled_residual: FloatArray) -> float:
    moved = coefficients - start
    return float(moved @ moved + scaled_residual @ scaled_residual)


def _goal(
    at: FloatArray, start: FloatArray, firmness: FloatArray, residual: FloatArray, jacobian: FloatArray
) -> FloatArray:
    """Minimum of the linearised cost within the bounds; coefficients that would pass a bound are held at it.

    With rows scaled to unit firmness the minimum is start + A' (A A' + I)^-1 (r + A (at - start)), a system of
    only 15 unknowns.
    """
    scaled = firmness[:, None] * jacobian
    right = firmness * residual + scaled @ (at - start)
    free = np.ones(len(at), np.bool_)
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


def _read_or_none(tape: ShapeTape, coefficients: FloatArray) -> Reading | None:
    """The reading, or None where a tape's plane misses its limb: such a body is never accepted."""
    try:
        return tape.read(coefficients)
    except OpenSectionError:
        return None

"""Landmarks of a person to the turns of our joints."""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares

from bodypose.arrays import FloatArray
from bodypose.photo.people import Person
from bodypose.photo.residuals import Guess, Residuals

_STEP = 1e-6
_MOST_STEPS = 40
_CLOSE = 1e-5
"""Share by which a step must still improve: 0.01 degrees."""


def solve(person: Person) -> tuple[Guess, FloatArray]:
    """The likeliest body in the likeliest pose, and (33,) how far its landmarks lie beside the photo's, torso lengths.

    The residuals are standard deviations, so the least sum of their squares is the most probable pose, given how exact the
    network is and what people do.
    """
    residuals = Residuals(person)
    # MINPACK's, for it needs no BLAS: threads of that took ten times as long as the rest on a busy machine.
    found = least_squares(
        residuals,
        residuals.start,
        jac=lambda at: _jacobian(residuals, at),
        method="lm",
        max_nfev=_MOST_STEPS,
        ftol=_CLOSE,
        xtol=_CLOSE,
        gtol=_CLOSE,
    )
    guess = residuals.guess(found.x)
    return guess, residuals.off(guess)


def _jacobian(residuals: Residuals, at: FloatArray) -> FloatArray:
    """(m, p): all parameters are moved at once, each of another body."""
    moved = residuals(np.concatenate([at[None], at + _STEP * np.eye(len(at))]))
    jacobian: FloatArray = ((moved[1:] - moved[0]) / _STEP).T
    return jacobian

"""From probabilities to what is said."""

from __future__ import annotations

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.features.model import Reason, Trait

UNSURE = 0.1
"""Scores so near to one half are told as unknown, unless something is known to need more room."""
_SUREST = 1e-4


def mean_probability(probabilities: FloatArray) -> float:
    """One probability for several pictures of the same thing: the mean of their logits.

    Their errors are not independent (it is one face), so logits are not added up.
    """
    bounded = np.clip(probabilities, _SUREST, 1.0 - _SUREST)
    return float(1.0 / (1.0 + np.exp(-np.log(bounded / (1.0 - bounded)).mean())))


def trait(score: float, unsure: float = UNSURE) -> Trait:
    """Present or absent, unless the score lies within `unsure` of the middle."""
    if abs(score - 0.5) < unsure:
        return Trait(score, None, Reason.UNSURE)
    return Trait(score, score > 0.5)

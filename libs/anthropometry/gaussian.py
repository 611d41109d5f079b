"""Normal distributions: what some variables say about the others, and how far out a point lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A normal distribution of n variables."""

    mean: FloatArray
    """(n,)"""
    covariance: FloatArray
    """(n, n), positive definite."""

    def conditional(self, given: Sequence[int], values: FloatArray) -> Gaussian:
        """The distribution of all n variables once those at `given` are known to be `values` (k,).

        The known variables keep their values and have no variance left.
        """
        if not given:
            return self
        known = list(given)
        gain = np.linalg.solve(self.covariance[np.ix_(known, known)], self.covariance[known]).T
        mean = self.mean + gain @ (values - self.mean[known])
        covariance = self.covariance - gain @ self.covariance[known]
        mean[known] = values
        covariance[known] = 0.0
        covariance[:, known] = 0.0
        return Gaussian(mean, covariance)

    def squared_distance(self, given: Sequence[int], values: FloatArray) -> float:
        """Squared Mahalanobis distance of `values` (k,) from the marginal distribution of the variables `given`."""
        known = list(given)
        offset = values - self.mean[known]
        return float(offset @ np.linalg.solve(self.covariance[np.ix_(known, known)], offset))

    def conditional_scores(self, given: Sequence[int], values: FloatArray) -> FloatArray:
        """(k,) how many standard deviations each of `values` lies from what the others of them predict."""
        known = list(given)
        precision = np.linalg.inv(self.covariance[np.ix_(known, known)])
        scores: FloatArray = precision @ (values - self.mean[known]) / np.sqrt(np.diag(precision))
        return scores


def chi_square_tail(value: float, degrees: int) -> float:
    """Probability that a chi-square variable with that many degrees of freedom exceeds `value`."""
    half = value / 2.0
    odd = degrees % 2
    term = math.sqrt(half / math.pi) * 2.0 * math.exp(-half) if odd else math.exp(-half)
    tail = math.erfc(math.sqrt(half)) if odd else 0.0
    for step in range(degrees // 2):
        tail += term
        term *= half / (step + 1.0 + odd / 2.0)
    return tail


@lru_cache(maxsize=64)
def chi_square_quantile(tail: float, degrees: int) -> float:
    """The value that a chi-square variable exceeds with probability `tail`."""
    low, high = 0.0, 1.0
    while chi_square_tail(high, degrees) > tail:
        low, high = high, 2.0 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2.0
        low, high = (middle, high) if chi_square_tail(middle, degrees) > tail else (low, middle)
    return high

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anthropometry.gaussian import Gaussian, chi_square_quantile, chi_square_tail


def some_gaussian(seed: int, size: int = 6) -> Gaussian:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(size, size))
    return Gaussian(rng.normal(size=size), factor @ factor.T + 0.1 * np.eye(size))


@given(seed=st.integers(0, 2**16), known=st.sets(st.integers(0, 5), min_size=1, max_size=5))
def test_conditional_is_the_inverse_of_a_block_of_the_precision(seed: int, known: set[int]) -> None:
    crowd = some_gaussian(seed)
    inside, free = sorted(known), [index for index in range(6) if index not in known]
    values = np.random.default_rng(seed + 1).normal(size=len(inside))

    posterior = crowd.conditional(inside, values)

    precision = np.linalg.inv(crowd.covariance)
    covariance = np.linalg.inv(precision[np.ix_(free, free)])
    mean = crowd.mean[free] - covariance @ precision[np.ix_(free, inside)] @ (values - crowd.mean[inside])
    np.testing.assert_allclose(posterior.covariance[np.ix_(free, free)], covariance, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(posterior.mean[free], mean, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(posterior.mean[inside], values)
    assert not posterior.covariance[inside].any()
    assert not posterior.covariance[:, inside].any()


@given(seed=st.integers(0, 2**16), split=st.integers(1, 5))
def test_knowing_in_two_steps_is_knowing_at_once(seed: int, split: int) -> None:
    crowd = some_gaussian(seed)
    values = np.random.default_rng(seed + 1).normal(size=6)
    marginal = Gaussian(crowd.mean[:split], crowd.covariance[:split, :split])
    rest = crowd.conditional(range(split), values[:split])
    tail = Gaussian(rest.mean[split:], rest.covariance[split:, split:])

    together = crowd.squared_distance(range(6), values)
    apart = marginal.squared_distance(range(split), values[:split])
    if split < 6:
        apart += tail.squared_distance(range(6 - split), values[split:])

    assert together == pytest.approx(apart, rel=1e-6)


@given(seed=st.integers(0, 2**16), index=st.integers(0, 5))
def test_conditional_score_is_the_distance_that_one_variable_adds(seed: int, index: int) -> None:
    crowd = some_gaussian(seed)
    values = np.random.default_rng(seed + 1).normal(size=6)
    others = [other for other in range(6) if other != index]

    score = crowd.conditional_scores(range(6), values)[index]

    posterior = crowd.conditional(others, values[others])
    assert score == pytest.approx(
        (values[index] - posterior.mean[index]) / math.sqrt(posterior.covariance[index, index]), rel=1e-6
    )
    added = crowd.squared_distance(range(6), values) - crowd.squared_distance(others, values[others])
    assert score**2 == pytest.approx(added, rel=1e-5, abs=1e-8)


def test_nothing_known_changes_nothing() -> None:
    crowd = some_gaussian(1)
    assert crowd.conditional([], np.zeros(0)) is crowd


@pytest.mark.parametrize("degrees", range(1, 18))
def test_chi_square_agrees_with_scipy(degrees: int) -> None:
    chi2 = pytest.importorskip("scipy.stats").chi2
    for tail in (0.5, 0.05, 2e-6):
        value = chi_square_quantile(tail, degrees)
        assert value == pytest.approx(chi2.isf(tail, degrees), rel=1e-7)
        assert chi_square_tail(value, degrees) == pytest.approx(tail, rel=1e-5)

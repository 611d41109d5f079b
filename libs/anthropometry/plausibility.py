"""Whether measurements can belong to one person, and which of them cannot.

Each measurement has an absolute range. Several together are judged by their Mahalanobis distance from the
population, widened twice, because it is of soldiers measured by experts:

* weight at a given stature spreads 1.5 times as far as theirs, and all that goes with weight follows
  (armies select by weight; so civilians' girths vary more, but not the proportions at a given weight);
* every deviation may be 1.5 times as large, for tapes held by untrained hands and for rarer proportions.

The body type plays no part: it completes what was not measured, and does not forbid what was; nor does it matter
whether the upper arm was flexed or relaxed. So measurements are refused only when none of the distributions, of both
sexes and between them, flexed and relaxed, accepts them. The odds below were chosen between people
who must pass (very heavy, very tall, very muscular, pregnant) and mistakes that must not (a waist a metre
above the hip, an inside leg of 560 mm at a stature of 1,700 mm); both stand in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anthropometry.gaussian import FloatArray, Gaussian, chi_square_quantile, chi_square_tail
from anthropometry.measurements import MEASUREMENTS, NAMES
from anthropometry.population import VARIABLES, Population, logarithms, reject_unknown

WEIGHT_FACTOR = 1.5
"""Standard deviation of weight at a given stature, against the population's."""
OVERALL_FACTOR = 1.5
"""Standard deviation of everything, against the population's, after weight was widened."""
ODDS = 2e-6
"""Measurements are refused when fewer of the widened population than this lie so far out."""

_STATURE, _WEIGHT = VARIABLES.index("stature"), VARIABLES.index("weight_kg")


@dataclass(frozen=True, slots=True)
class Implausibility:
    """A measurement that does not fit, and what would."""

    name: str
    """Name of the measurement."""
    value_mm: float
    """What was given."""
    low_mm: float
    """Smallest value that would pass beside the measurements that are not complained of."""
    high_mm: float
    """Largest such value."""


def check(known_mm: Mapping[str, float], population: Population) -> list[Implausibility]:
    """What speaks against the measurements, in the order of the 15; empty when they are plausible.

    A measurement outside its absolute range is named for that alone. Otherwise the least likely ones are set aside
    until the rest fits; those are named. Raises ValueError as `Population.estimate` does.
    """
    reject_unknown(known_mm)
    given, values = logarithms(known_mm)
    beyond = [
        Implausibility(
            measurement.name, known_mm[measurement.name], measurement.lowest_mm, measurement.highest_mm
        )
        for measurement in (MEASUREMENTS[index] for index in given)
        if not measurement.lowest_mm <= known_mm[measurement.name] <= measurement.highest_mm
    ]
    if beyond:
        return beyond
    crowds = _crowds(population)
    by_index = dict(zip(given, values, strict=True))
    fitting = _largest_fitting(crowds, by_index)
    return [
        Implausibility(NAMES[index], known_mm[NAMES[index]], *_limits(crowds, by_index, fitting, index))
        for index in given
        if index not in fitting
    ]


def limits(known_mm: Mapping[str, float], population: Population) -> FloatArray:
    """(15, 2) smallest and largest value of each measurement that surely pass beside the other known ones, millimetres.

    Where the others contradict each other already, both ends meet at the value that fits them best.
    """
    reject_unknown(known_mm)
    given, values = logarithms(known_mm)
    crowds = _crowds(population)
    by_index = dict(zip(given, values, strict=True))
    return np.array(
        [
            _limits(crowds, by_index, [other for other in given if other != index], index)
            for index in range(len(NAMES))
        ]
    )


def _crowds(population: Population) -> tuple[Gaussian, ...]:
    """The distributions that may accept measurements, widened, over the 15 measurements."""
    crowds: list[Gaussian] = []
    for people in (population, population.relaxed):
        feminine, masculine = _widened(people.feminine), _widened(people.masculine)
        crowds += [feminine, masculine, Population(feminine, masculine).neutral]
    return tuple(crowds)


def _widened(crowd: Gaussian) -> Gaussian:
    """The distribution with the module's two factors applied."""
    given_stature = crowd.conditional([_STATURE], crowd.mean[[_STATURE]]).covariance
    with_weight = given_stature[:, _WEIGHT] / np.sqrt(given_stature[_WEIGHT, _WEIGHT])
    covariance = crowd.covariance + (WEIGHT_FACTOR**2 - 1.0) * np.outer(with_weight, with_weight)
    return Gaussian(crowd.mean, OVERALL_FACTOR**2 * covariance)


def _best(
    crowds: Sequence[Gaussian], by_index: Mapping[int, float], given: Sequence[int]
) -> tuple[Gaussian, float]:
    """The distribution in which the measurements lie least far out, and their squared distance there."""
    values = np.array([by_index[index] for index in given])
    distances = [crowd.squared_distance(given, values) for crowd in crowds]
    best = int(np.argmin(distances))
    return crowds[best], distances[best]


def _fits(crowds: Sequence[Gaussian], by_index: Mapping[int, float], given: Sequence[int]) -> bool:
    """A single measurement is judged by its absolute range alone."""
    return len(given) < 2 or chi_square_tail(_best(crowds, by_index, given)[1], len(given)) >= ODDS


def _largest_fitting(crowds: Sequence[Gaussian], by_index: Mapping[int, float]) -> list[int]:
    """Positions that are left when the least likely are set aside one by one, and taken back if they fit after all."""
    fitting = list(by_index)
    aside: list[int] = []
    while not _fits(crowds, by_index, fitting):
        crowd, _ = _best(crowds, by_index, fitting)
        scores = crowd.conditional_scores(fitting, np.array([by_index[index] for index in fitting]))
        aside.append(fitting.pop(int(np.argmax(np.abs(scores)))))
    while back := [index for index in aside if _fits(crowds, by_index, [*fitting, index])]:
        # One at a time: each one that is taken back may make room for another, or take it away.
        fitting.append(back[0])
        aside.remove(back[0])
    return fitting


def _limits(
    crowds: Sequence[Gaussian], by_index: Mapping[int, float], others: Sequence[int], index: int
) -> tuple[float, float]:
    """Smallest and largest millimetres of measurement `index` that fit beside `others`, in any of the distributions.

    Adding a variable adds the square of its conditional score to the squared distance, so what the others
    leave of the allowed distance is how far this one may go.
    """
    lowest, highest = MEASUREMENTS[index].lowest_mm, MEASUREMENTS[index].highest_mm
    if not others:
        return lowest, highest
    values = np.array([by_index[other] for other in others])
    rooms = chi_square_quantile(ODDS, len(others) + 1) - np.array(
        [crowd.squared_distance(others, values) for crowd in crowds]
    )
    # Where the others fit nobody already, the distribution that they fit best says what would suit them.
    accepting = np.flatnonzero(rooms >= min(rooms.max(), 0.0)).tolist()
    ends = []
    for at in accepting:
        posterior = crowds[at].conditional(others, values)
        reach = np.sqrt(max(rooms[at], 0.0) * posterior.covariance[index, index])
        ends.append(posterior.mean[index] + np.array([-reach, reach]))
    low, high = np.clip(np.exp([np.min(ends), np.max(ends)]), lowest, highest)
    return float(low), float(high)

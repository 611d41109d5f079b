"""Statistics of a population, and the estimate of the measurements that a person left out.

All 17 variables (the 15 measurements, `weight_kg`, `age`) are modelled as jointly normal in their natural
logarithms, per sex. Logarithms because bodies differ by factors: weight goes with length times girth squared,
girths lean to the large side, and no estimate can turn negative. On the ANSUR II records the worst
Mahalanobis distance of a full record falls from 67 to 53 against plain numbers, and estimates are as near.

`neutral` is half way between both: the normal distribution with the mean and the covariance of a crowd that
is one half women and one half men. Its mean is the mid-point of both means; its covariance is the mid-point of both
covariances plus the spread between the sexes, so that a known stature also says how typical of either sex the rest is.

The records hold the girth of the flexed upper arm; people measure, and avatars show, the relaxed one. So estimates are
made in a population whose upper arms were let down: `RELAXED_ARM` times as thick, give or take 3 %.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from anthropometry.gaussian import FloatArray, Gaussian
from anthropometry.measurements import MEASUREMENTS, NAMES

VARIABLES: tuple[str, ...] = (*NAMES, "weight_kg", "age")
"""What a population knows: the 15 in millimetres, then weight in kilograms and age in years."""

RELAXED_ARM: Mapping[str, float] = {"feminine": 24.0 / 25.9, "masculine": 25.6 / 28.6}
"""Girth of the relaxed upper arm as a share of the flexed one.

Means in centimetres of 18 to 25 year old women and men, national survey of physique, China 1979. Heavier arms
lie nearer to 1.
"""
_RELAXED_DEVIATION = 0.03
"""Standard deviation of that share between people, in its logarithm: from lean and muscular to heavy arms."""

_INDEX = {name: index for index, name in enumerate(VARIABLES)}
_UPPER_ARM, _WEIGHT = _INDEX["upper_arm_girth"], _INDEX["weight_kg"]
_LOWEST_HIGHEST = np.array([(m.lowest_mm, m.highest_mm) for m in MEASUREMENTS])
NORMAL_95 = 1.6448536269514722
"""95 % quantile of the normal distribution: 90 % lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """All 15 measurements of a person, as given or as the population suggests."""

    values_mm: FloatArray
    """(15,) what was given, else the median of people who share what was given."""
    interval_mm: FloatArray
    """(15, 2) lower and upper end of the 90 % interval; both equal the value where it was given."""
    asked: np.ndarray[Any, np.dtype[np.bool_]]
    """(15,) True where the value was given."""


@dataclass(frozen=True, slots=True)
class Population:
    """The distributions of the 17 `VARIABLES`, in natural logarithms, as the records have them: arms flexed."""

    feminine: Gaussian
    masculine: Gaussian

    @classmethod
    def load(cls, models_dir: Path) -> Self:
        """Read `population/population.json` below `models_dir`; raises FileNotFoundError when it is absent."""
        data = json.loads((models_dir / "population" / "population.json").read_text(encoding="utf-8"))
        if tuple(data["variables"]) != VARIABLES:
            raise ValueError(f"the population describes other variables: {data['variables']}")
        return cls(_gaussian(data["feminine"]), _gaussian(data["masculine"]))

    @property
    def neutral(self) -> Gaussian:
        """Mean and covariance of a crowd of as many women as men."""
        between = (self.feminine.mean - self.masculine.mean) / 2.0
        within = (self.feminine.covariance + self.masculine.covariance) / 2.0
        return Gaussian((self.feminine.mean + self.masculine.mean) / 2.0, within + np.outer(between, between))

    @property
    def relaxed(self) -> Population:
        """The same people with their arms let down."""
        return Population(
            _let_down(self.feminine, RELAXED_ARM["feminine"]),
            _let_down(self.masculine, RELAXED_ARM["masculine"]),
        )

    def of(self, body_type: str) -> Gaussian:
        """The distribution, arms relaxed, that completes `feminine`, `masculine` or `neutral`.

        ValueError for another word.
        """
        people = self.relaxed
        match body_type:
            case "feminine":
                return people.feminine
            case "masculine":
                return people.masculine
            case "neutral":
                return people.neutral
            case _:
                raise ValueError(f"unknown body type: {body_type!r}")

    def estimate(
        self,
        known_mm: Mapping[str, float],
        body_type: str,
        weight_kg: float | None = None,
        age: float | None = None,
    ) -> Estimate:
        """Complete the given measurements, weight and age to all 15.

        Estimates are kept within the absolute range of each measurement. ValueError for an unknown name or body
        type and for numbers that are not positive and finite.
        """
        helpers = {"weight_kg": weight_kg, "age": age}
        known = {**known_mm, **{name: value for name, value in helpers.items() if value is not None}}
        reject_unknown(known_mm)
        given, values = logarithms(known)
        posterior = self.of(body_type).conditional(given, values)
        mean, deviation = posterior.mean[:15], np.sqrt(np.maximum(np.diag(posterior.covariance)[:15], 0.0))
        low_middle_high = np.exp(mean + np.array([[-NORMAL_95], [0.0], [NORMAL_95]]) * deviation)
        low_middle_high = np.clip(low_middle_high, *_LOWEST_HIGHEST.T)
        asked = np.isin(NAMES, list(known_mm))
        low_middle_high[:, asked] = [known_mm[name] for name in NAMES if name in known_mm]
        return Estimate(low_middle_high[1], low_middle_high[[0, 2]].T.copy(), asked)

    def weight(
        self, values_mm: Sequence[float] | FloatArray, body_type: str, age: float | None = None
    ) -> tuple[float, float, float]:
        """Median, lower and upper end of the 90 % interval, in kilograms, of people who have these 15 and that age.

        ValueError for another number of values, an unknown body type and numbers that are not positive and finite.
        """
        known = dict(zip(NAMES, map(float, values_mm), strict=True))
        given, values = logarithms(known if age is None else {**known, "age": age})
        posterior = self.of(body_type).conditional(given, values)
        middle, deviation = posterior.mean[_WEIGHT], math.sqrt(posterior.covariance[_WEIGHT, _WEIGHT])
        reach = NORMAL_95 * deviation
        return math.exp(middle), math.exp(middle - reach), math.exp(middle + reach)


def reject_unknown(known_mm: Mapping[str, float]) -> None:
    """Raise ValueError when a key is none of the 15 names."""
    unknown = sorted(set(known_mm) - set(NAMES))
    if unknown:
        raise ValueError(f"unknown measurements: {', '.join(unknown)}")


def logarithms(known: Mapping[str, float]) -> tuple[list[int], FloatArray]:
    """Positions in `VARIABLES`, increasing, and natural logarithms of named numbers, whatever their order.

    ValueError when a number is not positive and finite.
    """
    given = sorted(_INDEX[name] for name in known)
    values = np.array([known[VARIABLES[index]] for index in given], np.float64)
    if not (np.isfinite(values) & (values > 0.0)).all():
        raise ValueError("measurements must be positive and finite")
    return given, np.log(values)


def _let_down(people: Gaussian, share: float) -> Gaussian:
    """The distribution with upper arms `share` times as thick."""
    mean, covariance = people.mean.copy(), people.covariance.copy()
    mean[_UPPER_ARM] += math.log(share)
    covariance[_UPPER_ARM, _UPPER_ARM] += _RELAXED_DEVIATION**2
    return Gaussian(mean, covariance)


def _gaussian(data: Mapping[str, Any]) -> Gaussian:
    return Gaussian(np.array(data["mean"], np.float64), np.array(data["covariance"], np.float64))

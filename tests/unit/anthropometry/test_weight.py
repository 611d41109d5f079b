"""What people of given measurements weigh."""

from __future__ import annotations

import numpy as np
import pytest

from anthropometry.measurements import NAMES
from anthropometry.population import VARIABLES, Population

BODY_TYPES = ("feminine", "masculine", "neutral")


@pytest.mark.parametrize("body_type", BODY_TYPES)
def test_the_typical_person_has_the_typical_weight(population: Population, body_type: str) -> None:
    typical = np.exp(population.of(body_type).mean)
    median, low, high = population.weight(typical[:15], body_type, float(typical[16]))
    assert median == pytest.approx(typical[15], rel=1e-12)
    assert low < median < high
    assert low * high == pytest.approx(median**2)


@pytest.mark.parametrize("body_type", BODY_TYPES)
@pytest.mark.parametrize("known", [range(15), [*range(15), 16]], ids=["any age", "one age"])
def test_weights_of_a_crowd_lie_in_their_interval_nine_times_in_ten(
    population: Population, body_type: str, known
) -> None:
    people = population.of(body_type)
    crowd = np.exp(np.random.default_rng(5).multivariate_normal(people.mean, people.covariance, 2_000))
    inside = []
    for person in crowd:
        age = float(person[16]) if 16 in known else None
        _, low, high = population.weight(person[:15], body_type, age)
        inside.append(low <= person[15] <= high)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_heavier_people_are_thicker_and_taller(population: Population) -> None:
    typical = np.exp(population.feminine.mean[:15])
    larger, _, _ = population.weight(typical * 1.1, "feminine")
    median, _, _ = population.weight(typical, "feminine")
    # Every length a tenth larger is a third more volume.
    assert larger / median == pytest.approx(1.1**3, rel=0.05)


@pytest.mark.parametrize("values", [[1700.0] * 14, [1700.0] * 16, [0.0] * 15, [np.nan] * 15])
def test_anything_but_15_positive_numbers_is_refused(population: Population, values) -> None:
    with pytest.raises(ValueError, match=r"positive|argument"):
        population.weight(values, "feminine")


def test_the_weight_is_the_sixteenth_variable() -> None:
    assert VARIABLES[: len(NAMES) + 1] == (*NAMES, "weight_kg")

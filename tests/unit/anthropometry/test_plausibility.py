from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anthropometry.measurements import MEASUREMENTS, NAMES
from anthropometry.plausibility import check, limits
from anthropometry.population import Population

any_subsets = st.dictionaries(st.sampled_from(MEASUREMENTS), st.floats(0.0, 1.0), max_size=15).map(
    lambda chosen: {m.name: m.lowest_mm + share * (m.highest_mm - m.lowest_mm) for m, share in chosen.items()}
)

PEOPLE = {
    "nobody in particular": {},
    "very heavy": {
        "stature": 1650, "chest_girth": 1400, "waist_girth": 1450, "hip_girth": 1500, "thigh_girth": 800,
    },
    "heavier still": {"chest_girth": 1600, "waist_girth": 1700, "hip_girth": 1750},
    "very tall": {"stature": 2150, "inside_leg": 1050},
    "very short": {"stature": 1350, "inside_leg": 600},
    "muscular": {"chest_girth": 1300, "waist_girth": 800, "upper_arm_girth": 520, "thigh_girth": 700},
    "pregnant": {"stature": 1650, "chest_girth": 1000, "waist_girth": 1150, "hip_girth": 1050},
    "thin": {"stature": 1750, "chest_girth": 780, "waist_girth": 610, "hip_girth": 840},
}  # fmt: skip

MISTAKES = {
    "waist a metre above the hip": ({"waist_girth": 1900, "hip_girth": 900}, {"waist_girth"}),
    "inside leg in inches": ({"stature": 1700, "inside_leg": 560, "arm_length": 560}, {"inside_leg"}),
    "two fields only": ({"stature": 1700, "inside_leg": 560}, {"inside_leg"}),
    "a giant with a child's chest": ({"stature": 2200, "chest_girth": 610}, {"stature", "chest_girth"}),
    "waist in inches": (
        {"stature": 1700, "chest_girth": 950, "waist_girth": 480, "hip_girth": 1000},
        {"waist_girth"},
    ),
    "knee wider than the thigh": ({"thigh_girth": 400, "knee_girth": 700, "calf_girth": 380}, {"knee_girth"}),
    "two mistakes": (
        {"stature": 1700, "chest_girth": 950, "waist_girth": 850, "hip_girth": 1000, "wrist_girth": 270,
         "inside_leg": 560},
        {"wrist_girth", "inside_leg"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("person", PEOPLE)
def test_unusual_people_pass(population: Population, person: str) -> None:
    assert check(PEOPLE[person], population) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_named_with_the_limits_that_would_pass(population: Population, mistake: str) -> None:
    known, culprits = MISTAKES[mistake]

    found = check(known, population)

    assert found
    assert {fault.name for fault in found} <= culprits
    kept = {name: value for name, value in known.items() if name not in {fault.name for fault in found}}
    assert check(kept, population) == []
    for fault in found:
        assert fault.value_mm == known[fault.name]
        assert not fault.low_mm <= fault.value_mm <= fault.high_mm
        for inside in (fault.low_mm * 1.0001, fault.high_mm * 0.9999):
            assert check({**kept, fault.name: inside}, population) == []


@pytest.mark.parametrize("measurement", MEASUREMENTS, ids=NAMES)
def test_absolute_ranges(population: Population, measurement) -> None:
    assert check({measurement.name: measurement.lowest_mm}, population) == []
    assert check({measurement.name: measurement.highest_mm}, population) == []
    for value in (measurement.lowest_mm - 1, measurement.highest_mm + 1):
        (fault,) = check({measurement.name: value}, population)
        assert (fault.name, fault.value_mm) == (measurement.name, value)
        assert (fault.low_mm, fault.high_mm) == (measurement.lowest_mm, measurement.highest_mm)


def test_inches_for_centimetres_all_through(population: Population) -> None:
    median = population.estimate({}, "neutral").values_mm
    faults = check(dict(zip(NAMES, median / 2.54, strict=True)), population)
    assert {fault.name for fault in faults} == set(NAMES)


@given(known=any_subsets)
@settings(deadline=None)
def test_what_is_left_passes_and_what_is_named_lies_outside_its_limits(
    population: Population, known: dict[str, float]
) -> None:
    faults = check(known, population)
    assert [fault.name for fault in faults] == [
        name for name in NAMES if name in {fault.name for fault in faults}
    ]
    kept = {name: value for name, value in known.items() if name not in {fault.name for fault in faults}}
    assert check(kept, population) == []
    for fault in faults:
        assert not fault.low_mm <= fault.value_mm <= fault.high_mm
        assert check({**kept, fault.name: fault.value_mm}, population)


@given(known=any_subsets, order=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_request_does_not_matter(
    population: Population, known: dict[str, float], order
) -> None:
    shuffled = list(known.items())
    order.shuffle(shuffled)
    assert check(dict(shuffled), population) == check(known, population)


@pytest.mark.parametrize("body_type", ["feminine", "masculine", "neutral"])
def test_estimates_are_always_plausible(population: Population, body_type: str) -> None:
    for known in (
        {},
        {"stature": 2000.0},
        {"waist_girth": 1500.0},
        {"chest_girth": 700.0, "stature": 1800.0},
    ):
        estimate = population.estimate(known, body_type)
        assert check(dict(zip(NAMES, estimate.values_mm, strict=True)), population) == []


def test_limits_hold_what_passes_and_not_much_more(population: Population) -> None:
    known = {"stature": 1700.0, "chest_girth": 950.0, "hip_girth": 1000.0}
    for name, (low, high) in zip(NAMES, limits(known, population), strict=True):
        assert check({**known, name: low * 1.0001}, population) == []
        assert check({**known, name: high * 0.9999}, population) == []
        # Only a little further may pass, as another body type's.
        assert check({**known, name: low * 0.93}, population)
        assert check({**known, name: high * 1.07}, population)
    absolute = [(measurement.lowest_mm, measurement.highest_mm) for measurement in MEASUREMENTS]
    np.testing.assert_array_equal(limits({}, population), absolute)


def test_weight_is_no_measurement(population: Population) -> None:
    with pytest.raises(ValueError, match="unknown measurements: weight_kg"):
        check({"weight_kg": 70.0}, population)


@pytest.mark.shared_data
def test_no_real_person_is_refused(population: Population, records: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    for rows in records.values():
        for row in rows[:, :15]:
            assert check(dict(zip(NAMES, row, strict=True)), population) == []
            subset = rng.choice(15, rng.integers(1, 15), replace=False)
            assert check({NAMES[index]: row[index] for index in subset}, population) == []


@pytest.mark.shared_data
def test_every_pair_of_numbers_of_a_real_person_passes(
    population: Population, records: dict[str, np.ndarray]
) -> None:
    everyone = np.concatenate(list(records.values()))[:, :15]
    extremes = {int(index) for column in everyone.T for index in (column.argmin(), column.argmax())}
    for person in extremes:
        for first in range(15):
            for second in range(first):
                known = {NAMES[index]: everyone[person, index] for index in (first, second)}
                assert check(known, population) == []

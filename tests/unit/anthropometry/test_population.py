from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anthropometry.measurements import MEASUREMENTS, NAMES
from anthropometry.population import RELAXED_ARM, VARIABLES, Population

BODY_TYPES = ("feminine", "masculine", "neutral")

typical_subsets = st.dictionaries(st.sampled_from(NAMES), st.floats(0.85, 1.15), max_size=15)


def measured(population: Population, shares: dict[str, float]) -> dict[str, float]:
    """Shares of the average -> millimetres."""
    average = dict(zip(NAMES, population.estimate({}, "neutral").values_mm, strict=True))
    return {name: share * average[name] for name, share in shares.items()}


@pytest.mark.parametrize("body_type", BODY_TYPES)
def test_nothing_known_gives_the_median_person(population: Population, body_type: str) -> None:
    estimate = population.estimate({}, body_type)
    np.testing.assert_allclose(estimate.values_mm, np.exp(population.of(body_type).mean[:15]), rtol=1e-12)
    assert not estimate.asked.any()
    assert (estimate.interval_mm[:, 0] < estimate.values_mm).all()
    assert (estimate.values_mm < estimate.interval_mm[:, 1]).all()


@given(shares=typical_subsets, body_type=st.sampled_from(BODY_TYPES))
@settings(deadline=None)
def test_what_was_given_is_kept_and_marked(
    population: Population, shares: dict[str, float], body_type: str
) -> None:
    known = measured(population, shares)
    estimate = population.estimate(known, body_type)
    for index, name in enumerate(NAMES):
        assert estimate.asked[index] == (name in known)
        if name in known:
            assert estimate.values_mm[index] == known[name]
            assert (estimate.interval_mm[index] == known[name]).all()
        else:
            assert (
                estimate.interval_mm[index, 0] <= estimate.values_mm[index] <= estimate.interval_mm[index, 1]
            )
    assert all(
        measurement.lowest_mm <= value <= measurement.highest_mm
        for measurement, value in zip(MEASUREMENTS, estimate.values_mm, strict=True)
        if measurement.name not in known
    )


@given(shares=typical_subsets, order=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_request_does_not_matter(
    population: Population, shares: dict[str, float], order
) -> None:
    known = measured(population, shares)
    shuffled = list(known.items())
    order.shuffle(shuffled)
    first, second = (
        population.estimate(known, "neutral", 70.0),
        population.estimate(dict(shuffled), "neutral", 70.0),
    )
    np.testing.assert_array_equal(first.values_mm, second.values_mm)
    np.testing.assert_array_equal(first.interval_mm, second.interval_mm)


def test_estimates_follow_the_conditional_formula(population: Population) -> None:
    crowd, at = population.relaxed.masculine, [0, 4, 15]
    values = np.log([1800.0, 900.0, 80.0])
    gain = crowd.covariance[:15, at] @ np.linalg.inv(crowd.covariance[np.ix_(at, at)])
    mean = crowd.mean[:15] + gain @ (values - crowd.mean[at])
    spread = np.sqrt(np.diag(crowd.covariance[:15, :15] - gain @ crowd.covariance[at, :15]).clip(0.0))

    estimate = population.estimate({"stature": 1800.0, "waist_girth": 900.0}, "masculine", weight_kg=80.0)

    np.testing.assert_allclose(estimate.values_mm, np.exp(mean), rtol=1e-9)
    free = ~estimate.asked
    expected = np.exp(mean[:, None] + 1.6448536 * spread[:, None] * [-1.0, 1.0])
    np.testing.assert_allclose(estimate.interval_mm[free], expected[free], rtol=1e-6)


@pytest.mark.parametrize("body_type", BODY_TYPES)
def test_a_taller_and_a_heavier_person_is_larger(population: Population, body_type: str) -> None:
    statures = [population.estimate({"stature": mm}, body_type).values_mm for mm in (1500.0, 1700.0, 1900.0)]
    assert (np.diff(statures, axis=0) > 0).all()
    weights = [
        population.estimate({"stature": 1700.0}, body_type, weight_kg=kg).values_mm
        for kg in (50.0, 70.0, 90.0)
    ]
    girths = [index for index, name in enumerate(NAMES) if name.endswith("_girth")]
    assert (np.diff(weights, axis=0)[:, girths] > 0).all()


@given(shares=typical_subsets, extra=st.sampled_from(NAMES), body_type=st.sampled_from(BODY_TYPES))
@settings(deadline=None)
def test_knowing_more_never_widens_an_interval(
    population: Population, shares: dict[str, float], extra: str, body_type: str
) -> None:
    known = measured(population, shares)
    before = population.of(body_type)
    given_before = [NAMES.index(name) for name in known]
    after = sorted({*given_before, NAMES.index(extra)})
    variance = np.diag(before.conditional(given_before, before.mean[given_before]).covariance)
    smaller = np.diag(before.conditional(after, before.mean[after]).covariance)
    assert (smaller <= variance + 1e-12).all()


def test_neutral_is_half_way(population: Population) -> None:
    rng = np.random.default_rng(0)
    crowd = np.concatenate(
        [
            rng.multivariate_normal(part.mean, part.covariance, 200_000)
            for part in (population.feminine, population.masculine)
        ]
    )
    np.testing.assert_allclose(population.neutral.mean, crowd.mean(axis=0), atol=2e-3)
    np.testing.assert_allclose(population.neutral.covariance, np.cov(crowd.T), atol=1e-3)
    # A tall person of neutral type is completed more like a man than a short one is.
    tall, short = (population.estimate({"stature": mm}, "neutral").values_mm for mm in (1850.0, 1550.0))
    shoulder, hip = NAMES.index("biacromial_breadth"), NAMES.index("hip_girth")
    assert tall[shoulder] / tall[hip] > short[shoulder] / short[hip]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0, -5.0])
def test_numbers_must_be_positive_and_finite(population: Population, bad: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        population.estimate({"stature": bad}, "neutral")
    with pytest.raises(ValueError, match="positive and finite"):
        population.estimate({}, "neutral", weight_kg=bad)


@pytest.mark.parametrize("name", ["bust_girth", "weight_kg", "age", ""])
def test_other_names_are_refused(population: Population, name: str) -> None:
    with pytest.raises(ValueError, match="unknown measurements"):
        population.estimate({name: 60.0}, "neutral")


def test_other_body_types_are_refused(population: Population) -> None:
    with pytest.raises(ValueError, match="unknown body type"):
        population.estimate({}, "robot")


def test_a_file_of_other_variables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "population").mkdir()
    text = json.dumps({"variables": [*VARIABLES[1:], "stature"], "feminine": {}, "masculine": {}})
    (tmp_path / "population" / "population.json").write_text(text)
    with pytest.raises(ValueError, match="other variables"):
        Population.load(tmp_path)
    with pytest.raises(FileNotFoundError):
        Population.load(tmp_path / "nowhere")


@pytest.mark.parametrize("body_type", ["feminine", "masculine"])
def test_arms_are_estimated_relaxed(population: Population, body_type: str) -> None:
    arm = NAMES.index("upper_arm_girth")
    recorded, relaxed = getattr(population, body_type), population.of(body_type)
    share = RELAXED_ARM[body_type]
    assert np.exp(relaxed.mean[arm] - recorded.mean[arm]) == pytest.approx(share)
    np.testing.assert_array_equal(np.delete(relaxed.mean, arm), np.delete(recorded.mean, arm))
    # A relaxed arm says of the rest what the flexed arm of the same person says.
    typical = {"upper_arm_girth": float(np.exp(relaxed.mean[arm]))}
    rest = population.estimate(typical, body_type).values_mm
    np.testing.assert_allclose(np.delete(rest, arm), np.delete(np.exp(recorded.mean[:15]), arm))
    thick = population.estimate({"upper_arm_girth": typical["upper_arm_girth"] / share}, body_type).values_mm
    assert thick[NAMES.index("chest_girth")] > rest[NAMES.index("chest_girth")]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "known", [("stature",), ("stature", "waist_girth"), ("chest_girth", "hip_girth", "inside_leg")]
)
def test_intervals_hold_nine_of_ten_people(
    population: Population, records: dict[str, np.ndarray], known: tuple[str, ...]
) -> None:
    rng = np.random.default_rng(3)
    for body_type, flexed in records.items():
        rows = flexed.copy()
        arms = RELAXED_ARM[body_type] * np.exp(0.03 * rng.standard_normal(len(rows)))
        rows[:, NAMES.index("upper_arm_girth")] *= arms
        covered = []
        for row in rows[::4]:
            estimate = population.estimate({name: row[NAMES.index(name)] for name in known}, body_type)
            covered.append(
                (estimate.interval_mm[:, 0] <= row[:15]) & (row[:15] <= estimate.interval_mm[:, 1])
            )
        share = np.mean(covered, axis=0)[~np.isin(NAMES, known)]
        assert share.mean() == pytest.approx(0.9, abs=0.02)
        assert share.min() > 0.84

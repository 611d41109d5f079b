from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anthropometry.measurements import MEASUREMENTS, NAMES
from anthropometry.population import Population
from bodymodel.correct import ShapeTape, correct
from bodymodel.guard import Guard
from bodymodel.shape import ShapeSpace, on_grid

ROOT = Path(__file__).parents[3]
RECORDS = ROOT.parent / "shared" / "data" / "ansur2"
seeds = st.integers(0, 2**16)


def test_the_readings_of_one_body_are_reached_from_another(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace
) -> None:
    reached = []
    for seed in range(20):
        start, other = np.random.default_rng(seed).normal(size=(2, space.size)) * 0.6
        targets = shape_tape.read(other).values_mm
        found = correct(shape_tape, guard, start, targets)
        reached.append(found.feasible.all())
        before, after = (
            np.abs(mm - targets).sum() for mm in (shape_tape.read(start).values_mm, found.delivered_mm)
        )
        assert after < 0.05 * before
        np.testing.assert_array_equal(found.feasible, np.abs(found.delivered_mm - targets) <= 0.5)
        np.testing.assert_array_equal(shape_tape.read(found.coefficients).values_mm, found.delivered_mm)
    assert np.mean(reached) >= 0.9  # a largest or smallest level may switch on the way


def test_a_body_that_already_fits_is_left_alone(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace
) -> None:
    start = on_grid(np.random.default_rng(4).normal(size=space.size))
    found = correct(shape_tape, guard, start, shape_tape.read(start).values_mm)
    assert found.iterations == 0
    np.testing.assert_array_equal(found.coefficients, start)


def test_an_odd_start_leads_to_the_same_numbers(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace
) -> None:
    """From one such body in eight no step leads all the way: then a start nearer to the mean body does."""
    targets = shape_tape.read(np.zeros(space.size)).values_mm
    for seed in (4, 32, 47):
        odd = 1.6 * np.random.default_rng(seed).normal(size=space.size)
        found = correct(shape_tape, guard, odd, targets)
        assert found.feasible.all(), seed
        assert np.linalg.norm(found.coefficients) > 1.0  # still somebody else than the mean body


def test_only_what_was_asked_is_held(shape_tape: ShapeTape, guard: Guard, space: ShapeSpace) -> None:
    start = np.zeros(space.size)
    before = shape_tape.read(start).values_mm
    targets, weights = before.copy(), np.zeros(len(NAMES))
    waist = NAMES.index("waist_girth")
    targets[waist] += 60.0
    weights[waist] = 1.0
    loose = correct(shape_tape, guard, start, targets, weights)
    firm = correct(shape_tape, guard, start, targets)
    assert loose.delivered_mm[waist] == pytest.approx(targets[waist], abs=0.1)
    np.testing.assert_allclose(firm.delivered_mm, targets, atol=0.5)
    assert np.linalg.norm(loose.coefficients) < np.linalg.norm(firm.coefficients)
    assert abs(loose.delivered_mm[NAMES.index("hip_girth")] - before[NAMES.index("hip_girth")]) > 1.0


def test_an_impossible_wish_is_reported_and_the_body_stays_human(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace
) -> None:
    targets = shape_tape.read(np.zeros(space.size)).values_mm
    targets[NAMES.index("waist_girth")] *= 3.0
    found = correct(shape_tape, guard, np.zeros(space.size), targets)
    assert not found.feasible.all()
    assert np.abs(found.coefficients).max() <= 5.0


@given(seed=seeds, body_type=st.sampled_from(["feminine", "masculine"]))
@settings(max_examples=20, deadline=None)
def test_people_of_the_population_are_delivered(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace, seed: int, body_type: str
) -> None:
    people = Population.load(ROOT / "models").of(body_type)
    size = len(NAMES)
    rng = np.random.default_rng(seed)
    offset = np.linalg.cholesky(people.covariance[:size, :size]) @ np.clip(rng.normal(size=size), -2.3, 2.3)
    targets = np.exp(people.mean[:size] + offset)
    found = correct(shape_tape, guard, np.zeros(space.size), targets)
    assert found.feasible.mean() >= 14 / 15
    assert np.abs(found.coefficients).max() < 5.0


@pytest.mark.shared_data
@pytest.mark.skipif(not RECORDS.is_dir(), reason="the population records are not beside the checkout")
@pytest.mark.parametrize("table", ["female", "male"])
def test_real_people_are_delivered_within_half_a_millimetre(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace, table: str
) -> None:
    with (RECORDS / f"{table}.csv").open(encoding="latin-1", newline="") as lines:
        rows = [[float(row[m.ansur_column]) for m in MEASUREMENTS] for row in csv.DictReader(lines)]
    people = np.array(rows)[np.random.default_rng(11).choice(len(rows), 30, replace=False)]
    found = [correct(shape_tape, guard, np.zeros(space.size), person) for person in people]
    assert np.mean([one.feasible.all() for one in found]) >= 0.95
    assert max(np.abs(one.coefficients).max() for one in found) < 5.0

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anthropometry.measurements import NAMES
from bodymodel.correct import ShapeTape, correct
from bodymodel.guard import Guard
from bodymodel.shape import ShapeSpace
from bodymodel.template import Template

seeds = st.integers(0, 2**16)


@given(seed=seeds)
@settings(max_examples=5, deadline=None)
def test_bending_is_the_laplacian_of_the_difference_to_the_mean_body(
    template: Template, space: ShapeSpace, guard: Guard, seed: int
) -> None:
    coefficients = np.random.default_rng(seed).normal(size=space.size)
    unpressed = replace(space.surface, side=np.zeros(len(space.surface.side)))
    offsets = unpressed.at(coefficients) - space.surface.mean
    neighbours: list[set[int]] = [set() for _ in range(template.body_vertices)]
    for quad in template.body.quads.tolist():
        for one, other in zip(quad, quad[1:] + quad[:1], strict=True):
            neighbours[one].add(other)
            neighbours[other].add(one)
    expected = []
    for name in sorted(template.regions):
        bent = [
            offsets[vertex] - offsets[sorted(neighbours[vertex])].mean(axis=0)
            for vertex in np.unique(template.regions[name]).tolist()
        ]
        expected.append(np.sqrt(np.square(bent).sum(axis=1).mean()))
    np.testing.assert_allclose(guard.bending.of_body(coefficients), expected, rtol=1e-9)


def test_the_mean_body_and_typical_people_are_allowed(space: ShapeSpace, guard: Guard) -> None:
    assert guard.allows(np.zeros(space.size))
    drawn = np.random.default_rng(0).normal(size=(200, space.size)) * 0.7
    assert (
        np.mean([guard.allows(body) for body in drawn]) > 0.98
    )  # independent coefficients are odder than people


def test_a_wish_that_no_neck_has_is_not_forced_into_the_skin(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace
) -> None:
    start = np.zeros(space.size)
    targets = shape_tape.read(start).values_mm.copy()
    targets[NAMES.index("neck_girth")] *= 1.6
    kept = correct(shape_tape, guard, start, targets)
    unguarded = replace(guard, limits=np.full(len(guard.limits), np.inf))
    forced = correct(shape_tape, unguarded, start, targets)
    assert guard.allows(kept.coefficients)
    assert not guard.allows(forced.coefficients)
    assert not kept.feasible.all()
    # What could be had is had: the guard bends the step, it does not stop it.
    before = np.abs(shape_tape.read(start).values_mm - targets).max()
    assert np.abs(kept.delivered_mm - targets).max() < 0.2 * before


def test_a_body_that_breaks_the_rule_itself_is_not_made_worse(
    shape_tape: ShapeTape, guard: Guard, space: ShapeSpace
) -> None:
    strict = replace(guard, limits=np.zeros(len(guard.limits)))
    start = np.random.default_rng(1).normal(size=space.size) * 0.5
    targets = shape_tape.read(start).values_mm + 1.0
    found = correct(shape_tape, strict, start, targets)
    assert (strict.bending.of_body(found.coefficients) <= guard.bending.of_body(start) + 1e-9).all()

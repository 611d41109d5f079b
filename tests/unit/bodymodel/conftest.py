from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import reject

from bodymodel.correct import ShapeTape
from bodymodel.guard import Guard
from bodymodel.section import OpenSectionError
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.load(MODELS)


@pytest.fixture(scope="session")
def space(template: Template) -> ShapeSpace:
    return ShapeSpace.load(MODELS, template)


@pytest.fixture(scope="session")
def tape(template: Template) -> TapeMeasure:
    return TapeMeasure(template)


@pytest.fixture(scope="session")
def shape_tape(space: ShapeSpace, tape: TapeMeasure) -> ShapeTape:
    return ShapeTape(space, tape)


@pytest.fixture(scope="session")
def guard(template: Template, space: ShapeSpace) -> Guard:
    return Guard.of(template, space)


@pytest.fixture(scope="session")
def some_body(space: ShapeSpace, tape: TapeMeasure) -> Callable[[int], np.ndarray]:
    """Seed -> the float64 vertices of a random person of the shape space, standing on the floor."""

    def draw(seed: int) -> np.ndarray:
        coefficients = np.random.default_rng(seed).normal(size=space.size) * 0.8
        vertices = space.standing(coefficients)[0].astype(np.float64)
        # One drawn body in 500 is so odd that the tape refuses it: draw another. Many refusals fail the property.
        try:
            tape.measure(vertices)
        except OpenSectionError:
            reject()
        return vertices

    return draw

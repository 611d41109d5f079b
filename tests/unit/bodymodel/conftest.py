from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bodymodel.correct import ShapeTape
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
def some_body(space: ShapeSpace) -> Callable[[int], np.ndarray]:
    """Seed -> the float64 vertices of a random person of the shape space, standing on the floor."""

    def draw(seed: int) -> np.ndarray:
        # At 0.8 one drawn body in 500 is so odd that a tape cannot go round its neck; at 0.5 none of 9,000 was.
        coefficients = np.random.default_rng(seed).normal(size=space.size) * 0.5
        return space.standing(coefficients)[0].astype(np.float64)

    return draw

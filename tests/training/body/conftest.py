"""A tiny data set and a tiny run, made once: real shape space, real tape, few bodies, few steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template

ROOT = Path(__file__).parents[3]
BODIES = 48


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.load(ROOT / "models")


@pytest.fixture(scope="session")
def space(template: Template) -> ShapeSpace:
    return ShapeSpace.load(ROOT / "models", template)


@pytest.fixture(scope="session")
def tape(template: Template) -> TapeMeasure:
    return TapeMeasure(template)


@pytest.fixture(scope="session")
def bodies_file(space: ShapeSpace, tape: TapeMeasure, tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    coefficients = 0.3 * rng.standard_normal((BODIES, space.size))
    touched = space.rows(tape.touched)
    readings = [tape.read(touched.at(row)).values_mm for row in coefficients]
    path = tmp_path_factory.mktemp("bodies") / "bodies.npz"
    np.savez(
        path,
        coefficients=coefficients,
        measurements_mm=readings,
        body_type=rng.choice([-1.0, 1.0], BODIES),
        held_out=np.arange(40, BODIES),
    )
    return path

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from atelierkit import failpoints
from tests.unit.generator.factory import Factory
from tests.unit.generator.studio import Studio
from tests.unit.generator.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def factory() -> Factory:
    return Factory()


@pytest.fixture
def studio(factory: Factory) -> Studio:
    return Studio(factory)


@pytest.fixture
def armed() -> Iterator[Callable[[str], object]]:
    """Arms failpoints; the test ends without any."""
    yield failpoints.arm
    failpoints.arm("")

from __future__ import annotations

import pytest

from tests.unit.generator.world import World


@pytest.fixture
def world() -> World:
    return World()

"""Fixtures that every component's tests may ask for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import settings

# A busy machine must not fail a property for being slow; the tests' own timeout stands.
settings.register_profile("atelier", deadline=None)
settings.load_profile("atelier")

pytest_plugins = ["atelierkit.testing.fixtures", "tests.order"]


@pytest.fixture(scope="session")
def postgres_services() -> Sequence[str]:
    """The services that have a schema."""
    return ("auth", "catalog", "generator", "tryon")

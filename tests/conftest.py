"""Fixtures that every component's tests may ask for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import structlog
from hypothesis import settings

# A busy machine must not fail a property for being slow; the tests' own timeout stands.
settings.register_profile("atelier", deadline=None)
settings.load_profile("atelier")

# Without it a traceback is drawn in colours, with every variable: a second and more of the loop under test.
_LOGGED = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _LOGGED])

pytest_plugins = ["atelierkit.testing.fixtures", "tests.order"]


@pytest.fixture(scope="session")
def postgres_services() -> Sequence[str]:
    """The services that have a schema."""
    return ("auth", "catalog", "generator", "tryon")

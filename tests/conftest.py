"""Fixtures that every component's tests may ask for."""

from __future__ import annotations

pytest_plugins = ["atelierkit.testing.fixtures"]

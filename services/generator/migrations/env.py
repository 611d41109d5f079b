"""Alembic's entry: the history of the generator's schema."""

from __future__ import annotations

from atelierkit.migrations import run_env
from services.generator.adapters.tables import metadata

run_env(schema="generator", metadata=metadata)

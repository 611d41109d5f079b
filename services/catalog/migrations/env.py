"""Alembic's entry: the history of the catalogue's schema."""

from __future__ import annotations

from atelierkit.migrations import run_env
from services.catalog.adapters.tables import metadata

run_env(schema="catalog", metadata=metadata)

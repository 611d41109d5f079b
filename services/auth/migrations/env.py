"""Alembic's entry: the history of auth's schema."""

from __future__ import annotations

from atelierkit.migrations import run_env
from services.auth.adapters.tables import metadata

run_env(schema="auth", metadata=metadata)

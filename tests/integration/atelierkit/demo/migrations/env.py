"""Alembic's entry."""

from __future__ import annotations

from atelierkit.migrations import run_env
from tests.integration.atelierkit.demo.tables import Base

run_env(schema="tryon", metadata=Base.metadata)

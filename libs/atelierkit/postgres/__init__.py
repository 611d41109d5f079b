"""An embedded PostgreSQL: the server binaries of a wheel, run from a data folder by a launcher of our own."""

from __future__ import annotations

from atelierkit.postgres.errors import PostgresFailed
from atelierkit.postgres.launcher import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "PostgresFailed"]

"""The catalogue's tables, by what they are about. The migrations make them; a test holds the two equal."""

from __future__ import annotations

# Each enters its tables into the metadata.
from services.catalog.adapters.tables import garments as garments
from services.catalog.adapters.tables import poses as poses
from services.catalog.adapters.tables.base import metadata as metadata

"""The generator's tables, by what they are about. The migrations make them; a test holds the two equal."""

from __future__ import annotations

# Each enters its tables into the metadata.
from services.generator.adapters.tables import albums as albums
from services.generator.adapters.tables import avatars as avatars
from services.generator.adapters.tables import custom_backgrounds as custom_backgrounds
from services.generator.adapters.tables import custom_poses as custom_poses
from services.generator.adapters.tables import faces as faces
from services.generator.adapters.tables import generations as generations
from services.generator.adapters.tables import jobs as jobs
from services.generator.adapters.tables import shares as shares
from services.generator.adapters.tables.base import metadata as metadata

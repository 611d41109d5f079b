"""0004_pre_pose_library: the poses, each with a short name and a description, from ``data/0003_poses.json``.

Databases that had poses of before take these in their place; a pose keeps its id as long as it is in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# The file's format belongs to this migration and to the twin in memory; whoever changes it writes a new one.
from services.catalog.adapters.pose_file import PoseLibrary, read

revision = "0004"
down_revision = "0003"

_DATA = Path(__file__).parents[1] / "data" / "0003_poses.json"
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "position": sa.Integer(),
    "tags": postgresql.ARRAY(sa.Text()),
    "suits": postgresql.ARRAY(sa.Text()),
    "turns": postgresql.JSONB(),
}


def upgrade() -> None:
    texts = ("description_en", "description_fr")
    for text in texts:
        op.add_column("poses", sa.Column(text, sa.Text(), nullable=False, server_default=""))
    op.execute("DELETE FROM poses")
    rows = list(_rows(read(_DATA)))
    columns = [sa.column(name, _TYPES.get(name, sa.Text())) for name in rows[0]]
    op.bulk_insert(sa.table("poses", *columns), rows)
    for text in texts:
        op.alter_column("poses", text, server_default=None)


def _rows(library: PoseLibrary) -> Iterator[dict[str, Any]]:
    for position, pose in enumerate(library.poses):
        about = pose.summary
        yield {
            "id": about.id,
            "position": position,
            "category": about.category,
            "name_en": about.name.en,
            "name_fr": about.name.fr,
            "description_en": about.description.en,
            "description_fr": about.description.fr,
            "tags": list(about.tags),
            "difficulty": about.difficulty.value,
            "suits": [suited.value for suited in about.suits],
            "support": about.support.value,
            "words": about.words,
            "turns": pose.turns,
        }

"""0005_pre_pose_hands: hands at ease in place of bent fans, from ``data/0003_poses.json``; nothing else of a pose changes.

A database that is new has them since 0004, and takes them once more.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.catalog.adapters.pose_file import read

revision = "0005"
down_revision = "0004"

_DATA = Path(__file__).parents[1] / "data" / "0003_poses.json"


def upgrade() -> None:
    poses = sa.table("poses", sa.column("id", sa.Text()), sa.column("turns", postgresql.JSONB()))
    change = poses.update().where(poses.c.id == sa.bindparam("of")).values(turns=sa.bindparam("turned"))
    rows = [{"of": pose.summary.id, "turned": pose.turns} for pose in read(_DATA).poses]
    op.get_bind().execute(change, rows)

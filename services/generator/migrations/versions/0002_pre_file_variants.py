"""0002_pre_file_variants: an avatar has files in any variant, in the order in which they were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # A constant default is kept in the catalogue: no row is written, and the older code, which gives none, goes on.
    op.add_column("avatar_files", sa.Column("place", sa.SmallInteger(), nullable=False, server_default="0"))
    op.drop_constraint("role", "avatar_files", type_="check")
    # Wider than the rule before, so whatever is there and whatever the older code writes meets it; reading the rows
    # again takes half a second a million.
    op.create_check_constraint("role", "avatar_files", "role ~ '^[a-z0-9.]{1,100}$'")

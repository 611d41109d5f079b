"""0010_post_plain_keys: what the code of before still needed goes.

That is the column of signing keys in plain text, which each start of the code of before emptied into the sealed one, and the
name of the service in holds that were written without one.

A database that comes from before 0004 in one step, as that of ``make run`` may, can hold keys that were never sealed.
They are forgotten: a start makes a new one, and whoever holds one of the last access tokens trades its refresh token. In
two phases it has to pass by a release between, which seals them.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Drop the column and the default."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("DELETE FROM signing_keys WHERE sealed_jwk IS NULL")
    op.drop_column("signing_keys", "private_jwk")
    op.alter_column("signing_keys", "sealed_jwk", nullable=False)
    op.alter_column("holds", "service", server_default=None)

"""0004_pre_keys_and_consents: API keys, consents, and signing keys that are sealed.

``private_jwk`` stays until no replica of the release before starts any more: one that starts meanwhile finds keys that it
cannot read, and ends.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TIME = sa.DateTime(timezone=True)

# What was sealed may be sealed anew with another key; all else stays as it was written.
_APPEND_ONLY = """
CREATE FUNCTION consents_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Deeper than one is a foreign key's cascade: the account goes, and its consents with it.
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'consents are only added' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    """Make the tables, and room for sealed signing keys."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("signing_keys", sa.Column("sealed_jwk", sa.LargeBinary))
    op.alter_column("signing_keys", "private_jwk", nullable=True)
    _api_keys()
    _consents()


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME),
        sa.Column("used_at", _TIME),
        sa.Column("revoked_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_api_keys_account_id_accounts", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"])


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("policy_version", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("sealed_origin", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_consents_account_id_accounts", ondelete="CASCADE"
        ),
        sa.CheckConstraint("purpose IN ('face_photos', 'improve_models')", name="ck_consents_purpose"),
    )
    op.create_index("ix_consents_account_id_position", "consents", ["account_id", "position"], unique=True)
    op.execute(_APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER consents_stay BEFORE UPDATE OF id, position, account_id, purpose, policy_version, given, "
        "created_at OR DELETE ON consents FOR EACH ROW EXECUTE FUNCTION consents_stay()"
    )

"""0005_pre_requests: idempotency keys and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)

# Who owns the schema can drop the triggers: they keep mistakes out, the chain of hashes shows the rest.
_FORGETS_ALONE = """
CREATE FUNCTION audit_entries_forget_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.sequence, NEW.id, NEW.time, NEW.operation, NEW.outcome, NEW.request_id, NEW.who, NEW.about, NEW.hash)
    IS DISTINCT FROM
    (OLD.sequence, OLD.id, OLD.time, OLD.operation, OLD.outcome, OLD.request_id, OLD.who, OLD.about, OLD.hash)
  THEN
    RAISE EXCEPTION 'entries of the audit trail are not changed';
  END IF;
  IF (NEW.account_id, NEW.address, NEW.agent, NEW.who_salt)
    IS DISTINCT FROM (OLD.account_id, OLD.address, OLD.agent, OLD.who_salt)
    AND (OLD.who_salt IS NULL OR NEW.who_salt IS NOT NULL OR NEW.address <> '' OR NEW.agent <> '')
  THEN
    RAISE EXCEPTION 'who asked is forgotten once, and never changed';
  END IF;
  IF (NEW.resource_id, NEW.about_salt) IS DISTINCT FROM (OLD.resource_id, OLD.about_salt)
    AND (OLD.about_salt IS NULL OR NEW.about_salt IS NOT NULL OR NEW.resource_id <> '')
  THEN
    RAISE EXCEPTION 'the resource is forgotten once, and never changed';
  END IF;
  RETURN NEW;
END $$
"""
_KEPT_WHOLE = """
CREATE FUNCTION audit_entries_kept_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries of the audit trail are not deleted';
END $$
"""


def upgrade() -> None:
    """Make both tables, and the triggers that keep the trail."""
    op.create_table(
        "kept_requests",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.Uuid, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("lease_until", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_kept_requests"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_kept_requests_account_id_accounts", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_kept_requests_account_id", "kept_requests", ["account_id"])
    op.create_index("ix_kept_requests_expires_at", "kept_requests", ["expires_at"])
    op.create_table(
        "audit_entries",
        sa.Column("sequence", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("time", _TIME, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("outcome", sa.SmallInteger, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("who", sa.LargeBinary, nullable=False),
        sa.Column("who_salt", sa.LargeBinary),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("about_salt", sa.LargeBinary),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entries"),
        sa.UniqueConstraint("id", name="uq_audit_entries_id"),
    )
    op.create_index("ix_audit_entries_time", "audit_entries", ["time"])
    op.create_index("ix_audit_entries_account_id_sequence", "audit_entries", ["account_id", "sequence"])
    op.create_index("ix_audit_entries_operation_sequence", "audit_entries", ["operation", "sequence"])
    op.create_index(
        "ix_audit_entries_resource_id",
        "audit_entries",
        ["resource_id"],
        postgresql_where=sa.text("resource_id LIKE 'account:%'"),
    )
    op.execute(_FORGETS_ALONE)
    op.execute(_KEPT_WHOLE)
    op.execute(
        "CREATE TRIGGER audit_entries_forget_alone BEFORE UPDATE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION audit_entries_forget_alone()"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_kept_whole BEFORE DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_kept_whole()"
    )

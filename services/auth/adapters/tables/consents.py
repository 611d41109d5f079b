"""The ledger of consents, whose rows a trigger keeps as they were written, and those taken back that have consequences."""

from __future__ import annotations

import sqlalchemy as sa

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.base import TIME, metadata

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # Time alone does not order two entries of one moment.
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column(
        "purpose",
        sa.Text,
        sa.CheckConstraint("purpose IN ('face_photos', 'improve_models')", name="purpose"),
        nullable=False,
    ),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("sealed_origin", sa.LargeBinary, nullable=False),
)
# Until what the consent had allowed is deleted.
withdrawals = sa.Table(
    "withdrawals",
    metadata,
    sa.Column(
        "account_id", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column(
        "purpose", sa.Text, sa.CheckConstraint("purpose = 'face_photos'", name="purpose"), primary_key=True
    ),
    sa.Column("withdrawn_at", TIME, nullable=False),
)
sa.Index("ix_consents_account_id_position", consents.c.account_id, consents.c.position, unique=True)

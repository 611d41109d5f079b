"""0002_pre_credits: the ledger and its holds."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    pass

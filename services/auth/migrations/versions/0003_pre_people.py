"""0003_pre_people: what accounts know of people, and the links in their letters."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass

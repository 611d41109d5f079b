"""What all of auth's tables share."""

from __future__ import annotations

import sqlalchemy as sa

from atelierkit import sql

metadata = sql.metadata()
TIME = sa.DateTime(timezone=True)

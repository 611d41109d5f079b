"""What all of the catalogue's tables share."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from atelierkit import sql


class Base(DeclarativeBase):
    """Base of the service's rows."""

    metadata = sql.metadata()
    type_annotation_map: ClassVar = {str: sa.Text}


metadata = Base.metadata

"""What all of the service's tables have in common, and the files that their records refer to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from atelierkit import sql
from services.generator.domain.model import StoredFile


class Base(DeclarativeBase):
    """Base of the service's rows."""

    metadata = sql.metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


metadata = Base.metadata


class FileRow(Base):
    """An object in the object store that avatars, scans, faces or jobs refer to."""

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_files_dropped", "key", postgresql_where=text("dropped")),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[bool]
    """Somebody needs it no more; the next sweep finds out whether nobody does."""

    @property
    def stored(self) -> StoredFile:
        """The object."""
        return StoredFile(self.key, self.sha256, self.media_type, self.size)

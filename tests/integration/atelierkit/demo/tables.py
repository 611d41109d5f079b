"""The demo's one table."""

from __future__ import annotations

from sqlalchemy import Identity
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from atelierkit import sql


class Base(DeclarativeBase):
    metadata = sql.metadata()


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    text: Mapped[str] = mapped_column(unique=True)

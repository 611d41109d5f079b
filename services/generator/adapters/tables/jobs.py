"""Jobs and the rows of batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.generator.adapters.tables.base import Base, FileRow


class JobRow(Base):
    """A job; the rail's own tables know who works on it."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("total > 0 AND made >= 0 AND failed >= 0 AND made + failed <= total", name="count"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint(
            "state IN ('pending', 'processing', 'completed', 'failed', 'cancelled') "
            "AND (ended_at IS NOT NULL) = (state NOT IN ('pending', 'processing'))",
            name="state",
        ),
        # A page of a list reads as many rows as it shows, whoever asks, and however many jobs there are.
        Index("ix_jobs_owner_created_at_id", "owner", text("created_at DESC"), text("id DESC")),
        Index("ix_jobs_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_jobs_state_created_at_id", "state", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_jobs_owner_state_created_at_id",
            "owner",
            "state",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index("ix_jobs_pending", "lane", "created_at", "id", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    kind: Mapped[str]
    lane: Mapped[str]
    price: Mapped[int]
    """Credits for each thing that is made."""
    total: Mapped[int]
    made: Mapped[int]
    failed: Mapped[int]
    progress: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How far it is with the thing that it is at, percent."""
    state: Mapped[str]
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int]

    files: Mapped[list[JobFileRow]] = relationship(lazy="raise", viewonly=True, order_by="JobFileRow.name")


class GivenUpJobRow(Base):
    """The id of a job that was never recorded, and never will be: its credits went back."""

    __tablename__ = "given_up_jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    given_up_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JobFileRow(Base):
    """One result of one job."""

    __tablename__ = "job_files"
    __table_args__ = (Index("ix_job_files_key", "key"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("files.key", deferrable=True, initially="DEFERRED"))

    file: Mapped[FileRow] = relationship(lazy="raise", viewonly=True)


class BatchItemRow(Base):
    """One row of a batch; what was asked for is the document of ``documents_batch.py``."""

    __tablename__ = "batch_items"
    __table_args__ = (CheckConstraint("state IN ('pending', 'made', 'failed')", name="state"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """From 0."""
    asked: Mapped[dict[str, Any]]
    state: Mapped[str]
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    breakdowns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Times that the mesher broke down over it."""

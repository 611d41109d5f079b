"""Batches of avatars: what is asked for, and what came of each row."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from uuid import UUID, uuid5

from services.generator.domain.jobs import Failure
from services.generator.domain.model import BodySpec, Look, Outfit

MOST_FAULTS = 100
"""Faults that the refusal of a batch names; whoever has more sees the rest with the next attempt."""

ARCHIVE = "avatars.zip"
TABLE = "receipts.csv"
DOCUMENT = "receipts.json"


@dataclass(frozen=True)
class Row:
    """One avatar of a batch, as it was asked for."""

    body: BodySpec
    look: Look
    outfit: Outfit
    reference: str = ""
    """The person's own name for it."""


MOST_BREAKDOWNS = 3
"""Times that the mesher may break down over one row; then the row fails, and the others go on."""
POISONED = Failure("ROW_POISONED", "the mesher broke down over this row, three times")


class ItemState(enum.StrEnum):
    """What came of a row."""

    PENDING = "pending"
    MADE = "made"
    FAILED = "failed"


@dataclass(frozen=True)
class Item:
    """A row of a batch and what came of it."""

    job_id: UUID
    index: int
    """Its place in the batch, from 0."""
    row: Row
    state: ItemState = ItemState.PENDING
    failure: Failure | None = None
    breakdowns: int = 0
    """Times that the mesher broke down over it."""

    @property
    def avatar_id(self) -> UUID:
        """Id of its avatar. It follows from the job and the row, so that however often the row is done again, it is
        one avatar."""
        return uuid5(self.job_id, f"row {self.index}")

"""Rows of batches, and why one was not made, as JSON documents for the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.generator.adapters.documents import Document
from services.generator.adapters.documents_faces import photo_fault_of
from services.generator.domain.batch import Row
from services.generator.domain.jobs import Failure
from services.generator.domain.model import BodySpec, BodyType, Look, OutfitItem


def row_document(row: Row) -> Document:
    """The row as JSON."""
    return asdict(row)


def row_of(document: Mapping[str, Any]) -> Row:
    """The row that ``row_document`` wrote."""
    body = document["body"]
    return Row(
        body=BodySpec(**body | {"body_type": BodyType(body["body_type"])}),
        look=Look(**document["look"]),
        outfit=tuple(OutfitItem(**item) for item in document["outfit"]),
        reference=document["reference"],
    )


def failure_document(failure: Failure | None) -> Document | None:
    """A failure as JSON; None stays None."""
    return None if failure is None else asdict(failure)


def failure_of(document: Mapping[str, Any] | None) -> Failure | None:
    """The failure that ``failure_document`` wrote."""
    if document is None:
        return None
    # Absent from failures of before.
    photos = tuple(map(photo_fault_of, document.get("photos", ())))
    return Failure(**{**document, "photos": photos})

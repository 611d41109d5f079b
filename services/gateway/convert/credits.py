"""Credits: messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Literal

from atelier.auth.v1 import credits_pb2
from services.gateway.schemas import credits as shapes

_KINDS: Mapping[credits_pb2.EntryKind.ValueType, Literal["grant", "reserve", "capture", "release"]] = {
    credits_pb2.ENTRY_KIND_GRANT: "grant",
    credits_pb2.ENTRY_KIND_RESERVE: "reserve",
    credits_pb2.ENTRY_KIND_CAPTURE: "capture",
    credits_pb2.ENTRY_KIND_RELEASE: "release",
}


def balance(message: credits_pb2.Balance) -> shapes.Credits:
    """What a person has."""
    return shapes.Credits(balance=message.available, held=message.held)


def entry(message: credits_pb2.Entry) -> shapes.CreditEntry:
    """One line of a statement."""
    return shapes.CreditEntry(
        number=message.number,
        kind=_KINDS[message.kind],
        change=message.available_change,
        held_change=message.held_change,
        balance=message.balance.available,
        held=message.balance.held,
        job_id=message.job_id or None,
        reason=message.reason,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
    )


def prices(message: credits_pb2.Prices) -> shapes.Prices:
    """What work costs."""
    return shapes.Prices(**{name: getattr(message, name) for name in shapes.Prices.model_fields})

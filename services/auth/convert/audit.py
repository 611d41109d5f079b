"""Messages of the audit trail, from and to the domain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from atelier.auth.v1 import audit_pb2 as pb
from services.auth.domain.audit import Chained, Entry, Filters, Who
from services.auth.domain.errors import BadPageToken


def entry(message: pb.AuditEntry) -> Entry:
    """An entry to be written."""
    account_id = UUID(message.account_id) if message.account_id else None
    return Entry(
        id=UUID(message.id),
        time=message.time.ToDatetime(UTC),
        who=Who(account_id, message.address, message.agent),
        operation=message.operation,
        outcome=message.outcome,
        request_id=message.request_id,
        resource_id=message.resource_id,
    )


def filters(request: pb.ListAuditEntriesRequest) -> Filters:
    """Which entries are asked for."""
    return Filters(
        account_id=UUID(request.account_id) if request.account_id else None,
        operation=request.operation or None,
        from_time=_time(request.from_time) if request.HasField("from_time") else None,
        to_time=_time(request.to_time) if request.HasField("to_time") else None,
    )


def before(page_token: str) -> int | None:
    """The place in the chain before which the page begins; None for the newest. Raise BadPageToken."""
    if not page_token:
        return None
    if not (page_token.isascii() and page_token.isdigit() and len(page_token) <= 18):
        raise BadPageToken
    return int(page_token)


def page(entries: Sequence[Chained], next: int | None) -> pb.ListAuditEntriesResponse:
    """A page, and where the next one begins."""
    token = "" if next is None else str(next)
    return pb.ListAuditEntriesResponse(entries=map(_chained, entries), next_page_token=token)


def _chained(chained: Chained) -> pb.ChainedEntry:
    found = chained.entry
    message = pb.AuditEntry(
        id=str(found.id),
        account_id=str(found.who.account_id or ""),
        address=found.who.address,
        agent=found.who.agent,
        operation=found.operation,
        outcome=found.outcome,
        request_id=found.request_id,
        resource_id=found.resource_id,
    )
    message.time.FromDatetime(found.time)
    return pb.ChainedEntry(
        sequence=chained.sequence, entry=message, forgotten=chained.who.salt is None, hash=chained.hash
    )


def _time(message: Timestamp) -> datetime:
    return message.ToDatetime(UTC)

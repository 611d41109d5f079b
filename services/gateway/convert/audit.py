"""The audit trail: messages to JSON, and a query to a message."""

from __future__ import annotations

from datetime import UTC

from atelier.auth.v1 import audit_pb2
from services.gateway.schemas import audit as shapes


def request(query: shapes.AuditQuery) -> audit_pb2.ListAuditEntriesRequest:
    """Which entries are wanted."""
    message = audit_pb2.ListAuditEntriesRequest(
        account_id=query.account,
        operation=query.operation,
        page_size=query.limit,
        page_token=query.cursor,
    )
    if query.from_time is not None:
        message.from_time.FromDatetime(query.from_time)
    if query.to_time is not None:
        message.to_time.FromDatetime(query.to_time)
    return message


def entry(message: audit_pb2.ChainedEntry) -> shapes.AuditEntry:
    """One entry in its place."""
    found = message.entry
    return shapes.AuditEntry(
        sequence=message.sequence,
        id=found.id,
        time=found.time.ToDatetime(tzinfo=UTC),
        account_id=found.account_id or None,
        address=found.address,
        agent=found.agent,
        operation=found.operation,
        outcome=found.outcome,
        request_id=found.request_id,
        resource_id=found.resource_id or None,
        forgotten=message.forgotten,
        hash=message.hash.hex(),
    )

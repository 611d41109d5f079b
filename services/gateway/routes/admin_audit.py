"""The audit trail, for whoever operates the platform."""

from __future__ import annotations

from services.gateway.convert import audit as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import audit as shapes

TAG = "Audit"


async def page(call: Call[None]) -> shapes.AuditPage:
    query: shapes.AuditQuery = call.request.state.query
    answer = await call.clients.audit.ListAuditEntries(convert.request(query))
    return shapes.AuditPage(
        data=[convert.entry(item) for item in answer.entries], next_cursor=answer.next_page_token or None
    )


OPERATIONS = (
    Operation(
        "GET",
        "/v1/admin/audit",
        "Who did what",
        TAG,
        page,
        Access.ADMIN,
        answer=shapes.AuditPage,
        query=shapes.AuditQuery,
    ),
)

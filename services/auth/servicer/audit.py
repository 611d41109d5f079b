"""AuditService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any

import grpc

from atelier.auth.v1 import audit_pb2 as pb
from atelier.auth.v1.audit_pb2_grpc import AuditServiceServicer
from services.auth.convert import audit as convert
from services.auth.use_cases.audit import RecordAudit, SearchAudit

Context = grpc.aio.ServicerContext[Any, Any]
_PAGE_SIZE = 20


class AuditServicer(AuditServiceServicer):
    """Offers the verbs of the audit trail."""

    def __init__(self, *, record: RecordAudit, search: SearchAudit) -> None:
        self._record = record
        self._search = search

    async def Record(self, request: pb.RecordRequest, context: Context) -> pb.RecordResponse:
        await self._record([convert.entry(entry) for entry in request.entries])
        return pb.RecordResponse()

    async def ListAuditEntries(
        self, request: pb.ListAuditEntriesRequest, context: Context
    ) -> pb.ListAuditEntriesResponse:
        entries, next = await self._search(
            convert.filters(request),
            limit=request.page_size or _PAGE_SIZE,
            before=convert.before(request.page_token),
        )
        return convert.page(entries, next)

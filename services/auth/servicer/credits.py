"""CreditService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import credits_pb2 as pb
from atelier.auth.v1.credits_pb2_grpc import CreditServiceServicer
from atelierkit.errors import Forbidden
from atelierkit.identity import require_caller, require_service
from services.auth.convert import credits as convert
from services.auth.domain.credits import Prices
from services.auth.use_cases.credits import (
    CaptureCredits,
    GetBalance,
    GrantCredits,
    ListEntries,
    ListHolds,
    ReleaseCredits,
    ReserveCredits,
)

Context = grpc.aio.ServicerContext[Any, Any]
_PAGE_SIZE = 20
_HOLDS_PAGE_SIZE = 100


class CreditServicer(CreditServiceServicer):
    """Offers the verbs of the ledger, and the prices as they are."""

    def __init__(
        self,
        *,
        reserve: ReserveCredits,
        capture: CaptureCredits,
        release: ReleaseCredits,
        list_holds: ListHolds,
        get_balance: GetBalance,
        list_entries: ListEntries,
        grant: GrantCredits,
        prices: Prices,
    ) -> None:
        self._reserve = reserve
        self._capture = capture
        self._release = release
        self._list_holds = list_holds
        self._get_balance = get_balance
        self._list_entries = list_entries
        self._grant = grant
        self._prices = convert.prices(prices)

    async def Reserve(self, request: pb.ReserveRequest, context: Context) -> pb.ReserveResponse:
        wallet, hold = await self._reserve(
            _own(request.account_id),
            UUID(request.job_id),
            request.credits,
            request.reason,
            require_service(),
        )
        return pb.ReserveResponse(hold=convert.hold(hold), balance=convert.balance(wallet))

    async def Capture(self, request: pb.CaptureRequest, context: Context) -> pb.CaptureResponse:
        hold = await self._capture(UUID(request.job_id), request.credits)
        return pb.CaptureResponse(hold=convert.hold(hold))

    async def Release(self, request: pb.ReleaseRequest, context: Context) -> pb.ReleaseResponse:
        hold = await self._release(UUID(request.job_id))
        return pb.ReleaseResponse(hold=convert.hold(hold))

    async def ListHolds(self, request: pb.ListHoldsRequest, context: Context) -> pb.ListHoldsResponse:
        holds, next = await self._list_holds(
            require_service(),
            timedelta(seconds=request.older_than_s),
            request.page_size or _HOLDS_PAGE_SIZE,
            convert.after(request.page_token),
        )
        return convert.holds(holds, next)

    async def GetBalance(self, request: pb.GetBalanceRequest, context: Context) -> pb.GetBalanceResponse:
        wallet = await self._get_balance(UUID(require_caller().subject))
        return pb.GetBalanceResponse(balance=convert.balance(wallet))

    async def ListEntries(self, request: pb.ListEntriesRequest, context: Context) -> pb.ListEntriesResponse:
        entries, next = await self._list_entries(
            UUID(require_caller().subject),
            request.page_size or _PAGE_SIZE,
            convert.before(request.page_token),
        )
        return convert.entries(entries, next)

    async def GetPrices(self, request: pb.GetPricesRequest, context: Context) -> pb.GetPricesResponse:
        return pb.GetPricesResponse(prices=self._prices)

    async def Grant(self, request: pb.GrantRequest, context: Context) -> pb.GrantResponse:
        wallet = await self._grant(
            UUID(request.account_id), request.credits, request.reason, UUID(request.grant_id)
        )
        return pb.GrantResponse(balance=convert.balance(wallet))


def _own(account_id: str) -> UUID:
    """The account of a request, which must be the caller's."""
    if account_id != require_caller().subject:
        raise Forbidden("credits are held on one's own account")
    return UUID(account_id)

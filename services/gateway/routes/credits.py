"""Credits: what the caller has, how it came about, and what work costs."""

from __future__ import annotations

from atelier.auth.v1 import credits_pb2
from atelierkit.scopes import Scope
from services.gateway.convert import credits as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import credits as shapes
from services.gateway.schemas.base import Page

TAG = "Credits"


async def balance(call: Call[None]) -> shapes.Credits:
    answer = await call.clients.credits.GetBalance(credits_pb2.GetBalanceRequest())
    return convert.balance(answer.balance)


async def entries(call: Call[None]) -> shapes.CreditEntryPage:
    query: Page = call.request.state.query
    answer = await call.clients.credits.ListEntries(
        credits_pb2.ListEntriesRequest(page_size=query.limit, page_token=query.cursor)
    )
    return shapes.CreditEntryPage(
        data=[convert.entry(item) for item in answer.entries], next_cursor=answer.next_page_token or None
    )


async def prices(call: Call[None]) -> shapes.Prices:
    answer = await call.clients.credits.GetPrices(credits_pb2.GetPricesRequest())
    return convert.prices(answer.prices)


OPERATIONS = (
    Operation(
        "GET",
        "/v1/credits",
        "The caller's credits",
        TAG,
        balance,
        scopes=(Scope.CREDITS_READ,),
        answer=shapes.Credits,
    ),
    Operation(
        "GET",
        "/v1/credits/entries",
        "The caller's statement",
        TAG,
        entries,
        scopes=(Scope.CREDITS_READ,),
        answer=shapes.CreditEntryPage,
        query=Page,
    ),
    Operation(
        "GET", "/v1/credits/prices", "What work costs", TAG, prices, Access.PUBLIC, answer=shapes.Prices
    ),
)

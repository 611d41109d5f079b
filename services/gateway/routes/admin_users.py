"""Accounts of everybody, for whoever operates the platform."""

from __future__ import annotations

from atelier.auth.v1 import account_admin_pb2
from services.gateway.convert import accounts as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.routes.admin_jobs import TAG
from services.gateway.schemas import people as shapes


async def search(call: Call[None]) -> shapes.UserPage:
    query: shapes.UserSearch = call.request.state.query
    answer = await call.clients.account_admin.ListAccounts(
        account_admin_pb2.ListAccountsRequest(
            email=query.email, page_size=query.limit, page_token=query.cursor
        )
    )
    return shapes.UserPage(
        data=[convert.user(each) for each in answer.accounts], next_cursor=answer.next_page_token or None
    )


async def get(call: Call[None]) -> shapes.User:
    answer = await call.clients.account_admin.ShowAccount(
        account_admin_pb2.ShowAccountRequest(id=call.request.path_params["id"])
    )
    return convert.user(answer.account)


async def change(call: Call[shapes.UserChange]) -> shapes.User:
    role, tier = call.body.role, call.body.tier
    answer = await call.clients.account_admin.ChangeAccount(
        account_admin_pb2.ChangeAccountRequest(
            id=call.request.path_params["id"],
            role=None if role is None else convert.ROLES[role],
            tier=None if tier is None else convert.TIERS[tier],
            disabled=call.body.disabled,
        )
    )
    return convert.user(answer.account)


OPERATIONS = (
    Operation(
        "GET",
        "/v1/admin/users",
        "Accounts by a part of their address",
        TAG,
        search,
        Access.ADMIN,
        answer=shapes.UserPage,
        query=shapes.UserSearch,
    ),
    Operation(
        "GET",
        "/v1/admin/users/{id}",
        "One account",
        TAG,
        get,
        Access.ADMIN,
        answer=shapes.User,
        refusals=(404,),
    ),
    Operation(
        "PATCH",
        "/v1/admin/users/{id}",
        "Change what an account may do",
        TAG,
        change,
        Access.ADMIN,
        body=shapes.UserChange,
        answer=shapes.User,
        refusals=(404, 409),
    ),
)

"""AccountAdminService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import account_admin_pb2 as pb
from atelier.auth.v1.account_admin_pb2_grpc import AccountAdminServiceServicer
from services.auth import convert
from services.auth.convert import people
from services.auth.use_cases.administration import ChangeAccount, ListAccounts, ShowAccount

Context = grpc.aio.ServicerContext[Any, Any]


class AccountAdminServicer(AccountAdminServiceServicer):
    """Offers the verbs to administrators; the proto says that it is they alone."""

    def __init__(
        self, *, list_accounts: ListAccounts, show_account: ShowAccount, change_account: ChangeAccount
    ) -> None:
        self._list_accounts = list_accounts
        self._show_account = show_account
        self._change_account = change_account

    async def ListAccounts(
        self, request: pb.ListAccountsRequest, context: Context
    ) -> pb.ListAccountsResponse:
        after = people.position(request.page_token)
        accounts, last = await self._list_accounts(request.email, people.page_size(request.page_size), after)
        return pb.ListAccountsResponse(
            accounts=map(convert.account, accounts), next_page_token=people.page_token(last)
        )

    async def ShowAccount(self, request: pb.ShowAccountRequest, context: Context) -> pb.ShowAccountResponse:
        return pb.ShowAccountResponse(account=convert.account(await self._show_account(UUID(request.id))))

    async def ChangeAccount(
        self, request: pb.ChangeAccountRequest, context: Context
    ) -> pb.ChangeAccountResponse:
        account = await self._change_account(
            UUID(request.id),
            role=convert.role(request.role) if request.HasField("role") else None,
            tier=convert.tier(request.tier) if request.HasField("tier") else None,
            disabled=request.disabled if request.HasField("disabled") else None,
        )
        return pb.ChangeAccountResponse(account=convert.account(account))

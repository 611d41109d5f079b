"""ConsentService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import consents_pb2 as pb
from atelier.auth.v1.consents_pb2_grpc import ConsentServiceServicer
from atelierkit.identity import require_caller
from services.auth.convert import consents as convert
from services.auth.domain.consents import Policies
from services.auth.use_cases.consents import (
    ConfirmWithdrawal,
    ListConsents,
    ListWithdrawals,
    RecordConsent,
    RequireConsent,
)

Context = grpc.aio.ServicerContext[Any, Any]


class ConsentServicer(ConsentServiceServicer):
    """Offers the verbs, and the policies as they are."""

    def __init__(
        self,
        *,
        record: RecordConsent,
        list_consents: ListConsents,
        require: RequireConsent,
        list_withdrawals: ListWithdrawals,
        confirm_withdrawal: ConfirmWithdrawal,
        policies: Policies,
    ) -> None:
        self._record = record
        self._list = list_consents
        self._require = require
        self._list_withdrawals = list_withdrawals
        self._confirm_withdrawal = confirm_withdrawal
        self._policies = policies

    async def RecordConsent(
        self, request: pb.RecordConsentRequest, context: Context
    ) -> pb.RecordConsentResponse:
        consent = await self._record(
            _caller(),
            convert.purpose(request.purpose),
            request.policy_version,
            given=request.given,
            origin=convert.origin(request),
        )
        return pb.RecordConsentResponse(consent=convert.consent(consent))

    async def ListConsents(
        self, request: pb.ListConsentsRequest, context: Context
    ) -> pb.ListConsentsResponse:
        after = convert.after(request.page_token)
        found = await self._list(_caller(), limit=request.page_size + 1, after=after)
        return convert.page(found, request.page_size)

    async def RequireConsent(
        self, request: pb.RequireConsentRequest, context: Context
    ) -> pb.RequireConsentResponse:
        consent = await self._require(_caller(), convert.purpose(request.purpose))
        return pb.RequireConsentResponse(consent=convert.consent(consent))

    async def ListWithdrawals(
        self, request: pb.ListWithdrawalsRequest, context: Context
    ) -> pb.ListWithdrawalsResponse:
        waiting = await self._list_withdrawals(convert.purpose(request.purpose))
        return pb.ListWithdrawalsResponse(account_ids=map(str, waiting))

    async def ConfirmWithdrawal(
        self, request: pb.ConfirmWithdrawalRequest, context: Context
    ) -> pb.ConfirmWithdrawalResponse:
        purpose = convert.purpose(request.purpose)
        return pb.ConfirmWithdrawalResponse(
            taken=await self._confirm_withdrawal(UUID(request.account_id), purpose)
        )

    async def ListPolicies(
        self, request: pb.ListPoliciesRequest, context: Context
    ) -> pb.ListPoliciesResponse:
        return convert.policies(self._policies)


def _caller() -> UUID:
    return UUID(require_caller().subject)

"""Consents on photos of faces, kept by the auth service."""

from __future__ import annotations

from collections.abc import Sequence

from atelier.auth.v1 import consents_pb2 as pb
from atelier.auth.v1 import consents_pb2_grpc
from atelierkit.identity import current_caller
from services.generator.adapters.neighbours import calling
from services.generator.domain.errors import ConsentRequired

_AUTH = "auth"
_PURPOSE = pb.CONSENT_PURPOSE_FACE_PHOTOS


class RemoteConsents:
    """Asks auth, as the calling person where there is one."""

    def __init__(self, stub: consents_pb2_grpc.ConsentServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def require(self, version: str) -> None:
        in_force = await (self._in_force() if current_caller() is None else self._given())
        if version != in_force:
            raise ConsentRequired(in_force)

    async def _given(self) -> str:
        request = pb.RequireConsentRequest(purpose=_PURPOSE)
        with calling(_AUTH, ConsentRequired.reason):
            answer = await self._stub.RequireConsent(request, timeout=self._timeout_s)
        return answer.consent.policy_version

    async def _in_force(self) -> str:
        with calling(_AUTH):
            answer = await self._stub.ListPolicies(pb.ListPoliciesRequest(), timeout=self._timeout_s)
        return next(policy.version for policy in answer.policies if policy.purpose == _PURPOSE)


class RemoteWithdrawals:
    """Asks auth who has taken the consent back, and tells it that their faces are gone."""

    def __init__(self, stub: consents_pb2_grpc.ConsentServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def waiting(self) -> Sequence[str]:
        request = pb.ListWithdrawalsRequest(purpose=_PURPOSE)
        with calling(_AUTH):
            answer = await self._stub.ListWithdrawals(request, timeout=self._timeout_s)
        return answer.account_ids

    async def confirm(self, owner: str) -> bool:
        request = pb.ConfirmWithdrawalRequest(purpose=_PURPOSE, account_id=owner)
        with calling(_AUTH):
            answer = await self._stub.ConfirmWithdrawal(request, timeout=self._timeout_s)
        return answer.taken

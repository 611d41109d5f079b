"""PeopleService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import people_pb2 as pb
from atelier.auth.v1.people_pb2_grpc import PeopleServiceServicer
from atelierkit.identity import require_caller
from services.auth import convert
from services.auth.convert import people
from services.auth.use_cases.deletion import ConfirmDeletion, DeleteAccount, ListDeletions
from services.auth.use_cases.export import ExportPerson
from services.auth.use_cases.passwords import ChangePassword, ForgotPassword, ResetPassword
from services.auth.use_cases.profile import EndOtherSessions, EndSession, ListSessions, UpdateProfile
from services.auth.use_cases.welcome import ResendVerification, VerifyEmail

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class PeopleVerbs:
    """What people do with their own accounts."""

    verify_email: VerifyEmail
    resend_verification: ResendVerification
    forgot_password: ForgotPassword
    reset_password: ResetPassword
    change_password: ChangePassword
    update_profile: UpdateProfile
    list_sessions: ListSessions
    end_session: EndSession
    end_other_sessions: EndOtherSessions
    export_person: ExportPerson
    delete_account: DeleteAccount
    list_deletions: ListDeletions
    confirm_deletion: ConfirmDeletion


class PeopleServicer(PeopleServiceServicer):
    """Offers the verbs to the calling person, and the list of deletions to the services that forget."""

    def __init__(self, verbs: PeopleVerbs) -> None:
        self._do = verbs

    async def VerifyEmail(self, request: pb.VerifyEmailRequest, context: Context) -> pb.VerifyEmailResponse:
        await self._do.verify_email(request.token)
        return pb.VerifyEmailResponse()

    async def ResendVerification(
        self, request: pb.ResendVerificationRequest, context: Context
    ) -> pb.ResendVerificationResponse:
        await self._do.resend_verification(_account_id())
        return pb.ResendVerificationResponse()

    async def ForgotPassword(
        self, request: pb.ForgotPasswordRequest, context: Context
    ) -> pb.ForgotPasswordResponse:
        await self._do.forgot_password(request.email)
        return pb.ForgotPasswordResponse()

    async def ResetPassword(
        self, request: pb.ResetPasswordRequest, context: Context
    ) -> pb.ResetPasswordResponse:
        await self._do.reset_password(request.token, request.password)
        return pb.ResetPasswordResponse()

    async def ChangePassword(
        self, request: pb.ChangePasswordRequest, context: Context
    ) -> pb.ChangePasswordResponse:
        await self._do.change_password(_account_id(), request.current, request.new, _session_id())
        return pb.ChangePasswordResponse()

    async def UpdateProfile(
        self, request: pb.UpdateProfileRequest, context: Context
    ) -> pb.UpdateProfileResponse:
        account = await self._do.update_profile(
            _account_id(),
            display_name=request.display_name if request.HasField("display_name") else None,
            language=convert.language(request.language) if request.HasField("language") else None,
            job_letters=request.job_letters if request.HasField("job_letters") else None,
        )
        return pb.UpdateProfileResponse(account=convert.account(account))

    async def ListSessions(
        self, request: pb.ListSessionsRequest, context: Context
    ) -> pb.ListSessionsResponse:
        current = require_caller().session
        sessions = await self._do.list_sessions(_account_id())
        return pb.ListSessionsResponse(sessions=[people.session(each, current) for each in sessions])

    async def EndSession(self, request: pb.EndSessionRequest, context: Context) -> pb.EndSessionResponse:
        await self._do.end_session(_account_id(), UUID(request.id))
        return pb.EndSessionResponse()

    async def EndOtherSessions(
        self, request: pb.EndOtherSessionsRequest, context: Context
    ) -> pb.EndOtherSessionsResponse:
        await self._do.end_other_sessions(_account_id(), _session_id())
        return pb.EndOtherSessionsResponse()

    async def ExportPerson(
        self, request: pb.ExportPersonRequest, context: Context
    ) -> pb.ExportPersonResponse:
        section, part = await self._do.export_person(_account_id(), request.page_token)
        return people.part(section, part)

    async def DeleteAccount(
        self, request: pb.DeleteAccountRequest, context: Context
    ) -> pb.DeleteAccountResponse:
        await self._do.delete_account(_account_id(), request.password)
        return pb.DeleteAccountResponse()

    async def ListDeletions(
        self, request: pb.ListDeletionsRequest, context: Context
    ) -> pb.ListDeletionsResponse:
        return pb.ListDeletionsResponse(account_ids=map(str, await self._do.list_deletions()))

    async def ConfirmDeletion(
        self, request: pb.ConfirmDeletionRequest, context: Context
    ) -> pb.ConfirmDeletionResponse:
        return pb.ConfirmDeletionResponse(taken=await self._do.confirm_deletion(UUID(request.account_id)))


def _account_id() -> UUID:
    return UUID(require_caller().subject)


def _session_id() -> UUID | None:
    """The caller's session; None for a caller that has none."""
    session = require_caller().session
    return None if session is None else UUID(session)

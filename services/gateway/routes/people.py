"""Addresses, passwords, profiles and sessions: what people do with their accounts beside logging in."""

from __future__ import annotations

from http import HTTPStatus

from atelier.auth.v1 import people_pb2
from atelier.generator.v1 import person_pb2
from atelierkit import logs
from atelierkit.errors import AppError
from services.gateway.bulkheads import Work
from services.gateway.convert import accounts as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.routes.accounts import TAG
from services.gateway.schemas import people as shapes
from services.gateway.schemas.accounts import Account

_log = logs.get_logger(__name__)


async def verify_email(call: Call[shapes.EmailProof]) -> None:
    await call.clients.people.VerifyEmail(people_pb2.VerifyEmailRequest(token=call.body.token))


async def resend_verification(call: Call[None]) -> None:
    await call.clients.people.ResendVerification(people_pb2.ResendVerificationRequest())


async def forgot_password(call: Call[shapes.Forgotten]) -> None:
    await call.clients.people.ForgotPassword(people_pb2.ForgotPasswordRequest(email=call.body.email))


async def reset_password(call: Call[shapes.NewPassword]) -> None:
    await call.clients.people.ResetPassword(
        people_pb2.ResetPasswordRequest(token=call.body.token, password=call.body.password)
    )


async def change_password(call: Call[shapes.PasswordChange]) -> None:
    await call.clients.people.ChangePassword(
        people_pb2.ChangePasswordRequest(current=call.body.current, new=call.body.new)
    )


async def update_me(call: Call[shapes.ProfileChange]) -> Account:
    answer = await call.clients.people.UpdateProfile(
        people_pb2.UpdateProfileRequest(
            display_name=call.body.display_name,
            language=call.body.language,
            job_letters=call.body.job_letters,
        )
    )
    return convert.account(answer.account)


async def delete_me(call: Call[shapes.AccountEnd]) -> None:
    await call.clients.people.DeleteAccount(people_pb2.DeleteAccountRequest(password=call.body.password))
    try:
        await call.clients.person.DeletePerson(person_pb2.DeletePersonRequest())
    except AppError as error:
        # The account is gone, and auth remembers whom the generator has to forget: its worker makes sure of it.
        _log.warning("what a person has made goes later", cause=error.message)


async def list_sessions(call: Call[None]) -> shapes.Sessions:
    answer = await call.clients.people.ListSessions(people_pb2.ListSessionsRequest())
    return shapes.Sessions(data=[convert.session(each) for each in answer.sessions])


async def end_session(call: Call[None]) -> None:
    request = people_pb2.EndSessionRequest(id=call.request.path_params["id"])
    await call.clients.people.EndSession(request)


async def end_other_sessions(call: Call[None]) -> None:
    await call.clients.people.EndOtherSessions(people_pb2.EndOtherSessionsRequest())


OPERATIONS = (
    Operation(
        "POST",
        "/v1/auth/email/verify",
        "Prove an address with the link of a letter",
        TAG,
        verify_email,
        Access.PUBLIC,
        body=shapes.EmailProof,
        status=HTTPStatus.NO_CONTENT,
    ),
    Operation(
        "POST",
        "/v1/auth/email/resend",
        "Have that letter written again",
        TAG,
        resend_verification,
        status=HTTPStatus.ACCEPTED,
    ),
    Operation(
        "POST",
        "/v1/auth/password/forgot",
        "Have a letter written to set a new password with",
        TAG,
        forgot_password,
        Access.PUBLIC,
        body=shapes.Forgotten,
        status=HTTPStatus.ACCEPTED,
    ),
    Operation(
        "POST",
        "/v1/auth/password/reset",
        "Set a new password with the link of a letter; all sessions end",
        TAG,
        reset_password,
        Access.PUBLIC,
        work=Work.PASSWORD,
        body=shapes.NewPassword,
        status=HTTPStatus.NO_CONTENT,
    ),
    Operation(
        "POST",
        "/v1/me/password",
        "Set a new password; all other sessions end",
        TAG,
        change_password,
        work=Work.PASSWORD,
        body=shapes.PasswordChange,
        status=HTTPStatus.NO_CONTENT,
        refusals=(403, 429),
    ),
    Operation(
        "PATCH",
        "/v1/me",
        "Change name and language",
        TAG,
        update_me,
        body=shapes.ProfileChange,
        answer=Account,
    ),
    Operation(
        "DELETE",
        "/v1/me",
        "Delete the account and all that belongs to it",
        TAG,
        delete_me,
        work=Work.PASSWORD,
        body=shapes.AccountEnd,
        status=HTTPStatus.NO_CONTENT,
        refusals=(403, 409, 429),
    ),
    Operation(
        "GET", "/v1/me/sessions", "Where the caller is logged in", TAG, list_sessions, answer=shapes.Sessions
    ),
    Operation(
        "DELETE",
        "/v1/me/sessions/{id}",
        "End one session",
        TAG,
        end_session,
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        "/v1/me/sessions",
        "End all other sessions",
        TAG,
        end_other_sessions,
        status=HTTPStatus.NO_CONTENT,
    ),
)

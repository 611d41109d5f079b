"""The failures that auth's contract names.

AppError
├── EmailTaken             ALREADY_EXISTS
├── WeakPassword           INVALID_ARGUMENT
├── InvalidCredentials     UNAUTHENTICATED
├── TooManyAttempts        RESOURCE_EXHAUSTED
├── UrlNotAllowed          INVALID_ARGUMENT
├── TooManyWebhooks        FAILED_PRECONDITION
├── InvalidRefreshToken    UNAUTHENTICATED
│   └── ReusedRefreshToken the same to its caller, apart in the metrics
├── AccountDisabled        PERMISSION_DENIED
├── WrongPassword          PERMISSION_DENIED
├── InvalidLink            INVALID_ARGUMENT
├── IdempotencyMismatch    INVALID_ARGUMENT
├── BadPageToken           INVALID_ARGUMENT
├── LastAdmin              FAILED_PRECONDITION
├── InsufficientCredits    FAILED_PRECONDITION
├── CreditsConflict        ALREADY_EXISTS
├── HoldCaptured           FAILED_PRECONDITION
├── HoldReleased           FAILED_PRECONDITION
└── HoldSettled            FAILED_PRECONDITION
"""

from __future__ import annotations

from atelierkit.errors import AppError, Code, FieldFault, InvalidInput


class EmailTaken(AppError):
    """An account with that address exists."""

    code = Code.ALREADY_EXISTS
    reason = "EMAIL_TAKEN"


class WeakPassword(AppError):
    """The password would be among an attacker's first guesses."""

    code = Code.INVALID_ARGUMENT
    reason = "WEAK_PASSWORD"


class InvalidCredentials(AppError):
    """Address and password do not match an account; which of them is wrong is not told."""

    code = Code.UNAUTHENTICATED
    reason = "INVALID_CREDENTIALS"


class TooManyAttempts(AppError):
    """Too many wrong passwords for this address; ``retry_after_s`` says when the next may be tried."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "TOO_MANY_ATTEMPTS"


class InvalidRefreshToken(AppError):
    """The refresh token is unknown, expired or revoked."""

    code = Code.UNAUTHENTICATED
    reason = "INVALID_REFRESH_TOKEN"


class ReusedRefreshToken(InvalidRefreshToken):
    """A spent refresh token came back: somebody holds a copy, so the session was revoked."""


class AccountDisabled(AppError):
    """An administrator has closed the account; told to whoever knows its password alone."""

    code = Code.PERMISSION_DENIED
    reason = "ACCOUNT_DISABLED"


class WrongPassword(AppError):
    """Somebody who is logged in has to prove themselves again, and did not."""

    code = Code.PERMISSION_DENIED
    reason = "WRONG_PASSWORD"


class InvalidLink(AppError):
    """The link of a letter is unknown, used, expired, or replaced by that of a newer letter."""

    code = Code.INVALID_ARGUMENT
    reason = "INVALID_LINK"


class LastAdmin(AppError):
    """Without this account nobody could administer the platform any more."""

    code = Code.FAILED_PRECONDITION
    reason = "LAST_ADMIN"


class IdempotencyMismatch(AppError):
    """The Idempotency-Key came before, with another body."""

    code = Code.INVALID_ARGUMENT
    reason = "IDEMPOTENCY_MISMATCH"


class BadPageToken(InvalidInput):
    """The page token is none that a list of ours ended with."""

    def __init__(self) -> None:
        text = "not a cursor of this list"
        super().__init__(text, faults=[FieldFault("page_token", "page_token.unknown", text)])


class UrlNotAllowed(AppError):
    """The platform sends nothing to that address; the fault names the rule that it breaks, and what would be right."""

    code = Code.INVALID_ARGUMENT
    reason = "URL_NOT_ALLOWED"

    def __init__(self, rule: str, limit: str) -> None:
        text = "the platform sends nothing to this address"
        super().__init__(text, faults=[FieldFault("url", f"url.{rule}", text, limit)])


class TooManyWebhooks(AppError):
    """The account has as many webhooks as one may have."""

    code = Code.FAILED_PRECONDITION
    reason = "TOO_MANY_WEBHOOKS"


class InsufficientCredits(AppError):
    """The account has fewer credits than this takes."""

    code = Code.FAILED_PRECONDITION
    reason = "INSUFFICIENT_CREDITS"

    def __init__(self, needed: int, available: int) -> None:
        super().__init__("there are not enough credits", needed=str(needed), available=str(available))


class CreditsConflict(AppError):
    """The job or the grant is there with other credits."""

    code = Code.ALREADY_EXISTS
    reason = "CREDITS_CONFLICT"


class HoldCaptured(AppError):
    """The job was paid, so its hold cannot go back."""

    code = Code.FAILED_PRECONDITION
    reason = "HOLD_CAPTURED"


class HoldReleased(AppError):
    """The job's hold went back, so it cannot be paid from it."""

    code = Code.FAILED_PRECONDITION
    reason = "HOLD_RELEASED"


class HoldSettled(AppError):
    """The job had its hold, which was paid or went back, so nothing is held for it again."""

    code = Code.FAILED_PRECONDITION
    reason = "HOLD_SETTLED"

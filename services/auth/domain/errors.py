"""The failures that auth's contract names.

AppError
├── EmailTaken             ALREADY_EXISTS
├── WeakPassword           INVALID_ARGUMENT
├── InvalidCredentials     UNAUTHENTICATED
├── TooManyAttempts        RESOURCE_EXHAUSTED
└── InvalidRefreshToken    UNAUTHENTICATED
    └── ReusedRefreshToken the same to its caller, apart in the metrics
"""

from __future__ import annotations

from atelierkit.errors import AppError, Code


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

"""The failures that belong to a contract.

    AppError
    ├── InvalidInput       INVALID_ARGUMENT
    ├── Unauthenticated    UNAUTHENTICATED
    ├── Forbidden          PERMISSION_DENIED
    ├── NotFound           NOT_FOUND
    ├── Conflict           ALREADY_EXISTS
    ├── Unavailable        UNAVAILABLE
    ├── Overloaded         RESOURCE_EXHAUSTED
    ├── TimedOut           DEADLINE_EXCEEDED
    └── RemoteError        whatever another service answered
        └── Unanswered     or that it did not

Every other exception is a bug: the caller hears "internal error" and the log holds the rest.
This module imports the standard library only, so that a domain may depend on it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Code(enum.IntEnum):
    """The canonical status codes (google.rpc.Code), numbers included."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


@dataclass(frozen=True)
class FieldFault:
    """One field of a request that was refused."""

    field: str
    """Path of the field as the caller wrote it, e.g. ``measurements[3].value_mm``."""
    code: str
    """Machine-readable rule that it broke, e.g. ``float.gte_lte``."""
    message: str
    """The same for people."""
    limit: str | None = None
    """The bound that it broke, where the rule has one, e.g. ``50..250``."""


class AppError(Exception):
    """A failure that the contract names: a code, a reason and what the caller needs to react.

    ``message`` is for people and may be shown to them. ``metadata`` is for machines: small string
    values, without personal data. ``retry_after_s`` says when trying again may help.
    """

    code: ClassVar[Code] = Code.UNKNOWN
    reason: ClassVar[str] = "UNKNOWN"

    def __init__(
        self,
        message: str,
        *,
        faults: Sequence[FieldFault] = (),
        retry_after_s: float | None = None,
        **metadata: str,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s
        self.metadata = metadata


class InvalidInput(AppError):
    """The request breaks a rule that the caller can read in the contract."""

    code = Code.INVALID_ARGUMENT
    reason = "INVALID_ARGUMENT"


class Unauthenticated(AppError):
    """The call needs a valid access token and has none."""

    code = Code.UNAUTHENTICATED
    reason = "UNAUTHENTICATED"


class Forbidden(AppError):
    """The caller is known and may not do this."""

    code = Code.PERMISSION_DENIED
    reason = "PERMISSION_DENIED"


class NotFound(AppError):
    """There is no such thing, or none that the caller may know of."""

    code = Code.NOT_FOUND
    reason = "NOT_FOUND"


class Conflict(AppError):
    """Something with that name is there already."""

    code = Code.ALREADY_EXISTS
    reason = "ALREADY_EXISTS"


class Unavailable(AppError):
    """A dependency does not answer now; the same request may work later."""

    code = Code.UNAVAILABLE
    reason = "UNAVAILABLE"

    def __init__(
        self,
        message: str,
        *,
        faults: Sequence[FieldFault] = (),
        retry_after_s: float | None = 1.0,
        **metadata: str,
    ) -> None:
        super().__init__(message, faults=faults, retry_after_s=retry_after_s, **metadata)


class Overloaded(AppError):
    """More work waits than can be done in time; the request was not begun.

    RESOURCE_EXHAUSTED and not UNAVAILABLE, which gRPC's retries would bring back at once, three times over.
    """

    code = Code.RESOURCE_EXHAUSTED
    reason = "OVERLOADED"


class TimedOut(AppError):
    """The work did not finish before the caller's deadline."""

    code = Code.DEADLINE_EXCEEDED
    reason = "DEADLINE_EXCEEDED"


class RemoteError(AppError):
    """An AppError that another service answered: its code and reason belong to the instance."""

    def __init__(
        self,
        message: str,
        *,
        code: Code,
        reason: str,
        faults: Sequence[FieldFault] = (),
        retry_after_s: float | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message, faults=faults, retry_after_s=retry_after_s)
        self.metadata = dict(metadata or {})
        # Elsewhere code and reason are the class's own; here each answer brings its own pair.
        vars(self).update(code=code, reason=reason)


class Unanswered(RemoteError):
    """A call that ended without a word of the service: not reached, cut off, or out of time."""

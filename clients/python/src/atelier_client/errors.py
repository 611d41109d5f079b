"""What can go wrong.

AtelierError
├── Refused            the platform answered with a refusal
├── Unreachable        there was no answer
├── UnexpectedAnswer   the answer is not one of this API
├── JobNotCompleted    a job that was waited for failed, or was cancelled
├── WaitedTooLong      a job that was waited for is not done yet
└── BadSignature       a webhook's message is not from the platform
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atelier_client.shapes import Job

Details = Sequence[Mapping[str, Any]] | Mapping[str, Any]


class AtelierError(Exception):
    """Anything that this client raises by itself."""

    code: str = "client_error"
    """For machines; a refusal's is the platform's."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.details: Details = ()
        """A refusal's faulty fields `{field, code, message, limit}`, or facts such as credits `{needed, available}`."""
        self.request_id: str | None = None
        """What the platform's operator finds the request by."""
        self.retryable = False
        """Whether the same may work later. This client has tried already."""
        self.retry_after_s: float | None = None
        """Seconds after which the platform asks to try again."""


class Refused(AtelierError):
    """The platform answered with a refusal."""

    def __init__(self, message: str, *, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status."""
        self.code = code

    def __str__(self) -> str:
        return f"{self.message} ({self.code}, request {self.request_id})"


class Unreachable(AtelierError):
    """There was no answer: no connection, or none in time."""

    code = "unreachable"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.retryable = True


class UnexpectedAnswer(AtelierError):
    """The answer is not one of this API: the address is another server's, or the client is too old."""

    code = "unexpected_answer"


class JobNotCompleted(AtelierError):
    """A job that was waited for failed, or was cancelled."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.error.message if job.error else f"the job was {job.state}")
        self.code = job.error.code if job.error else f"job_{job.state}"
        self.job = job


class WaitedTooLong(AtelierError):
    """A job that was waited for is not done yet; it goes on, and can be waited for again."""

    code = "waited_too_long"


class BadSignature(AtelierError):
    """A webhook's message is not from the platform, or too old. Answer 400, and do nothing else."""

    code = "bad_signature"

"""What a failed call to another service means to our own callers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from atelierkit.errors import Code, Overloaded, RemoteError, Unavailable

_AWAY = frozenset({Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED})


@contextmanager
def calling(name: str, *answers: Code | str) -> Iterator[None]:
    """Call that service in the block.

    Raise Unavailable when it is away or slow, Overloaded when it is too busy to begin. Its refusals with one of the
    codes or reasons ``answers`` belong to our contract and pass through, and so does UNAUTHENTICATED, for a token that
    expired on the way. Any other refusal means that we called it wrongly: a bug of ours, not a fault of our caller's.
    """
    try:
        yield
    except RemoteError as error:
        if error.reason == Overloaded.reason:
            raise Overloaded(f"the {name} is too busy", retry_after_s=error.retry_after_s) from error
        if error.code in _AWAY:
            raise Unavailable(
                f"the {name} does not answer", retry_after_s=error.retry_after_s or 1.0, dependency=name
            ) from error
        if error.code is Code.UNAUTHENTICATED or error.code in answers or error.reason in answers:
            raise
        raise RuntimeError(f"the {name} refused a call: {error.reason}") from error

"""What belongs to the request at hand: its id and its deadline.

Both live in context variables, so that logs, clients and adapters find them without being handed them.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_ID_KEY = "x-request-id"
"""gRPC metadata key, and HTTP header, that carries the id."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")

_request_id: ContextVar[str | None] = ContextVar("atelier_request_id", default=None)
_deadline: ContextVar[float | None] = ContextVar("atelier_deadline", default=None)


def request_id() -> str | None:
    """Id of the request at hand; None outside a request."""
    return _request_id.get()


def remaining_s() -> float | None:
    """Seconds until the request's deadline, never negative; None where there is no deadline."""
    deadline = _deadline.get()
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def accepted_request_id(offered: str | None) -> str:
    """The id that a caller offered when it is well formed, else a new one.

    An id ends in logs and answers, so only letters, digits, ``.``, ``_`` and ``-`` are let in.
    """
    if offered is not None and _WELL_FORMED.fullmatch(offered):
        return offered
    return str(uuid.uuid4())


@contextmanager
def request(*, id: str | None = None, timeout_s: float | None = None) -> Iterator[str]:
    """Run the block as one request; gives its id.

    A deadline of an outer request is kept where it is nearer.
    """
    accepted = accepted_request_id(id)
    limits = [limit for limit in (timeout_s, remaining_s()) if limit is not None]
    id_token = _request_id.set(accepted)
    deadline_token = _deadline.set(time.monotonic() + min(limits) if limits else None)
    try:
        yield accepted
    finally:
        _deadline.reset(deadline_token)
        _request_id.reset(id_token)

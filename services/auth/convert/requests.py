"""Messages of idempotency keys, from and to the domain."""

from __future__ import annotations

from uuid import UUID

from atelier.auth.v1 import requests_pb2 as pb
from services.auth.domain.requests import Answer, RequestKey, Run, Running


def request_key(message: pb.RequestKey) -> RequestKey:
    """The key with whoever uses it."""
    caller = UUID(message.account_id) if message.HasField("account_id") else message.address
    return RequestKey(caller, message.route, message.key)


def answer(message: pb.StoredAnswer) -> Answer:
    """The answer that goes out now."""
    return Answer(message.status, dict(message.headers), message.body)


def begin_response(outcome: Run | Answer | Running) -> pb.BeginResponse:
    """What to do with the request."""
    match outcome:
        case Run(id):
            return pb.BeginResponse(run=str(id))
        case Answer(status, headers, body):
            stored = pb.StoredAnswer(status=status, headers=headers, body=body)
            return pb.BeginResponse(answer=stored)
        case Running():
            return pb.BeginResponse(running=pb.RunningElsewhere())

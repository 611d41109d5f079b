"""Auth's list of people who have to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from atelier.auth.v1 import people_pb2 as pb
from atelier.auth.v1 import people_pb2_grpc
from services.generator.adapters.neighbours import calling


class RemoteDeletions:
    """Asks auth, and tells it."""

    def __init__(self, stub: people_pb2_grpc.PeopleServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def waiting(self) -> Sequence[str]:
        with calling("auth"):
            answer = await self._stub.ListDeletions(pb.ListDeletionsRequest(), timeout=self._timeout_s)
        return answer.account_ids

    async def confirm(self, owner: str) -> bool:
        with calling("auth"):
            answer = await self._stub.ConfirmDeletion(
                pb.ConfirmDeletionRequest(account_id=owner), timeout=self._timeout_s
            )
        return answer.taken

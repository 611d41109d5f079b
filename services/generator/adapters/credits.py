"""The ledger, kept by the auth service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from atelier.auth.v1 import credits_pb2 as pb
from atelier.auth.v1 import credits_pb2_grpc
from atelierkit.errors import RemoteError
from services.generator.adapters.neighbours import calling
from services.generator.domain.jobs import Extra, Kind
from services.generator.domain.ports_jobs import Hold

_AUTH = "auth"
_SETTLED = "HOLD_SETTLED"
_REASONS: Mapping[Kind, str] = {
    Kind.AVATAR_BATCH: "avatars in a batch",
    Kind.AVATAR_FROM_PHOTOS: "an avatar from photos",
    Kind.POSE_GENERATION: "a picture in a pose",
    Kind.VIDEO: "a video of an avatar",
}
_PRICES: Mapping[Kind | Extra, Callable[[pb.Prices], int]] = {
    Kind.AVATAR_BATCH: lambda prices: prices.batch_avatar,
    Kind.AVATAR_FROM_PHOTOS: lambda prices: prices.face_avatar,
    Kind.POSE_GENERATION: lambda prices: prices.pose_picture,
    Kind.VIDEO: lambda prices: prices.turntable,
    Extra.HD: lambda prices: prices.hd,
    Extra.PRIORITY: lambda prices: prices.priority,
}
_HOLDS_AT_A_TIME = 500


class RemoteCredits:
    """Asks auth. Reserving is done as the calling person, all else as the service."""

    def __init__(self, stub: credits_pb2_grpc.CreditServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def price(self, kind: Kind, extras: Collection[Extra] = ()) -> int:
        with calling(_AUTH):
            answer = await self._stub.GetPrices(pb.GetPricesRequest(), timeout=self._timeout_s)
        priced: tuple[Kind | Extra, ...] = (kind, *extras)
        return sum(_PRICES[each](answer.prices) for each in priced)

    async def reserve(self, owner: str, job_id: UUID, credits: int, kind: Kind) -> bool:
        request = pb.ReserveRequest(
            account_id=owner, job_id=str(job_id), credits=credits, reason=_REASONS[kind]
        )
        try:
            with calling(_AUTH, "INSUFFICIENT_CREDITS", _SETTLED):
                await self._stub.Reserve(request, timeout=self._timeout_s)
        except RemoteError as refusal:
            if refusal.reason != _SETTLED:
                raise
            return False
        return True

    async def capture(self, job_id: UUID, credits: int) -> None:
        with calling(_AUTH):
            await self._stub.Capture(
                pb.CaptureRequest(job_id=str(job_id), credits=credits), timeout=self._timeout_s
            )

    async def release(self, job_id: UUID) -> None:
        with calling(_AUTH):
            await self._stub.Release(pb.ReleaseRequest(job_id=str(job_id)), timeout=self._timeout_s)

    async def holds(self, older_than: timedelta) -> Sequence[Hold]:
        request = pb.ListHoldsRequest(
            older_than_s=round(older_than.total_seconds()), page_size=_HOLDS_AT_A_TIME
        )
        found: list[Hold] = []
        while True:
            with calling(_AUTH):
                page = await self._stub.ListHolds(request, timeout=self._timeout_s)
            found += [Hold(UUID(hold.job_id), hold.credits) for hold in page.holds]
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

"""Holds over gRPC: a job has one, it ends once, and it belongs to the service that asked for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import grpc.aio
import pytest

from atelier.auth.v1 import credits_pb2 as pb
from atelier.auth.v1 import credits_pb2_grpc as rpc
from atelierkit import identity
from atelierkit.errors import Code, RemoteError
from atelierkit.identity import SERVICE_KEY, Caller
from services.auth.domain.model import Account, Session, SessionKind
from services.auth.domain.ports import UnitsOfWork
from services.generator.adapters.credits import RemoteCredits
from services.generator.domain.jobs import Kind
from tests.unit.auth.world import EMAIL, SESSION_LIFE, SetClock, access_tokens

GENERATOR, TRYON = (((SERVICE_KEY, name),) for name in ("generator", "tryon"))
Metadata = tuple[tuple[str, str], ...]


@pytest.fixture
def credits(channel: grpc.aio.Channel) -> rpc.CreditServiceAsyncStub:
    return rpc.CreditServiceStub(channel)


@pytest.fixture
async def jane(units: UnitsOfWork, clock: SetClock) -> Caller:
    """Somebody with 20 credits."""
    account = Account.new(EMAIL, "a hash", clock.now)
    async with units() as unit:
        await unit.accounts.add(account)
        await unit.ledger.grant(account.id, 20, "a gift", "gift")
    session = Session.new(account, SessionKind.TOKENS, clock.now, SESSION_LIFE)
    token = access_tokens().issue(account, session, clock.now).value
    return Caller(str(account.id), frozenset({"user"}), token)


async def reserve(
    credits: rpc.CreditServiceAsyncStub, of: Caller, job: UUID, by: Metadata = GENERATOR
) -> pb.Hold:
    request = pb.ReserveRequest(account_id=of.subject, job_id=str(job), credits=5, reason="a batch")
    with identity.acting(of):
        return (await credits.Reserve(request, metadata=by)).hold


async def listed(credits: rpc.CreditServiceAsyncStub, by: Metadata) -> list[str]:
    return [hold.job_id for hold in (await credits.ListHolds(pb.ListHoldsRequest(), metadata=by)).holds]


async def available(credits: rpc.CreditServiceAsyncStub, of: Caller) -> int:
    with identity.acting(of):
        return (await credits.GetBalance(pb.GetBalanceRequest())).balance.available


@pytest.mark.parametrize("end", ["Capture", "Release"])
async def test_nothing_is_held_again_for_a_job_whose_hold_has_ended(
    credits: rpc.CreditServiceAsyncStub, jane: Caller, end: str
) -> None:
    job = uuid4()
    assert await reserve(credits, jane, job) == await reserve(credits, jane, job)
    if end == "Capture":
        await credits.Capture(pb.CaptureRequest(job_id=str(job), credits=3))
    else:
        await credits.Release(pb.ReleaseRequest(job_id=str(job)))
    left = await available(credits, jane)
    assert left == (17 if end == "Capture" else 20)
    with pytest.raises(RemoteError) as refused:
        await reserve(credits, jane, job)
    assert (refused.value.code, refused.value.reason) == (Code.FAILED_PRECONDITION, "HOLD_SETTLED")
    assert await available(credits, jane) == left


async def test_a_service_sees_the_holds_of_its_own_jobs_alone(
    credits: rpc.CreditServiceAsyncStub, jane: Caller
) -> None:
    made, tried = uuid4(), uuid4()
    assert (await reserve(credits, jane, made)).service == "generator"
    assert (await reserve(credits, jane, tried, by=TRYON)).service == "tryon"
    assert await listed(credits, GENERATOR) == [str(made)]
    assert await listed(credits, TRYON) == [str(tried)]
    assert await listed(credits, ((SERVICE_KEY, "mesher"),)) == []
    with pytest.raises(RemoteError) as refused:
        await reserve(credits, jane, made, by=TRYON)
    assert refused.value.reason == "CREDITS_CONFLICT"


async def test_a_caller_that_does_not_say_who_it_is_holds_nothing(
    credits: rpc.CreditServiceAsyncStub, jane: Caller
) -> None:
    nobody = ((SERVICE_KEY, ""),)
    for call in (reserve(credits, jane, uuid4(), by=nobody), listed(credits, nobody)):
        with pytest.raises(RemoteError) as refused:
            await call
        assert (refused.value.code, refused.value.reason) == (Code.PERMISSION_DENIED, "PERMISSION_DENIED")
    assert await available(credits, jane) == 20


async def test_the_generator_learns_that_a_hold_was_settled(channel: grpc.aio.Channel, jane: Caller) -> None:
    ledger, job = RemoteCredits(rpc.CreditServiceStub(channel), timeout_s=5), uuid4()
    with identity.acting(jane):
        assert await ledger.reserve(jane.subject, job, 5, Kind.AVATAR_BATCH)
        assert await ledger.reserve(jane.subject, job, 5, Kind.AVATAR_BATCH)
        [hold] = await ledger.holds(timedelta(0))
        assert (hold.job_id, hold.credits) == (job, 5)
        await ledger.release(job)
        assert not await ledger.reserve(jane.subject, job, 5, Kind.AVATAR_BATCH)
        with pytest.raises(RemoteError) as refused:
            await ledger.reserve(jane.subject, uuid4(), 21, Kind.AVATAR_BATCH)
        assert refused.value.reason == "INSUFFICIENT_CREDITS"

"""Credits over gRPC."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from uuid import uuid4

import grpc.aio
import pytest
from google.protobuf.message import Message

from atelier.auth.v1 import credits_pb2 as pb
from atelier.auth.v1 import credits_pb2_grpc as rpc
from atelierkit.errors import AppError, Code
from services.auth.domain.model import Account, Role, Session, SessionKind
from services.auth.domain.ports import UnitsOfWork
from tests.unit.auth.world import EMAIL, SESSION_LIFE, SetClock, access_tokens

JOB = "3f1d3c8e-5f0b-4c3e-9d6e-0a3f5b7c9d11"


class Person:
    """An account, and what its calls carry."""

    def __init__(self, account: Account, token: str) -> None:
        self.id = str(account.id)
        self.metadata = (("authorization", f"Bearer {token}"),)


async def person(units: UnitsOfWork, clock: SetClock, email: str, role: Role) -> Person:
    account = replace(Account.new(email, "a hash", clock.now), role=role)
    async with units() as unit:
        await unit.accounts.add(account)
    session = Session.new(account, SessionKind.TOKENS, clock.now, SESSION_LIFE)
    return Person(account, access_tokens().issue(account, session, clock.now).value)


@pytest.fixture
def credits(channel: grpc.aio.Channel) -> rpc.CreditServiceAsyncStub:
    return rpc.CreditServiceStub(channel)


@pytest.fixture
async def jane(units: UnitsOfWork, clock: SetClock) -> Person:
    return await person(units, clock, EMAIL, Role.USER)


@pytest.fixture
async def admin(units: UnitsOfWork, clock: SetClock) -> Person:
    return await person(units, clock, "ops@example.org", Role.ADMIN)


async def refusal(call: Awaitable[Message]) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


def grant(to: Person, credits: int, grant_id: str | None = None) -> pb.GrantRequest:
    return pb.GrantRequest(
        account_id=to.id, credits=credits, reason="a gift", grant_id=grant_id or str(uuid4())
    )


def reserve(of: Person, credits: int, job_id: str = JOB) -> pb.ReserveRequest:
    return pb.ReserveRequest(account_id=of.id, job_id=job_id, credits=credits, reason="a batch")


async def balance(credits: rpc.CreditServiceAsyncStub, of: Person) -> tuple[int, int]:
    answer = await credits.GetBalance(pb.GetBalanceRequest(), metadata=of.metadata)
    return answer.balance.available, answer.balance.held


async def test_a_job_from_its_hold_to_its_payment(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    assert await balance(credits, jane) == (0, 0)
    await credits.Grant(grant(jane, 12), metadata=admin.metadata)
    held = await credits.Reserve(reserve(jane, 10), metadata=jane.metadata)
    assert (held.balance.available, held.balance.held) == (2, 10)
    assert (held.hold.job_id, held.hold.account_id, held.hold.credits) == (JOB, jane.id, 10)
    assert held.hold.state == pb.HOLD_STATE_OPEN

    open_ = await credits.ListHolds(pb.ListHoldsRequest())
    assert list(open_.holds) == [held.hold]

    paid = await credits.Capture(pb.CaptureRequest(job_id=JOB, credits=7))
    assert (paid.hold.state, paid.hold.captured) == (pb.HOLD_STATE_CAPTURED, 7)
    assert await balance(credits, jane) == (5, 0)
    assert not (await credits.ListHolds(pb.ListHoldsRequest())).holds

    statement = (await credits.ListEntries(pb.ListEntriesRequest(), metadata=jane.metadata)).entries
    assert [
        (line.number, line.kind, line.available_change, line.held_change, line.balance.available, line.reason)
        for line in statement
    ] == [
        (3, pb.ENTRY_KIND_CAPTURE, 3, -10, 5, "a batch"),
        (2, pb.ENTRY_KIND_RESERVE, -10, 10, 2, "a batch"),
        (1, pb.ENTRY_KIND_GRANT, 12, 0, 12, "a gift"),
    ]
    assert [line.job_id for line in statement] == [JOB, JOB, ""]


@pytest.mark.attack("A43")
async def test_every_change_is_made_once(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    gift = grant(jane, 12)
    first = [await credits.Grant(gift, metadata=admin.metadata) for _ in range(2)]
    assert first[0] == first[1]
    held = [await credits.Reserve(reserve(jane, 10), metadata=jane.metadata) for _ in range(2)]
    assert held[0] == held[1]
    back = [await credits.Release(pb.ReleaseRequest(job_id=JOB)) for _ in range(2)]
    assert back[0] == back[1]
    assert await balance(credits, jane) == (12, 0)


@pytest.mark.attack("A43")
async def test_too_few_credits_say_how_many_there_are(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    for available in (0, 3):
        if available:
            await credits.Grant(grant(jane, available), metadata=admin.metadata)
        refused = await refusal(credits.Reserve(reserve(jane, 5), metadata=jane.metadata))
        assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "INSUFFICIENT_CREDITS")
        assert (refused.metadata["needed"], refused.metadata["available"]) == ("5", str(available))
    refused = await refusal(credits.Grant(grant(jane, -4), metadata=admin.metadata))
    assert (refused.metadata["needed"], refused.metadata["available"]) == ("4", "3")
    assert await balance(credits, jane) == (3, 0)


@pytest.mark.attack("A44")
async def test_a_job_has_one_hold_and_one_end(
    credits: rpc.CreditServiceAsyncStub, units: UnitsOfWork, clock: SetClock, jane: Person, admin: Person
) -> None:
    other = await person(units, clock, "other@example.org", Role.USER)
    for each in (jane, other):
        await credits.Grant(grant(each, 20), metadata=admin.metadata)
    await credits.Reserve(reserve(jane, 10), metadata=jane.metadata)
    for request, by in ((reserve(jane, 9), jane), (reserve(other, 10), other)):
        refused = await refusal(credits.Reserve(request, metadata=by.metadata))
        assert (refused.code, refused.reason) == (Code.ALREADY_EXISTS, "CREDITS_CONFLICT")

    refused = await refusal(credits.Capture(pb.CaptureRequest(job_id=JOB, credits=11)))
    assert refused.code is Code.INVALID_ARGUMENT
    assert [(fault.field, fault.limit) for fault in refused.faults] == [("credits", "10")]
    await credits.Capture(pb.CaptureRequest(job_id=JOB, credits=10))
    refused = await refusal(credits.Capture(pb.CaptureRequest(job_id=JOB, credits=9)))
    assert refused.reason == "CREDITS_CONFLICT"
    refused = await refusal(credits.Release(pb.ReleaseRequest(job_id=JOB)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "HOLD_CAPTURED")

    second = str(uuid4())
    await credits.Reserve(reserve(jane, 10, second), metadata=jane.metadata)
    await credits.Release(pb.ReleaseRequest(job_id=second))
    refused = await refusal(credits.Capture(pb.CaptureRequest(job_id=second, credits=10)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "HOLD_RELEASED")
    assert await balance(credits, jane) == (10, 0)
    assert await balance(credits, other) == (20, 0)


async def test_what_nobody_held_is_not_found(credits: rpc.CreditServiceAsyncStub, admin: Person) -> None:
    for call in (
        credits.Capture(pb.CaptureRequest(job_id=JOB, credits=1)),
        credits.Release(pb.ReleaseRequest(job_id=JOB)),
        credits.Grant(
            pb.GrantRequest(account_id=str(uuid4()), credits=1, reason="x", grant_id=str(uuid4())),
            metadata=admin.metadata,
        ),
    ):
        assert (await refusal(call)).code is Code.NOT_FOUND


async def test_the_same_grant_with_other_credits(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    same = str(uuid4())
    await credits.Grant(grant(jane, 5, same), metadata=admin.metadata)
    refused = await refusal(credits.Grant(grant(jane, 6, same), metadata=admin.metadata))
    assert refused.reason == "CREDITS_CONFLICT"
    assert await balance(credits, jane) == (5, 0)


@pytest.mark.attack("A21")
async def test_credits_are_granted_by_administrators_and_held_by_their_owner(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    assert (await refusal(credits.Grant(grant(jane, 5)))).code is Code.UNAUTHENTICATED
    assert (
        await refusal(credits.Grant(grant(jane, 5), metadata=jane.metadata))
    ).code is Code.PERMISSION_DENIED
    await credits.Grant(grant(jane, 5), metadata=admin.metadata)
    assert (await refusal(credits.Reserve(reserve(jane, 5)))).code is Code.UNAUTHENTICATED
    refused = await refusal(credits.Reserve(reserve(jane, 5), metadata=admin.metadata))
    assert refused.code is Code.PERMISSION_DENIED
    assert await balance(credits, jane) == (5, 0)


async def test_a_statement_is_read_page_by_page(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    for credits_ in range(1, 8):
        await credits.Grant(grant(jane, credits_), metadata=admin.metadata)
    token, numbers, pages = "", [], 0
    while pages == 0 or token:
        request = pb.ListEntriesRequest(page_size=3, page_token=token)
        page = await credits.ListEntries(request, metadata=jane.metadata)
        numbers += [line.number for line in page.entries]
        token, pages = page.next_page_token, pages + 1
    assert (numbers, pages) == ([7, 6, 5, 4, 3, 2, 1], 3)


async def test_open_holds_are_read_page_by_page(
    credits: rpc.CreditServiceAsyncStub, jane: Person, admin: Person
) -> None:
    await credits.Grant(grant(jane, 10), metadata=admin.metadata)
    jobs = [str(uuid4()) for _ in range(5)]
    for job in jobs:
        await credits.Reserve(reserve(jane, 1, job), metadata=jane.metadata)
    token = ""
    found: list[str] = []
    while not found or token:
        page = await credits.ListHolds(pb.ListHoldsRequest(page_size=2, page_token=token))
        found += [hold.job_id for hold in page.holds]
        token = page.next_page_token
    assert found == jobs
    assert not (await credits.ListHolds(pb.ListHoldsRequest(older_than_s=60))).holds


@pytest.mark.attack("A18")
@pytest.mark.parametrize("token", ["-1", "x", "٣", "9" * 19, "MjAzMS0wMS0wMQ=="])
async def test_a_made_up_cursor_is_refused(
    credits: rpc.CreditServiceAsyncStub, jane: Person, token: str
) -> None:
    listed = credits.ListEntries(pb.ListEntriesRequest(page_token=token), metadata=jane.metadata)
    held = credits.ListHolds(pb.ListHoldsRequest(page_token=token))
    for call in (listed, held):
        refused = await refusal(call)
        assert [(fault.field, fault.code) for fault in refused.faults] == [
            ("page_token", "page_token.unknown")
        ]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.ReserveRequest(account_id="x", job_id=JOB, credits=1, reason="x"), "account_id"),
        (pb.ReserveRequest(account_id=JOB, job_id=JOB, credits=0, reason="x"), "credits"),
        (pb.ReserveRequest(account_id=JOB, job_id=JOB, credits=-5, reason="x"), "credits"),
        (pb.ReserveRequest(account_id=JOB, job_id=JOB, credits=10**10, reason="x"), "credits"),
        (pb.ReserveRequest(account_id=JOB, job_id=JOB, credits=1), "reason"),
        (pb.CaptureRequest(job_id=JOB, credits=-1), "credits"),
        (pb.CaptureRequest(job_id="../x", credits=1), "job_id"),
        (pb.GrantRequest(account_id=JOB, credits=0, reason="x", grant_id=JOB), "credits"),
        (pb.GrantRequest(account_id=JOB, credits=1, reason="x" * 201, grant_id=JOB), "reason"),
        (pb.GrantRequest(account_id=JOB, credits=1, reason="x"), "grant_id"),
        (pb.ListHoldsRequest(older_than_s=-1), "older_than_s"),
        (pb.ListEntriesRequest(page_size=101), "page_size"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_the_schema_names_the_bad_field(
    credits: rpc.CreditServiceAsyncStub, admin: Person, request_: Message, field: str
) -> None:
    call = getattr(credits, type(request_).__name__.removesuffix("Request"))
    refused = await refusal(call(request_, metadata=admin.metadata))
    assert (refused.code, refused.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert {fault.field for fault in refused.faults} == {field}


async def test_everybody_may_know_the_prices(credits: rpc.CreditServiceAsyncStub) -> None:
    prices = (await credits.GetPrices(pb.GetPricesRequest())).prices
    assert prices == pb.Prices(
        batch_avatar=1, face_avatar=5, pose_picture=5, try_on=5, turntable=5, hd=2, priority=3
    )

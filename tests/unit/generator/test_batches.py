"""Batches in memory: accepted, made, cancelled, given up, settled; twice and after crashes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from uuid import UUID, uuid4, uuid5

import pytest

from atelierkit import identity
from atelierkit.errors import NotFound, RemoteError, Unavailable
from atelierkit.failpoints import FailpointHit
from services.generator.domain.batch import ARCHIVE, DOCUMENT, TABLE
from services.generator.domain.errors import ImplausibleMeasurements, JobEnded, JobNotFailed, JobNotFound
from services.generator.domain.jobs import Count, Kind, Queued, State
from services.generator.domain.model import BodySpec, BodyType, OutfitItem
from tests.unit.generator.factory import row, rows
from tests.unit.generator.world import ANN, BOB

NOBODY = BodySpec({"stature": 1700.0, "waist_girth": 1850.0, "hip_girth": 850.0}, BodyType.FEMININE)
UNKNOWN = (OutfitItem("no-such-garment", "M"),)
REQUEST = UUID(int=7)


async def test_a_batch_becomes_avatars_results_and_one_payment(factory) -> None:
    factory.world.ledger.balance = 100
    accepted, position = await factory.accept(ANN, rows(23))
    assert (accepted.state, position, factory.world.ledger.balance) == (State.PENDING, 1, 77)
    await factory.work()
    job = await factory.job(accepted.id)
    assert (job.state, job.count, job.percent) == (State.COMPLETED, Count(23), 100)
    assert (factory.world.ledger.balance, factory.world.ledger.held) == (77, {})
    assert factory.mailbox.ended_jobs == [job]
    kept = await factory.world.kept()
    assert {avatar.id for avatar in kept} == {uuid5(job.id, f"row {index}") for index in range(23)}
    assert set(factory.ghosts.acted_for) == {ANN}
    results = await factory.results(job)
    assert results.keys() == {ARCHIVE, TABLE, DOCUMENT}
    archive = zipfile.ZipFile(io.BytesIO(results[ARCHIVE]))
    assert archive.testzip() is None
    glbs = [name for name in archive.namelist() if name.endswith(".glb")]
    by_id = {str(avatar.id): avatar for avatar in kept}
    document = json.loads(results[DOCUMENT])["rows"]
    assert [each["reference"] for each in document] == [f"person {index}" for index in range(23)]
    assert [each["file"] for each in document] == glbs
    for each in document:
        stored = await factory.world.store.get(by_id[each["avatarId"]].files.dressed)
        assert archive.read(each["file"]) == stored
    assert archive.read(TABLE) == results[TABLE]
    assert archive.read(DOCUMENT) == results[DOCUMENT]


async def test_work_comes_in_slices_so_that_others_get_their_turn(factory) -> None:
    first, _ = await factory.accept(ANN, rows(21))
    second, _ = await factory.accept(BOB, rows(1))
    order: list[str] = []
    make = factory.world.mesher.build

    async def build(person, wardrobe, options):
        order.append(identity.require_caller().subject)
        return await make(person, wardrobe, options)

    factory.world.mesher.build = build
    await factory.work()
    assert order == [ANN] * 10 + [BOB] + [ANN] * 11
    assert {(await factory.job(first.id)).state, (await factory.job(second.id, BOB)).state} == {
        State.COMPLETED
    }


async def test_the_same_batch_has_the_same_archive(factory) -> None:
    first, _ = await factory.accept(ANN, rows(3))
    await factory.work()
    second, _ = await factory.accept(ANN, rows(3))
    factory.world.clock.advance(days=400)
    await factory.work()
    names = [
        {entry: archive.read(entry) for entry in archive.namelist() if entry.endswith(".glb")}
        for archive in [
            zipfile.ZipFile(io.BytesIO((await factory.results(await factory.job(id)))[ARCHIVE]))
            for id in (first.id, second.id)
        ]
    ]
    assert names[0] == names[1]


async def test_rows_that_cannot_be_made_are_told_and_cost_nothing(factory) -> None:
    factory.world.ledger.balance = 10
    bad = [row(0), row(1, outfit=UNKNOWN), row(2)]
    accepted, _ = await factory.accept(ANN, bad)
    await factory.work()
    job = await factory.job(accepted.id)
    assert (job.state, job.count) == (State.COMPLETED, Count(made=2, failed=1))
    assert factory.world.ledger.balance == 8
    results = await factory.results(job)
    lines = json.loads(results[DOCUMENT])["rows"]
    assert [line["state"] for line in lines] == ["made", "failed", "made"]
    assert lines[1]["reason"] == "unknown_catalog_item"
    assert (lines[1]["avatarId"], lines[1]["file"], lines[1]["measurements"]) == (None, None, [])
    table = list(csv.DictReader(io.StringIO(results[TABLE].decode("utf-8-sig"))))
    assert (table[1]["state"], table[1]["reason"], table[1]["statureDeliveredMm"]) == (
        "failed",
        "unknown_catalog_item",
        "",
    )
    assert float(table[2]["statureDeliveredMm"]) == 1602.25


async def test_a_row_that_meets_a_bug_costs_the_others_nothing(factory) -> None:
    make = factory.world.mesher.build

    async def build(person, wardrobe, options):
        if person.targets[0].value_mm == 1601.0:
            raise RuntimeError("the mesher refused a call: INTERNAL")
        return await make(person, wardrobe, options)

    factory.world.mesher.build = build
    accepted, _ = await factory.accept(ANN, rows(3))
    await factory.work()
    job = await factory.job(accepted.id)
    assert job.count == Count(made=2, failed=1)
    assert json.loads((await factory.results(job))[DOCUMENT])["rows"][1]["reason"] == "internal"


async def test_nothing_is_accepted_when_one_row_fits_nobody(factory) -> None:
    bad = [*rows(3), row(body=NOBODY), *rows(2), row(body=NOBODY)]
    with pytest.raises(ImplausibleMeasurements) as refused:
        await factory.accept(ANN, bad)
    named = {fault.field.split(".")[0] for fault in refused.value.faults}
    assert named == {"rows[3]", "rows[6]"}
    assert all(fault.limit for fault in refused.value.faults)
    assert (factory.world.ledger.held, factory.world.rail.waiting) == ({}, [])
    assert (await factory.list(ANN, 10, None)).jobs == ()


async def test_a_refusal_names_at_most_a_hundred_faults(factory) -> None:
    with pytest.raises(ImplausibleMeasurements) as refused:
        await factory.accept(ANN, [row(body=NOBODY)] * 300)
    assert len(refused.value.faults) == 100


@pytest.mark.attack("A43")
async def test_without_enough_credits_nothing_is_recorded(factory) -> None:
    factory.world.ledger.balance = 4
    with pytest.raises(RemoteError, match="not enough credits"):
        await factory.accept(ANN, rows(5))
    assert (await factory.list(ANN, 10, None)).jobs == ()
    assert factory.world.rail.waiting == []


async def test_the_same_request_is_one_job_and_somebody_elses_is_another(factory) -> None:
    request = uuid4()
    first = await factory.accept(ANN, rows(2), request)
    again = await factory.accept(ANN, rows(2), request)
    other = await factory.accept(BOB, rows(2), request)
    assert first == again
    assert other.job.id != first.job.id
    assert len(factory.world.ledger.held) == 2
    await factory.work()
    assert (await factory.accept(ANN, rows(2), request)).job == await factory.job(first.job.id)
    assert len(await factory.world.kept()) == 2


async def test_a_request_whose_hold_went_back_meanwhile_is_held_anew(factory, armed) -> None:
    request = uuid4()
    armed("jobs.held=raise")
    with pytest.raises(FailpointHit):
        await factory.accept(ANN, rows(2), request)
    armed("")
    assert (await factory.reconcile()).released == 1
    accepted, _ = await factory.accept(ANN, rows(2), request)
    assert factory.world.ledger.held == {accepted.id: 2}
    assert (await factory.accept(ANN, rows(2), request)).job.id == accepted.id


@pytest.mark.parametrize("request_id", [None, REQUEST])
async def test_a_request_so_slow_that_its_hold_goes_back_is_held_anew(factory, request_id) -> None:
    """The reconciler comes between hold and record: it cannot tell a slow request from one that died."""
    factory.world.ledger.balance = 5
    reserve = factory.world.ledger.reserve
    repaired: list[int] = []

    async def slow(owner, job_id, credits, kind):
        held = await reserve(owner, job_id, credits, kind)
        if not repaired:
            repaired.append((await factory.reconcile()).released)
        return held

    factory.world.ledger.reserve = slow
    accepted, _ = await factory.accept(ANN, rows(2), request_id)
    assert repaired == [1]
    assert factory.world.ledger.held == {accepted.id: 2}
    assert (await factory.list(ANN, 10, None)).jobs == (accepted,)
    await factory.work()
    assert factory.world.ledger.paid == {accepted.id: 2}
    assert (factory.world.ledger.balance, factory.world.ledger.held) == (3, {})


async def test_whoever_can_pay_once_is_not_asked_to_hold_twice(factory, armed) -> None:
    """The reconciler has given the job up, and dies before the hold goes back."""
    factory.world.ledger.balance = 2
    reserve = factory.world.ledger.reserve

    async def slow(owner, job_id, credits, kind):
        held = await reserve(owner, job_id, credits, kind)
        factory.world.ledger.reserve = reserve
        armed("jobs.disowned=raise")
        with pytest.raises(FailpointHit):
            await factory.reconcile()
        return held

    factory.world.ledger.reserve = slow
    accepted, _ = await factory.accept(ANN, rows(2), REQUEST)
    assert (factory.world.ledger.balance, factory.world.ledger.held) == (0, {accepted.id: 2})


async def test_where_avatars_cost_nothing_nothing_is_held(factory) -> None:
    factory.world.ledger.prices[Kind.AVATAR_BATCH] = 0
    factory.world.ledger.balance = 0
    accepted, _ = await factory.accept(ANN, rows(2))
    await factory.work()
    assert (await factory.job(accepted.id)).state is State.COMPLETED
    assert factory.world.ledger.settled == set()


@pytest.mark.attack("A44")
async def test_what_a_cancelled_batch_has_made_is_paid_and_stays(factory) -> None:
    factory.world.ledger.balance = 30
    accepted, _ = await factory.accept(ANN, rows(30))

    async def cancel_at_the_thirteenth() -> None:
        if factory.world.mesher.builds == 13:
            await factory.cancel(ANN, accepted.id)

    factory.world.mesher.before_answer = cancel_at_the_thirteenth
    await factory.work()
    job = await factory.job(accepted.id)
    assert (job.state, job.count, dict(job.results)) == (State.CANCELLED, Count(made=12), {})
    assert factory.world.ledger.balance == 18
    assert len(await factory.world.kept()) == 12
    assert factory.mailbox.ended_jobs == [job]
    assert factory.world.mesher.builds == 13
    files = {file.key for avatar in await factory.world.kept() for file in avatar.files.all()}
    assert set(factory.world.blobs.keys) == files


@pytest.mark.attack("A44")
async def test_a_batch_that_is_cancelled_before_it_begins_costs_nothing(factory) -> None:
    factory.world.ledger.balance = 5
    accepted, _ = await factory.accept(ANN, rows(5))
    await factory.cancel(ANN, accepted.id)
    await factory.work()
    assert (factory.world.ledger.balance, factory.world.mesher.builds) == (5, 0)


@pytest.mark.attack("A44")
async def test_cancelling_twice_is_refused_and_somebody_elses_is_unknown(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(1))
    with pytest.raises(JobNotFound):
        await factory.cancel(BOB, accepted.id)
    await factory.cancel(None, accepted.id)
    with pytest.raises(JobEnded):
        await factory.cancel(ANN, accepted.id)


async def test_an_avatar_that_its_owner_deleted_meanwhile_is_told_as_deleted(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(3))

    async def delete_the_first() -> None:
        if factory.world.mesher.builds == 3:
            await factory.world.delete(ANN, uuid5(accepted.id, "row 0"))

    factory.world.mesher.before_answer = delete_the_first
    await factory.work()
    job = await factory.job(accepted.id)
    assert job.count == Count(made=3)
    lines = json.loads((await factory.results(job))[DOCUMENT])["rows"]
    assert [line["state"] for line in lines] == ["deleted", "made", "made"]


async def test_a_failed_job_is_done_again_as_one_new_job_without_a_price(factory) -> None:
    async def away() -> None:
        if factory.world.mesher.builds > 2:
            raise Unavailable("the mesher does not answer")

    factory.world.mesher.before_answer = away
    accepted, _ = await factory.accept(ANN, [row(0), row(1, outfit=UNKNOWN), row(2), row(3)])
    with pytest.raises(JobNotFailed):
        await factory.retry(accepted.id)
    for _ in range(20):
        await factory.work()
        factory.world.clock.advance(minutes=1)
    factory.world.mesher.before_answer = None
    again: Queued = await factory.retry(accepted.id)
    assert (await factory.retry(accepted.id)).job == again.job
    assert (again.job.owner, again.job.credits, again.job.total) == (ANN, 0, 2)
    await factory.work()
    done = await factory.job(again.job.id)
    assert (done.state, done.count) == (State.COMPLETED, Count(made=1, failed=1))
    lines = json.loads((await factory.results(done))[DOCUMENT])["rows"]
    assert [line["reference"] for line in lines] == ["person 1", "person 3"]
    with pytest.raises(JobNotFound):
        await factory.retry(uuid4())


async def test_a_watcher_sees_every_state_and_no_revision_twice(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(12))
    shown: list[Queued] = []

    async for queued in factory.watch(ANN, accepted.id, 0):
        shown.append(queued)
        if len(shown) == 1:
            await factory.work()
    assert shown[0].job.state is State.PENDING
    assert shown[-1].job.state is State.COMPLETED
    revisions = [queued.job.revision for queued in shown]
    assert revisions == sorted(set(revisions))


async def test_a_watcher_that_comes_back_is_not_told_what_it_knows(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(1))
    await factory.work()
    job = await factory.job(accepted.id)
    assert [shown async for shown in factory.watch(ANN, job.id, job.revision)] == []
    assert [shown.job async for shown in factory.watch(ANN, job.id, job.revision - 1)] == [job]
    with pytest.raises(NotFound):
        await anext(factory.watch(BOB, job.id, 0))


async def test_results_of_a_job_are_nobodys_leftovers(factory) -> None:
    accepted, _ = await factory.accept(ANN, rows(1))
    await factory.work()
    assert await factory.world.shelf.tidy(factory.world.clock.now.replace(year=9999)) == 0
    assert len(await factory.results(await factory.job(accepted.id))) == 3

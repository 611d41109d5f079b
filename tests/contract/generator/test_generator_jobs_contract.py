"""JobService over a real gRPC server: what is asked, shown, refused, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import protovalidate
import pytest
from prometheus_client import REGISTRY

from atelier.generator.v1 import generator_pb2
from atelier.generator.v1 import jobs_pb2 as pb
from atelierkit.errors import Code
from services.generator.domain import jobs
from services.generator.domain.jobs import Count, Failure
from services.generator.domain.model import StoredFile
from tests.contract.generator.neighbours import Town, body, fields, refusal, town
from tests.patience import PATIENCE_S

ADMIN = ("user", "admin")
ARCHIVE = StoredFile(f"jobs/{'a' * 64}", "a" * 64, "application/zip", 12)


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    async with town() as made:
        yield made


def batch(count: int = 3, **over) -> pb.CreateAvatarBatchRequest:
    rows = [pb.BatchRow(body=body(stature=1600 + index), reference=str(index)) for index in range(count)]
    return pb.CreateAvatarBatchRequest(**{"rows": rows, **over})


async def accepted(here: Town, subject: str = "ann", count: int = 3) -> pb.Job:
    here.world.clock.advance(seconds=1)
    job: pb.Job = (await here.job("CreateAvatarBatch", batch(count), subject)).job
    return job


async def end(here: Town, id: str, *, fail: bool = False) -> None:
    """What a worker does."""
    async with here.world.units() as unit:
        job = await unit.jobs.lock(UUID(id))
        assert job is not None
        begun = jobs.begun(job, here.world.clock())
        if fail:
            ended = jobs.failed(begun, Count(1, 1), Failure("JOB_POISONED", "broke down"), here.world.clock())
        else:
            ended = jobs.completed(begun, Count(job.total), {"avatars.zip": ARCHIVE}, here.world.clock())
        await unit.jobs.replace(replace(ended, revision=job.revision + 1))


async def test_a_job_tells_what_it_is_and_where_it_stands(here) -> None:
    job = await accepted(here)
    protovalidate.validate(job)
    assert (job.kind, job.state, job.lane) == (
        pb.JOB_KIND_AVATAR_BATCH,
        pb.JOB_STATE_PENDING,
        pb.JOB_LANE_NORMAL,
    )
    assert (job.credits, job.total_count, job.revision, job.queue_position, job.account_id) == (
        3,
        3,
        1,
        1,
        "ann",
    )
    assert not job.HasField("start_time")
    second = await accepted(here)
    assert second.queue_position == 2
    assert (await here.job("GetJob", pb.GetJobRequest(id=second.id))).job == second
    await end(here, job.id)
    done = (await here.job("GetJob", pb.GetJobRequest(id=job.id))).job
    assert (done.state, done.progress_percent, done.made_count, done.queue_position) == (
        pb.JOB_STATE_COMPLETED,
        100,
        3,
        0,
    )
    assert [(result.name, result.file.key) for result in done.results] == [("avatars.zip", ARCHIVE.key)]
    assert done.HasField("end_time")


async def test_a_failed_job_says_why(here) -> None:
    job = await accepted(here)
    await end(here, job.id, fail=True)
    failed = (await here.job("GetJob", pb.GetJobRequest(id=job.id))).job
    assert (failed.state, failed.error.reason) == (pb.JOB_STATE_FAILED, "JOB_POISONED")
    assert (failed.made_count, failed.failed_count, list(failed.results)) == (1, 1, [])


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.CreateAvatarBatchRequest(), "rows"),
        (batch(rows=[pb.BatchRow(body=body())] * 1001), "rows"),
        (batch(rows=[pb.BatchRow()]), "rows[0].body"),
        (batch(rows=[pb.BatchRow(body=body(stature=10))]), "rows[0].body.measurements.stature_mm"),
        (batch(rows=[pb.BatchRow(body=body(), reference="x" * 101)]), "rows[0].reference"),
        (
            batch(rows=[pb.BatchRow(body=body(), look=generator_pb2.Look(hair_color="red"))]),
            "rows[0].look.hair_color",
        ),
        (batch(request_id="1"), "request_id"),
    ],
)
async def test_malformed_batches_name_the_row_and_the_field(here, request_, field) -> None:
    error = await refusal(here.job("CreateAvatarBatch", request_))
    assert (error.code, fields(error)) == (Code.INVALID_ARGUMENT, [field])
    assert here.world.ledger.held == {}


async def test_rows_that_fit_nobody_are_named(here) -> None:
    nobody = pb.BatchRow(body=body(stature=1700, waist_girth=1850, hip_girth=850))
    request = batch(rows=[pb.BatchRow(body=body()), nobody])
    error = await refusal(here.job("CreateAvatarBatch", request))
    assert error.reason == "IMPLAUSIBLE_MEASUREMENTS"
    assert fields(error) == ["rows[1].body.measurements.waist_girth_mm"]


async def test_too_few_credits_are_told(here) -> None:
    here.world.ledger.balance = 2
    error = await refusal(here.job("CreateAvatarBatch", batch(3)))
    assert error.reason == "INSUFFICIENT_CREDITS"


async def test_pages_follow_each_other_to_the_end(here) -> None:
    made = [(await accepted(here)).id for _ in range(5)]
    await accepted(here, "bob")
    found: list[str] = []
    token = ""
    while True:
        page = await here.job("ListJobs", pb.ListJobsRequest(page_size=2, page_token=token))
        found += [job.id for job in page.jobs]
        token = page.next_page_token
        if not token:
            break
    assert found == made[::-1]
    error = await refusal(here.job("ListJobs", pb.ListJobsRequest(page_token="x")))
    assert fields(error) == ["page_token"]


async def test_a_cancelled_job_stays_so(here) -> None:
    labels = {"kind": "avatar_batch", "state": "cancelled"}
    before = REGISTRY.get_sample_value("atelier_generator_jobs_ended_total", labels) or 0
    job = await accepted(here)
    cancelled = (await here.job("CancelJob", pb.CancelJobRequest(id=job.id))).job
    assert (cancelled.state, cancelled.revision) == (pb.JOB_STATE_CANCELLED, 2)
    error = await refusal(here.job("CancelJob", pb.CancelJobRequest(id=job.id)))
    assert (error.code, error.reason, error.metadata) == (
        Code.FAILED_PRECONDITION,
        "JOB_ENDED",
        {"state": "cancelled"},
    )
    assert REGISTRY.get_sample_value("atelier_generator_jobs_ended_total", labels) == before + 1


@pytest.mark.attack("A16")
@pytest.mark.parametrize("method", ["GetJob", "CancelJob"])
async def test_foreign_jobs_answer_as_unknown_ones_do(here, method) -> None:
    job = await accepted(here)
    request = getattr(pb, f"{method}Request")
    foreign = await refusal(here.job(method, request(id=job.id), "bob"))
    unknown = await refusal(here.job(method, request(id=str(uuid4())), "bob"))
    assert (foreign.code, vars(foreign)) == (Code.NOT_FOUND, vars(unknown))
    malformed = await refusal(here.job(method, request(id="1")))
    assert fields(malformed) == ["id"]


def watching(here: Town, id: str, after: int = 0, subject: str = "ann") -> AsyncIterator[pb.WatchJobResponse]:
    metadata = here.metadata(subject)
    stream: AsyncIterator[pb.WatchJobResponse] = here.jobs.WatchJob(
        pb.WatchJobRequest(id=id, after_revision=after), metadata=metadata, timeout=30
    )
    return stream


async def test_a_watcher_is_told_of_the_state_now_and_of_the_end(here) -> None:
    job = await accepted(here)
    stream = watching(here, job.id)
    assert (await anext(stream)).job == job
    await end(here, job.id)
    shown = [answer.job async for answer in stream]
    assert [each.state for each in shown] == [pb.JOB_STATE_COMPLETED]


async def test_a_watcher_that_comes_back_hears_what_it_missed_once(here) -> None:
    job = await accepted(here)
    await end(here, job.id)
    assert [answer.job.revision async for answer in watching(here, job.id, 1)] == [2]
    assert [answer async for answer in watching(here, job.id, 2)] == []
    error = await refusal(anext(watching(here, job.id, 0, "bob")))
    assert error.code is Code.NOT_FOUND


async def test_a_watcher_that_leaves_is_forgotten(here) -> None:
    job = await accepted(here)
    stream = watching(here, job.id)
    await anext(stream)
    assert here.world.changes.waiting == 1
    await stream.aclose()  # type: ignore[attr-defined]
    async with asyncio.timeout(PATIENCE_S):
        while here.world.changes.waiting:
            await accepted(here)


@pytest.mark.attack("A21")
@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("SearchJobs", pb.SearchJobsRequest()),
        ("RetryJob", pb.RetryJobRequest(id=str(uuid4()))),
        ("StopJob", pb.StopJobRequest(id=str(uuid4()))),
    ],
)
async def test_only_administrators_meddle_with_everybodys_jobs(here, method, request_) -> None:
    error = await refusal(here.job(method, request_, "ann"))
    assert error.code is Code.PERMISSION_DENIED


async def test_administrators_search_stop_and_retry(here) -> None:
    anns, bobs = await accepted(here, "ann"), await accepted(here, "bob")
    await end(here, anns.id, fail=True)

    async def search(**asked) -> list[str]:
        page = await here.job("SearchJobs", pb.SearchJobsRequest(**asked), "eve", ADMIN)
        return [job.id for job in page.jobs]

    assert await search() == [bobs.id, anns.id]
    assert await search(state=pb.JOB_STATE_FAILED) == [anns.id]
    assert await search(account_id="bob") == [bobs.id]
    assert await search(account_id="bob", state=pb.JOB_STATE_FAILED) == []
    stopped = (await here.job("StopJob", pb.StopJobRequest(id=bobs.id), "eve", ADMIN)).job
    assert (stopped.state, stopped.account_id) == (pb.JOB_STATE_CANCELLED, "bob")
    again = (await here.job("RetryJob", pb.RetryJobRequest(id=anns.id), "eve", ADMIN)).job
    assert (again.account_id, again.credits, again.state) == ("ann", 0, pb.JOB_STATE_PENDING)
    error = await refusal(here.job("RetryJob", pb.RetryJobRequest(id=bobs.id), "eve", ADMIN))
    assert (error.reason, error.metadata) == ("JOB_NOT_FAILED", {"state": "cancelled"})

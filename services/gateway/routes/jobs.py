"""A person's jobs: looked at, watched, cancelled, and what they have made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.responses import Response, StreamingResponse

from atelier.generator.v1 import jobs_pb2
from atelierkit.errors import NotFound
from atelierkit.scopes import Scope
from services.gateway import events, problems
from services.gateway.bulkheads import Work
from services.gateway.convert import jobs as convert
from services.gateway.downloads import download, played
from services.gateway.limits import Cost
from services.gateway.operations import Call, Handler, Operation
from services.gateway.schemas import jobs as shapes
from services.gateway.schemas.base import Page

TAG = "Jobs"
VIDEO = "video.mp4"
"""Name of the result of a job that draws a video."""
STREAMS = re.compile(r"/v1/jobs/[^/]+/events")
"""Addresses whose answers last longer than a request may."""


async def page(call: Call[None]) -> shapes.JobPage:
    query: Page = call.request.state.query
    answer = await call.clients.jobs.ListJobs(
        jobs_pb2.ListJobsRequest(page_size=query.limit, page_token=query.cursor)
    )
    language = _language(call)
    return shapes.JobPage(
        data=[convert.job(job, language) for job in answer.jobs], next_cursor=answer.next_page_token or None
    )


async def get(call: Call[None]) -> shapes.Job:
    return convert.job(await _job(call), _language(call))


async def cancel(call: Call[None]) -> shapes.Job:
    answer = await call.clients.jobs.CancelJob(jobs_pb2.CancelJobRequest(id=call.request.path_params["id"]))
    return convert.job(answer.job, _language(call))


async def watch(call: Call[None]) -> Response:
    job = await _job(call)
    known = events.last_id(call.request.headers)
    if convert.ended(job) and job.revision <= known:
        # By this a browser's EventSource knows that it need not come back.
        return Response(status_code=204)
    settings, streams = call.backend.settings, call.backend.streams
    streams.check(settings.max_event_streams)
    language = _language(call)
    told = events.stream(
        call.clients.jobs.WatchJob(
            jobs_pb2.WatchJobRequest(id=job.id, after_revision=known), timeout=settings.event_stream_s
        ),
        lambda change: (change.job.revision, convert.job(change.job, language)),
        call.request.state.until_draining,
    )
    return StreamingResponse(
        streams.counted(told), media_type=events.MEDIA_TYPE, headers={"Cache-Control": "no-store"}
    )


async def _job(call: Call[None]) -> jobs_pb2.Job:
    return (await call.clients.jobs.GetJob(jobs_pb2.GetJobRequest(id=call.request.path_params["id"]))).job


def _language(call: Call[None]) -> str:
    return problems.language_of(call.request.headers)


def _result(name: str) -> Handler:
    async def result(call: Call[None]) -> Response:
        job = await _job(call)
        for made in job.results:
            if made.name == name:
                return download(call.request, call.clients.blobs, made.file, f"job-{job.id}-{name}")
        raise NotFound("the job has no such result")

    result.__name__ = name.replace(".", "_")
    return result


async def video(call: Call[None]) -> Response:
    job = await _job(call)
    for made in job.results:
        if made.name == VIDEO:
            return played(call.request, call.clients.blobs, made.file, f"job-{job.id}.mp4")
    raise NotFound("the job has made no video")


def _results(*results: tuple[str, str, str]) -> Sequence[Operation]:
    return [
        Operation(
            "GET",
            f"/v1/jobs/{{id}}/{name}",
            summary,
            TAG,
            _result(name),
            scopes=(Scope.JOBS_READ,),
            work=Work.FILE,
            answer=media_type,
            refusals=(404,),
        )
        for name, media_type, summary in results
    ]


OPERATIONS = (
    Operation(
        "GET",
        "/v1/jobs",
        "The caller's jobs",
        TAG,
        page,
        scopes=(Scope.JOBS_READ,),
        answer=shapes.JobPage,
        query=Page,
    ),
    Operation(
        "GET",
        "/v1/jobs/{id}",
        "One job",
        TAG,
        get,
        scopes=(Scope.JOBS_READ,),
        answer=shapes.Job,
        refusals=(404,),
    ),
    Operation(
        "POST",
        "/v1/jobs/{id}/cancel",
        "End a job; what it has made stays",
        TAG,
        cancel,
        scopes=(Scope.JOBS_WRITE,),
        answer=shapes.Job,
        refusals=(404, 409),
    ),
    Operation(
        "GET",
        "/v1/jobs/{id}/events",
        "Every change of a job",
        TAG,
        watch,
        scopes=(Scope.JOBS_READ,),
        cost=Cost.FREE,
        answer=events.MEDIA_TYPE,
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"/v1/jobs/{{id}}/{VIDEO}",
        "The video that a job has drawn",
        TAG,
        video,
        scopes=(Scope.JOBS_READ,),
        work=Work.FILE,
        answer="video/mp4",
        refusals=(404,),
    ),
    *_results(
        ("avatars.zip", "application/zip", "The batch's avatars as GLB, with their receipts"),
        ("receipts.csv", "text/csv", "The batch's receipts as a table"),
        ("receipts.json", "application/json", "The batch's receipts"),
        ("picture.png", "image/png", "The picture of a person in a pose"),
    ),
)

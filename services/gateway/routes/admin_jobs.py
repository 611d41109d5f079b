"""Everybody's jobs, for administrators."""

from __future__ import annotations

from http import HTTPStatus

from atelier.generator.v1 import jobs_pb2
from services.gateway import problems
from services.gateway.convert import jobs as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import jobs as shapes

TAG = "Administration"


async def search(call: Call[None]) -> shapes.AdminJobPage:
    query: shapes.JobSearch = call.request.state.query
    answer = await call.clients.jobs.SearchJobs(
        jobs_pb2.SearchJobsRequest(
            state=convert.STATES[query.state] if query.state else jobs_pb2.JOB_STATE_UNSPECIFIED,
            account_id=query.account_id,
            page_size=query.limit,
            page_token=query.cursor,
        )
    )
    language = problems.language_of(call.request.headers)
    return shapes.AdminJobPage(
        data=[convert.admin_job(job, language) for job in answer.jobs],
        next_cursor=answer.next_page_token or None,
    )


async def retry(call: Call[None]) -> shapes.AdminJob:
    answer = await call.clients.jobs.RetryJob(jobs_pb2.RetryJobRequest(id=call.request.path_params["id"]))
    return convert.admin_job(answer.job, problems.language_of(call.request.headers))


async def cancel(call: Call[None]) -> shapes.AdminJob:
    answer = await call.clients.jobs.StopJob(jobs_pb2.StopJobRequest(id=call.request.path_params["id"]))
    return convert.admin_job(answer.job, problems.language_of(call.request.headers))


OPERATIONS = (
    Operation(
        "GET",
        "/v1/admin/jobs",
        "Jobs of everybody",
        TAG,
        search,
        Access.ADMIN,
        answer=shapes.AdminJobPage,
        query=shapes.JobSearch,
    ),
    Operation(
        "POST",
        "/v1/admin/jobs/{id}/retry",
        "Do again what a failed job has not made, as a new job without a price",
        TAG,
        retry,
        Access.ADMIN,
        answer=shapes.AdminJob,
        status=HTTPStatus.ACCEPTED,
        refusals=(404, 409),
    ),
    Operation(
        "POST",
        "/v1/admin/jobs/{id}/cancel",
        "End a job of anybody",
        TAG,
        cancel,
        Access.ADMIN,
        answer=shapes.AdminJob,
        refusals=(404, 409),
    ),
)

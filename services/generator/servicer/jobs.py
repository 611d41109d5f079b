"""JobService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import jobs_pb2 as pb
from atelier.generator.v1.jobs_pb2_grpc import JobServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert, metrics
from services.generator.convert import jobs as convert_jobs
from services.generator.domain.jobs import Queued
from services.generator.use_cases.batches import CreateBatch
from services.generator.use_cases.jobs import CancelJob, GetJob, ListJobs, RetryJob, WatchJob

Context = grpc.aio.ServicerContext[Any, Any]


class JobServicer(JobServiceServicer):
    """Offers the verbs to the calling person, about that person's jobs alone, and some to administrators."""

    def __init__(
        self,
        *,
        create_batch: CreateBatch,
        get_job: GetJob,
        list_jobs: ListJobs,
        cancel_job: CancelJob,
        watch_job: WatchJob,
        retry_job: RetryJob,
    ) -> None:
        self._create_batch = create_batch
        self._get_job = get_job
        self._list_jobs = list_jobs
        self._cancel_job = cancel_job
        self._watch_job = watch_job
        self._retry_job = retry_job

    async def CreateAvatarBatch(
        self, request: pb.CreateAvatarBatchRequest, context: Context
    ) -> pb.CreateAvatarBatchResponse:
        request_id = UUID(request.request_id) if request.request_id else None
        rows = convert_jobs.rows(request.rows)
        queued = await self._create_batch(require_caller().subject, rows, request_id)
        return pb.CreateAvatarBatchResponse(job=convert_jobs.job(queued))

    async def GetJob(self, request: pb.GetJobRequest, context: Context) -> pb.GetJobResponse:
        queued = await self._get_job(require_caller().subject, UUID(request.id))
        return pb.GetJobResponse(job=convert_jobs.job(queued))

    async def ListJobs(self, request: pb.ListJobsRequest, context: Context) -> pb.ListJobsResponse:
        after, limit = convert.position(request.page_token), convert.page_size(request.page_size)
        jobs, token = convert_jobs.jobs(await self._list_jobs(require_caller().subject, limit, after))
        return pb.ListJobsResponse(jobs=jobs, next_page_token=token)

    async def CancelJob(self, request: pb.CancelJobRequest, context: Context) -> pb.CancelJobResponse:
        job = await self._cancel_job(require_caller().subject, UUID(request.id))
        metrics.job_ended(job)
        return pb.CancelJobResponse(job=convert_jobs.job(Queued(job, 0)))

    async def WatchJob(
        self, request: pb.WatchJobRequest, context: Context
    ) -> AsyncIterator[pb.WatchJobResponse]:
        changes = self._watch_job(require_caller().subject, UUID(request.id), request.after_revision)
        async for queued in changes:
            yield pb.WatchJobResponse(job=convert_jobs.job(queued))

    async def SearchJobs(self, request: pb.SearchJobsRequest, context: Context) -> pb.SearchJobsResponse:
        after, limit = convert.position(request.page_token), convert.page_size(request.page_size)
        state = convert_jobs.state(request.state)
        page = await self._list_jobs(request.account_id or None, limit, after, state)
        jobs, token = convert_jobs.jobs(page)
        return pb.SearchJobsResponse(jobs=jobs, next_page_token=token)

    async def RetryJob(self, request: pb.RetryJobRequest, context: Context) -> pb.RetryJobResponse:
        return pb.RetryJobResponse(job=convert_jobs.job(await self._retry_job(UUID(request.id))))

    async def StopJob(self, request: pb.StopJobRequest, context: Context) -> pb.StopJobResponse:
        job = await self._cancel_job(None, UUID(request.id))
        metrics.job_ended(job)
        return pb.StopJobResponse(job=convert_jobs.job(Queued(job, 0)))

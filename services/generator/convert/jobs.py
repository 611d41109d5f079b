"""Messages of jobs <-> their domain; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from atelier.generator.v1 import jobs_pb2 as pb
from services.generator import convert
from services.generator.convert import faces
from services.generator.domain.batch import Row
from services.generator.domain.jobs import Job, JobPage, Kind, Lane, Queued, State

_KINDS: Mapping[Kind, pb.JobKind.ValueType] = {
    Kind.AVATAR_BATCH: pb.JOB_KIND_AVATAR_BATCH,
    Kind.AVATAR_FROM_PHOTOS: pb.JOB_KIND_AVATAR_FROM_PHOTOS,
    Kind.POSE_GENERATION: pb.JOB_KIND_POSE_GENERATION,
    Kind.VIDEO: pb.JOB_KIND_VIDEO,
}
_LANES: Mapping[Lane, pb.JobLane.ValueType] = {
    Lane.NORMAL: pb.JOB_LANE_NORMAL,
    Lane.PRIORITY: pb.JOB_LANE_PRIORITY,
}
_STATES: Mapping[State, pb.JobState.ValueType] = {
    State.PENDING: pb.JOB_STATE_PENDING,
    State.PROCESSING: pb.JOB_STATE_PROCESSING,
    State.COMPLETED: pb.JOB_STATE_COMPLETED,
    State.FAILED: pb.JOB_STATE_FAILED,
    State.CANCELLED: pb.JOB_STATE_CANCELLED,
}
_STATES_BACK = {message: state for state, message in _STATES.items()}


def rows(messages: Iterable[pb.BatchRow]) -> list[Row]:
    """What is asked for."""
    return [
        Row(
            body=convert.body_spec(message.body),
            look=convert.look(message.look),
            outfit=convert.outfit(message.outfit),
            reference=message.reference,
        )
        for message in messages
    ]


def state(message: pb.JobState.ValueType) -> State | None:
    """A state; None where none is given."""
    return _STATES_BACK.get(message)


def job(queued: Queued) -> pb.Job:
    """A job with its place in the queue."""
    job, position = queued
    return pb.Job(
        id=str(job.id),
        kind=_KINDS[job.kind],
        state=_STATES[job.state],
        progress_percent=job.percent,
        queue_position=position,
        lane=_LANES[job.lane],
        credits=job.credits,
        error=_error(job),
        revision=job.revision,
        create_time=convert.timestamp(job.created_at),
        start_time=_moment(job.started_at),
        end_time=_moment(job.ended_at),
        results=[pb.JobResult(name=name, file=convert.blob_ref(file)) for name, file in job.results.items()],
        total_count=job.total,
        made_count=job.count.made,
        failed_count=job.count.failed,
        account_id=job.owner,
        avatar_id=str(job.avatar_id) if job.has_made_a_face else "",
        face_id=str(job.face_id) if job.has_made_a_face else "",
    )


def jobs(page: JobPage) -> tuple[list[pb.Job], str]:
    """A page's jobs, whose places in the queue are not told, and the token of the next."""
    token = convert.page_token(page.next) if page.next else ""
    return [job(Queued(each, 0)) for each in page.jobs], token


def _error(job: Job) -> pb.JobError | None:
    if job.failure is None:
        return None
    return pb.JobError(
        reason=job.failure.reason,
        message=job.failure.message,
        photos=[pb.PhotoFault(**fault) for fault in faces.photo_faults(job.failure.photos)],
    )


def _moment(when: datetime | None) -> Timestamp | None:
    return None if when is None else convert.timestamp(when)

"""Jobs: JSON to messages and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from atelier.generator.v1 import jobs_pb2
from atelierkit.errors import InvalidInput
from services.gateway import problems
from services.gateway.convert.avatars import look_message, outfit_message
from services.gateway.convert.body import body_spec
from services.gateway.convert.faults import among_rows
from services.gateway.schemas import jobs as shapes

_KINDS: Mapping[int, shapes.JobKind] = {
    jobs_pb2.JOB_KIND_AVATAR_BATCH: "avatar_batch",
    jobs_pb2.JOB_KIND_AVATAR_FROM_PHOTOS: "avatar_from_photos",
    jobs_pb2.JOB_KIND_POSE_GENERATION: "pose_generation",
    jobs_pb2.JOB_KIND_VIDEO: "video",
}
_LANES: Mapping[int, shapes.JobLane] = {
    jobs_pb2.JOB_LANE_NORMAL: "normal",
    jobs_pb2.JOB_LANE_PRIORITY: "priority",
}
STATES: Mapping[shapes.JobState, jobs_pb2.JobState.ValueType] = {
    "pending": jobs_pb2.JOB_STATE_PENDING,
    "processing": jobs_pb2.JOB_STATE_PROCESSING,
    "completed": jobs_pb2.JOB_STATE_COMPLETED,
    "failed": jobs_pb2.JOB_STATE_FAILED,
    "cancelled": jobs_pb2.JOB_STATE_CANCELLED,
}
STATE_NAMES: Mapping[int, shapes.JobState] = {state: name for name, state in STATES.items()}
_ENDS = frozenset({"completed", "failed", "cancelled"})


def batch_rows(rows: Sequence[shapes.BatchRow]) -> list[jobs_pb2.BatchRow]:
    """What is asked for. InvalidInput with the faults of all rows, at most as many as are told."""
    messages: list[jobs_pb2.BatchRow] = []
    refusals: dict[int, InvalidInput] = {}
    for index, row in enumerate(rows):
        try:
            body = body_spec(row)
        except InvalidInput as refusal:
            refusals[index] = refusal
            continue
        messages.append(
            jobs_pb2.BatchRow(
                body=body,
                look=look_message(row.look),
                outfit=outfit_message(row.outfit),
                reference=row.reference,
            )
        )
    if refusals:
        raise among_rows(refusals)
    return messages


def job(message: jobs_pb2.Job, language: str) -> shapes.Job:
    """A job as its owner sees it."""
    return shapes.Job(**_fields(message, language))


def admin_job(message: jobs_pb2.Job, language: str) -> shapes.AdminJob:
    """A job as administrators see it."""
    return shapes.AdminJob(**_fields(message, language), account_id=message.account_id)


def ended(message: jobs_pb2.Job) -> bool:
    """Whether no further change will come."""
    return STATE_NAMES[message.state] in _ENDS


def _fields(message: jobs_pb2.Job, language: str) -> dict[str, Any]:
    path = f"/v1/jobs/{message.id}"
    return {
        "id": message.id,
        "kind": _KINDS[message.kind],
        "state": STATE_NAMES[message.state],
        "progress_percent": message.progress_percent,
        "queue_position": message.queue_position or None,
        "lane": _LANES[message.lane],
        "credits": message.credits,
        "items": shapes.JobItems(
            total=message.total_count, made=message.made_count, failed=message.failed_count
        ),
        "error": error(message, language),
        "revision": message.revision,
        "created_at": message.create_time.ToDatetime(tzinfo=UTC),
        "started_at": _moment(message.start_time) if message.HasField("start_time") else None,
        "ended_at": _moment(message.end_time) if message.HasField("end_time") else None,
        "results": [_result(path, result) for result in message.results],
        "avatar_id": message.avatar_id or None,
        "face_id": message.face_id or None,
        "links": shapes.JobLinks(self=path, events=f"{path}/events"),
    }


def error(message: jobs_pb2.Job, language: str) -> shapes.JobError | None:
    """Why a job failed; None where it did not."""
    if not message.HasField("error"):
        return None
    code = message.error.reason.lower()
    # The one photo of a person has no side.
    alone = message.kind == jobs_pb2.JOB_KIND_POSE_GENERATION
    return shapes.JobError(
        code=code,
        message=problems.text(language, code) or message.error.message,
        photos=[_photo_fault(fault, alone, language) for fault in message.error.photos],
    )


def _photo_fault(fault: jobs_pb2.PhotoFault, alone: bool, language: str) -> shapes.PhotoFault:
    known = problems.text(language, f"field.{fault.code}", fault.limit)
    return shapes.PhotoFault(
        field="photo" if alone else fault.slot,
        filename=fault.filename,
        code=fault.code,
        message=known or fault.message,
        limit=fault.limit or None,
    )


def _result(path: str, result: jobs_pb2.JobResult) -> shapes.JobResult:
    return shapes.JobResult(
        name=result.name,
        href=f"{path}/{result.name}",
        media_type=result.file.media_type,
        size=result.file.size,
        sha256=result.file.sha256,
    )


def _moment(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(tzinfo=UTC)

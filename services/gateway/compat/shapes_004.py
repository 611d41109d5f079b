"""Requests and answers of source 004, field for field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import Field

from atelier.catalog.v1 import poses_pb2
from atelier.generator.v1 import generations_pb2 as pb
from atelier.generator.v1 import jobs_pb2
from services.gateway import problems
from services.gateway.compat.shapes_001 import moment
from services.gateway.convert import jobs as convert_jobs
from services.gateway.convert.generations import QUALITY_NAMES
from services.gateway.schemas.base import Query
from services.gateway.schemas.generations import Quality
from services.gateway.schemas.pictures import POSE

PREFIX = "/api/apps/avatar-generator"
UPLOADS = "/uploads/avatar-generator"
_FILE = re.compile(r"\d{1,15}-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-.+|\.png)")
_SECONDS_DECIMALS = 3
_STATUSES: Mapping[int, str] = {
    jobs_pb2.JOB_STATE_PENDING: "pending",
    jobs_pb2.JOB_STATE_PROCESSING: "processing",
    jobs_pb2.JOB_STATE_COMPLETED: "completed",
    jobs_pb2.JOB_STATE_FAILED: "failed",
    # The source knows no end but these two.
    jobs_pb2.JOB_STATE_CANCELLED: "failed",
}
_DIFFICULTIES: Mapping[int, str] = {
    poses_pb2.POSE_DIFFICULTY_EASY: "easy",
    poses_pb2.POSE_DIFFICULTY_MEDIUM: "medium",
    poses_pb2.POSE_DIFFICULTY_HARD: "hard",
}


class Fields(Query):
    """What is filled in beside the photo."""

    pose_template_id: Annotated[str, Field(pattern=rf"^{POSE}$")]
    quality: Quality = "sd"
    priority: bool = False
    consent: Annotated[str, Field(max_length=32)] = ""
    """Beyond the source: where this installation demands consent."""


class PageQuery(Query):
    """Which part of the list is wanted."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def generation(message: pb.Generation, template: dict[str, Any] | None, language: str) -> dict[str, Any]:
    """A record of the source's table, and its pose."""
    folder = f"{UPLOADS}/{message.account_id}"
    finished = message.HasField("picture")
    return {
        "id": message.id,
        "userId": message.account_id,
        "poseTemplateId": message.pose_id,
        "inputImageUrl": f"{folder}/{quote(input_name(message))}",
        "outputImageUrl": f"{folder}/{output_name(message)}" if finished else None,
        "quality": QUALITY_NAMES[message.quality],
        "status": _STATUSES[message.job.state],
        "errorMessage": _error(message.job, language),
        "creditUsed": message.credits,
        "createdAt": _moment(message.create_time),
        "completedAt": _moment(message.end_time) if message.HasField("end_time") else None,
        "poseTemplate": template,
    }


def page(
    message: pb.ListGenerationsResponse, records: list[dict[str, Any]], query: PageQuery
) -> dict[str, Any]:
    """A page of records."""
    return {
        "data": records,
        "meta": {
            "total": message.total_count,
            "limit": query.limit,
            "offset": query.offset,
            "hasMore": query.offset + len(records) < message.total_count,
        },
    }


def stats(message: pb.GetGenerationStatsResponse) -> dict[str, Any]:
    """Sums; the time is in seconds."""
    return {
        "totalGenerations": message.total_count,
        "completedGenerations": message.completed_count,
        # As its records have them.
        "failedGenerations": message.failed_count + message.cancelled_count,
        "averageProcessingTime": round(message.mean_processing_seconds, _SECONDS_DECIMALS),
        "totalCreditsUsed": message.credits_used,
    }


def pose_template(summary: poses_pb2.PoseSummary, language: str, base: str) -> dict[str, Any]:
    """A pose as the source's clients show it; `base` is the platform's address."""
    return {
        "id": summary.id,
        "name": getattr(summary.name, language),
        "category": summary.category,
        "imageUrl": f"{base.rstrip('/')}/v1/catalog/poses/{summary.id}.webp",
        "difficulty": _DIFFICULTIES[summary.difficulty],
    }


def input_name(message: pb.Generation) -> str:
    """Name of the photo's file: when, which generation, and what its owner calls it."""
    return f"{_stem(message)}-{message.filename or 'photo'}"


def output_name(message: pb.Generation) -> str:
    """Name of the picture's file."""
    return f"{_stem(message)}.png"


def generation_of(filename: str) -> str | None:
    """Id of the generation that a file of that name would be of; None where it is no such name."""
    matched = _FILE.fullmatch(PurePosixPath(filename).name)
    return matched[1] if matched else None


def _stem(message: pb.Generation) -> str:
    return f"{message.create_time.ToMilliseconds()}-{message.id}"


def _error(job: jobs_pb2.Job, language: str) -> str | None:
    if job.state == jobs_pb2.JOB_STATE_CANCELLED:
        return problems.text(language, "source_004.cancelled")
    error = convert_jobs.error(job, language)
    if error is None:
        return None
    # What is wrong with the photo says more than that something is.
    return " ".join(fault.message for fault in error.photos) or error.message


def _moment(timestamp: Timestamp) -> str:
    return moment(timestamp.ToDatetime(tzinfo=UTC))

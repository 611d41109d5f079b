"""Generations: forms to messages, messages to JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC

from atelier.common.v1 import blob_pb2
from atelier.generator.v1 import generations_pb2 as pb
from atelier.generator.v1 import jobs_pb2
from atelierkit.errors import FieldFault, InvalidInput
from services.gateway.convert import jobs as convert_jobs
from services.gateway.convert import pictures as convert_pictures
from services.gateway.convert.avatars import look_message, outfit_message
from services.gateway.convert.body import body_spec
from services.gateway.schemas import generations as shapes
from services.gateway.schemas.faces import PhotoAvatar
from services.gateway.schemas.pictures import POSE

PATH = "/v1/poses/generations"
QUALITIES: Mapping[shapes.Quality, pb.Quality.ValueType] = {"sd": pb.QUALITY_SD, "hd": pb.QUALITY_HD}
QUALITY_NAMES: Mapping[int, shapes.Quality] = {message: name for name, message in QUALITIES.items()}
_SECONDS_DECIMALS = 3


def request(
    pose_ids: Sequence[str],
    fields: shapes.DrawnFields,
    avatar: PhotoAvatar,
    *,
    photo: blob_pb2.BlobRef,
    filename: str,
    request_id: str,
) -> pb.CreateGenerationsRequest:
    """What is asked for. InvalidInput for a background that is none."""
    return pb.CreateGenerationsRequest(
        photo=photo,
        filename=filename,
        pose_ids=pose_ids,
        quality=QUALITIES[fields.quality],
        style=convert_pictures.STYLES[fields.style],
        priority=fields.priority,
        body=body_spec(avatar),
        look=look_message(avatar.look),
        outfit=outfit_message(avatar.outfit),
        background=convert_pictures.background(fields.background, transparent=True),
        keep_photo=fields.keep_photo,
        consent_version=fields.consent,
        request_id=request_id,
    )


def pose_ids(text: str) -> list[str]:
    """The ids of a JSON array. InvalidInput."""
    try:
        found: list[str] | None = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    limit = f"a JSON array of 1 to {shapes.MOST_POSES} different ids"
    is_list = isinstance(found, list) and all(isinstance(each, str) for each in found)
    if (
        found is None
        or not is_list
        or not 1 <= len(found) <= shapes.MOST_POSES
        or len(set(found)) < len(found)
    ):
        message = "these are no poses"
        raise InvalidInput(message, faults=[FieldFault("poses", "wrong_type", message, limit)])
    faults = [
        FieldFault(f"poses[{index}]", "invalid_format", "this is no id of a pose", POSE)
        for index, each in enumerate(found)
        if not re.fullmatch(POSE, each)
    ]
    if faults:
        raise InvalidInput("these are no ids of poses", faults=faults)
    return found


def generation(message: pb.Generation, language: str) -> shapes.Generation:
    """A generation as its owner sees it."""
    path, job = f"{PATH}/{message.id}", message.job
    return shapes.Generation(
        id=message.id,
        pose_id=message.pose_id,
        quality=QUALITY_NAMES[message.quality],
        style=convert_pictures.STYLE_NAMES[message.style],
        state=convert_jobs.STATE_NAMES[job.state],
        progress_percent=job.progress_percent,
        queue_position=job.queue_position or None,
        priority=job.lane == jobs_pb2.JOB_LANE_PRIORITY,
        credits=message.credits,
        error=convert_jobs.error(job, language),
        clamped_bones=list(message.clamped_bones),
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        ended_at=message.end_time.ToDatetime(tzinfo=UTC) if message.HasField("end_time") else None,
        links=shapes.GenerationLinks(
            self=path,
            job=f"/v1/jobs/{message.id}",
            picture=f"{path}.png" if message.HasField("picture") else None,
            photo=f"{path}/photo" if message.HasField("photo") else None,
        ),
    )


def page(
    message: pb.ListGenerationsResponse, query: shapes.GenerationQuery, language: str
) -> shapes.GenerationPage:
    """A page of generations."""
    return shapes.GenerationPage(
        data=[generation(each, language) for each in message.generations],
        meta=shapes.GenerationMeta(
            total=message.total_count,
            limit=query.limit,
            offset=query.offset,
            has_more=message.next_page_token != "",
        ),
        next_cursor=message.next_page_token or None,
    )


def stats(message: pb.GetGenerationStatsResponse) -> shapes.GenerationStats:
    """Sums."""
    return shapes.GenerationStats(
        total=message.total_count,
        completed=message.completed_count,
        failed=message.failed_count,
        mean_processing_seconds=round(message.mean_processing_seconds, _SECONDS_DECIMALS),
        credits_used=message.credits_used,
    )

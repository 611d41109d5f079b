"""Messages of generations <-> their domain; pure."""

from __future__ import annotations

from collections.abc import Mapping

from atelier.generator.v1 import generations_pb2 as pb
from services.generator import convert
from services.generator.convert import jobs, pictures
from services.generator.domain.faces import Photo, Slot
from services.generator.domain.generations import (
    Generation,
    GenerationOrder,
    GenerationPage,
    GenerationStats,
    Quality,
    Sketch,
)
from services.generator.domain.jobs import Queued
from services.generator.domain.model import BodySpec, BodyType

_QUALITIES: Mapping[Quality, pb.Quality.ValueType] = {Quality.SD: pb.QUALITY_SD, Quality.HD: pb.QUALITY_HD}
_QUALITIES_BACK = {message: quality for quality, message in _QUALITIES.items()}
_TYPICAL = BodySpec({}, BodyType.NEUTRAL)


def order(message: pb.CreateGenerationsRequest) -> GenerationOrder:
    """The generations that are asked for."""
    background = pictures.background(message.background)
    quality, style = _QUALITIES_BACK.get(message.quality, Quality.SD), pictures.style(message.style)
    return GenerationOrder(
        photo=Photo(Slot.FRONT, convert.stored_file(message.photo), message.filename),
        sketches=tuple(Sketch(pose_id, quality, style, background) for pose_id in message.pose_ids),
        body=convert.body_spec(message.body) if message.HasField("body") else _TYPICAL,
        look=convert.look(message.look) if message.HasField("look") else None,
        outfit=convert.outfit(message.outfit) if message.HasField("outfit") else None,
        priority=message.priority,
        keep_photo=message.keep_photo,
        consent_version=message.consent_version,
    )


def generation(generation: Generation, position: int = 0) -> pb.Generation:
    """A generation, and its place among the jobs that wait."""
    job = generation.job
    return pb.Generation(
        id=str(generation.id),
        account_id=job.owner,
        pose_id=generation.sketch.pose_id,
        photo=None if generation.photo is None else convert.blob_ref(generation.photo.file),
        picture=None if generation.picture is None else convert.blob_ref(generation.picture),
        quality=_QUALITIES[generation.sketch.quality],
        style=pictures.style_message(generation.sketch.style),
        job=jobs.job(Queued(job, position)),
        credits=job.credits,
        create_time=convert.timestamp(job.created_at),
        end_time=None if job.ended_at is None else convert.timestamp(job.ended_at),
        clamped_bones=generation.clamped_bones,
        filename=generation.photo.filename if generation.photo else "",
    )


def page(page: GenerationPage) -> pb.ListGenerationsResponse:
    """A page, without places in the queue."""
    return pb.ListGenerationsResponse(
        generations=map(generation, page.generations),
        total_count=page.total,
        next_page_token=convert.page_token(page.next) if page.next else "",
    )


def stats(stats: GenerationStats) -> pb.GetGenerationStatsResponse:
    """Sums."""
    return pb.GetGenerationStatsResponse(
        total_count=stats.total,
        completed_count=stats.completed,
        failed_count=stats.failed,
        cancelled_count=stats.cancelled,
        mean_processing_seconds=stats.mean_seconds,
        credits_used=stats.credits,
    )

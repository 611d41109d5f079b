"""GenerationService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc

from atelier.generator.v1 import generations_pb2 as pb
from atelier.generator.v1.generations_pb2_grpc import GenerationServiceServicer
from atelierkit.identity import require_caller
from services.generator import convert, metrics
from services.generator.convert import generations as convert_generations
from services.generator.use_cases.generation_jobs import (
    CreateGenerations,
    DeleteGeneration,
    GetGeneration,
    ListGenerations,
    SumGenerations,
)

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class GenerationVerbs:
    """What the service offers."""

    create: CreateGenerations
    get: GetGeneration
    list: ListGenerations
    delete: DeleteGeneration
    sums: SumGenerations


class GenerationServicer(GenerationServiceServicer):
    """Offers the verbs to the calling person, about that person's generations alone."""

    def __init__(self, verbs: GenerationVerbs) -> None:
        self._verbs = verbs

    async def CreateGenerations(
        self, request: pb.CreateGenerationsRequest, context: Context
    ) -> pb.CreateGenerationsResponse:
        order = convert_generations.order(request)
        accepted = await self._verbs.create(require_caller().subject, order, UUID(request.request_id))
        return pb.CreateGenerationsResponse(
            generations=[convert_generations.generation(*each) for each in accepted]
        )

    async def GetGeneration(
        self, request: pb.GetGenerationRequest, context: Context
    ) -> pb.GetGenerationResponse:
        shown = await self._verbs.get(require_caller().subject, UUID(request.id))
        return pb.GetGenerationResponse(generation=convert_generations.generation(*shown))

    async def ListGenerations(
        self, request: pb.ListGenerationsRequest, context: Context
    ) -> pb.ListGenerationsResponse:
        page = await self._verbs.list(
            require_caller().subject,
            convert.page_size(request.page_size),
            offset=request.offset,
            after=convert.position(request.page_token),
        )
        return convert_generations.page(page)

    async def DeleteGeneration(
        self, request: pb.DeleteGenerationRequest, context: Context
    ) -> pb.DeleteGenerationResponse:
        cancelled = await self._verbs.delete(require_caller().subject, UUID(request.id))
        if cancelled is not None:
            metrics.job_ended(cancelled)
        return pb.DeleteGenerationResponse()

    async def GetGenerationStats(
        self, request: pb.GetGenerationStatsRequest, context: Context
    ) -> pb.GetGenerationStatsResponse:
        return convert_generations.stats(await self._verbs.sums(require_caller().subject))

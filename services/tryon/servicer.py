"""TryonService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any

import grpc

from atelier.tryon.v1 import tryon_pb2 as pb
from atelier.tryon.v1.tryon_pb2_grpc import TryonServiceServicer
from services.tryon import convert, metrics
from services.tryon.use_cases import AdviseSize

Context = grpc.aio.ServicerContext[Any, Any]


class TryonServicer(TryonServiceServicer):
    """Offers the verbs."""

    def __init__(self, advise_size: AdviseSize) -> None:
        self._advise_size = advise_size

    async def AdviseSize(self, request: pb.AdviseSizeRequest, context: Context) -> pb.AdviseSizeResponse:
        body, garment = convert.body(request.body), convert.garment(request.garment)
        with metrics.refusals_counted():
            advice = self._advise_size(body, garment)
        metrics.advised(advice)
        return convert.advice(advice)

"""Which size of a garment suits."""

from __future__ import annotations

from atelier.catalog.v1 import catalog_pb2
from atelier.common.v1 import body_pb2
from atelier.generator.v1 import generator_pb2
from atelier.tryon.v1 import tryon_pb2
from atelierkit.scopes import Scope
from services.gateway.convert import sizes as convert
from services.gateway.convert.body import measurements_message
from services.gateway.operations import Call, Operation
from services.gateway.schemas import sizes as shapes


async def advise(call: Call[shapes.SizeQuestion]) -> shapes.SizeAdvice:
    garment = await call.clients.catalog.GetGarment(catalog_pb2.GetGarmentRequest(id=call.body.garment_id))
    answer = await call.clients.tryon.AdviseSize(
        tryon_pb2.AdviseSizeRequest(body=await _body(call), garment=garment.garment)
    )
    return convert.advice(answer)


async def _body(call: Call[shapes.SizeQuestion]) -> body_pb2.Measurements:
    if call.body.measurements is not None:
        return measurements_message(call.body.measurements)
    answer = await call.clients.generator.GetAvatar(
        generator_pb2.GetAvatarRequest(id=call.body.avatar_id or "")
    )
    readings = (line.reading for line in answer.avatar.receipt.lines)
    return measurements_message({reading.name: reading.delivered_mm for reading in readings})


OPERATIONS = (
    Operation(
        "POST",
        "/v1/size-advice",
        "Which size suits",
        "Sizes",
        advise,
        scopes=(Scope.AVATARS_READ,),
        reads_only=True,
        body=shapes.SizeQuestion,
        answer=shapes.SizeAdvice,
        refusals=(404,),
    ),
)

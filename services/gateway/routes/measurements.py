"""What the population says about measurements that are not known yet."""

from __future__ import annotations

from atelier.generator.v1 import generator_pb2
from atelierkit.scopes import Scope
from services.gateway.convert import avatars as convert
from services.gateway.convert.body import body_spec
from services.gateway.limits import Cost
from services.gateway.operations import Call, Operation
from services.gateway.schemas.avatars import Estimates, Person


async def estimate(call: Call[Person]) -> Estimates:
    answer = await call.clients.generator.EstimateMeasurements(
        generator_pb2.EstimateMeasurementsRequest(body=body_spec(call.body))
    )
    return convert.estimates(answer)


OPERATIONS = (
    Operation(
        "POST",
        "/v1/measurements/estimate",
        "Estimate the measurements that are missing",
        "Measurements",
        estimate,
        scopes=(Scope.AVATARS_READ, Scope.AVATARS_WRITE),
        # The page asks for both with each move of a slider.
        cost=Cost.PREVIEW,
        reads_only=True,
        body=Person,
        answer=Estimates,
    ),
)

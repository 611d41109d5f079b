"""Credits, for whoever operates the platform."""

from __future__ import annotations

from atelier.auth.v1 import credits_pb2
from services.gateway.convert import credits as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.routes.credits import TAG
from services.gateway.schemas import credits as shapes


async def grant(call: Call[shapes.CreditGrant]) -> shapes.Credits:
    answer = await call.clients.credits.Grant(
        credits_pb2.GrantRequest(
            account_id=call.body.account_id,
            credits=call.body.credits,
            reason=call.body.reason,
            grant_id=str(call.request_uuid),
        )
    )
    return convert.balance(answer.balance)


OPERATIONS = (
    Operation(
        "POST",
        "/v1/admin/credits",
        "Give an account credits, or take some back",
        TAG,
        grant,
        Access.ADMIN,
        body=shapes.CreditGrant,
        answer=shapes.Credits,
        refusals=(402, 404, 409),
    ),
)

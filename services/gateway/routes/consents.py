"""Consents of the caller, and the policies in force. No key consents for its person."""

from __future__ import annotations

from http import HTTPStatus

from atelier.auth.v1 import consents_pb2
from services.gateway.convert import consents as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.schemas import consents as shapes
from services.gateway.schemas.base import Page

TAG = "Accounts"
_MAX_AGENT_CHARS = 512


async def record(call: Call[shapes.ConsentDraft]) -> shapes.Consent:
    sender = call.request.client
    answer = await call.clients.consents.RecordConsent(
        consents_pb2.RecordConsentRequest(
            purpose=convert.PURPOSES[call.body.purpose],
            policy_version=call.body.policy_version,
            given=call.body.given,
            address=sender.host if sender is not None else "",
            agent=call.request.headers.get("user-agent", "")[:_MAX_AGENT_CHARS],
        )
    )
    return convert.consent(answer.consent)


async def page(call: Call[None]) -> shapes.ConsentPage:
    wanted: Page = call.request.state.query
    return convert.page(
        await call.clients.consents.ListConsents(
            consents_pb2.ListConsentsRequest(page_size=wanted.limit, page_token=wanted.cursor)
        )
    )


async def policies(call: Call[None]) -> shapes.Policies:
    return convert.policies(await call.clients.consents.ListPolicies(consents_pb2.ListPoliciesRequest()))


OPERATIONS = (
    Operation(
        "POST",
        "/v1/me/consents",
        "Consent to a policy, or take it back",
        TAG,
        record,
        body=shapes.ConsentDraft,
        answer=shapes.Consent,
        status=HTTPStatus.CREATED,
        refusals=(409,),
    ),
    Operation(
        "GET", "/v1/me/consents", "The caller's consents", TAG, page, answer=shapes.ConsentPage, query=Page
    ),
    Operation(
        "GET",
        "/v1/consents/policies",
        "The policies in force",
        TAG,
        policies,
        Access.PUBLIC,
        answer=shapes.Policies,
    ),
)

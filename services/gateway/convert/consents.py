"""Consents: messages to JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from atelier.auth.v1 import consents_pb2
from services.gateway.schemas import consents as shapes

PURPOSES: Mapping[shapes.Purpose, consents_pb2.ConsentPurpose.ValueType] = {
    "face_photos": consents_pb2.CONSENT_PURPOSE_FACE_PHOTOS,
    "improve_models": consents_pb2.CONSENT_PURPOSE_IMPROVE_MODELS,
}
_NAMES = {number: name for name, number in PURPOSES.items()}


def consent(message: consents_pb2.Consent) -> shapes.Consent:
    """One entry of the ledger."""
    return shapes.Consent(
        id=message.id,
        purpose=_NAMES[message.purpose],
        policy_version=message.policy_version,
        given=message.given,
        created_at=message.create_time.ToDatetime(tzinfo=UTC),
        address=message.address,
        agent=message.agent,
    )


def page(answer: consents_pb2.ListConsentsResponse) -> shapes.ConsentPage:
    """Some entries, and where the rest begins."""
    return shapes.ConsentPage(
        data=[consent(message) for message in answer.consents], next_cursor=answer.next_page_token or None
    )


def policies(answer: consents_pb2.ListPoliciesResponse) -> shapes.Policies:
    """The policies in force."""
    return shapes.Policies(
        data=[shapes.Policy(purpose=_NAMES[each.purpose], version=each.version) for each in answer.policies]
    )

"""Consents as messages, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from atelier.auth.v1 import consents_pb2 as pb
from atelierkit.pages import cut
from services.auth.domain.consents import Consent, Origin, Policies, Purpose

_PURPOSES: Mapping[Purpose, pb.ConsentPurpose.ValueType] = {
    Purpose.FACE_PHOTOS: pb.CONSENT_PURPOSE_FACE_PHOTOS,
    Purpose.IMPROVE_MODELS: pb.CONSENT_PURPOSE_IMPROVE_MODELS,
}


def purpose(value: pb.ConsentPurpose.ValueType) -> Purpose:
    """The purpose; the schema lets no other value in."""
    return next(known for known, number in _PURPOSES.items() if number == value)


def origin(request: pb.RecordConsentRequest) -> Origin:
    """Where a consent comes from."""
    return Origin(request.address, request.agent)


def consent(consent: Consent) -> pb.Consent:
    """The entry as its person sees it."""
    message = pb.Consent(
        id=str(consent.id),
        purpose=_PURPOSES[consent.purpose],
        policy_version=consent.policy_version,
        given=consent.given,
        address=consent.origin.address,
        agent=consent.origin.agent,
    )
    message.create_time.FromDatetime(consent.created_at)
    return message


def after(page_token: str) -> UUID | None:
    """The entry that a page begins after; None for the first page."""
    return UUID(page_token) if page_token else None


def page(found: Sequence[Consent], limit: int) -> pb.ListConsentsResponse:
    """A page of ``limit`` entries, of which one more was looked for."""
    shown, last = cut(found, limit)
    return pb.ListConsentsResponse(consents=map(consent, shown), next_page_token=str(last.id) if last else "")


def policies(policies: Policies) -> pb.ListPoliciesResponse:
    """The policies in force."""
    return pb.ListPoliciesResponse(
        policies=[pb.Policy(purpose=_PURPOSES[each], version=policies[each]) for each in Purpose]
    )

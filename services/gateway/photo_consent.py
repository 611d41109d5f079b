"""Consent to photos of faces: the form names the version of the policy, and of people the ledger has their word."""

from __future__ import annotations

from atelier.auth.v1 import consents_pb2
from atelierkit.errors import Forbidden
from atelierkit.identity import current_caller
from services.gateway.clients import Clients

PURPOSE = "face_photos"


class ConsentRequired(Forbidden):
    """The person has not consented, or not to the policy in force."""

    reason = "CONSENT_REQUIRED"

    def __init__(self, version: str) -> None:
        super().__init__("this needs the person's consent", purpose=PURPOSE, version=version)


async def version_agreed_to(clients: Clients) -> str:
    """Version of the policy in force, to which the caller has consented. Of a stranger nothing is known: the form has to say
    it all. Raises what auth answers: CONSENT_REQUIRED.
    """
    if current_caller() is None:
        policies = (await clients.consents.ListPolicies(consents_pb2.ListPoliciesRequest())).policies
        wanted = consents_pb2.CONSENT_PURPOSE_FACE_PHOTOS
        return next(policy.version for policy in policies if policy.purpose == wanted)
    answer = await clients.consents.RequireConsent(
        consents_pb2.RequireConsentRequest(purpose=consents_pb2.CONSENT_PURPOSE_FACE_PHOTOS)
    )
    return answer.consent.policy_version


def demand(given: str, in_force: str) -> None:
    """Raise ConsentRequired unless the form names the policy in force."""
    if given != in_force:
        raise ConsentRequired(in_force)

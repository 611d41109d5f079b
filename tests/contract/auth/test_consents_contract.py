"""ConsentService over gRPC: what it answers and what it refuses."""

from __future__ import annotations

from datetime import UTC

import grpc
import pytest

from atelier.auth.v1 import api_keys_pb2, api_keys_pb2_grpc, auth_pb2_grpc
from atelier.auth.v1 import consents_pb2 as pb
from atelier.auth.v1 import consents_pb2_grpc as rpc
from atelierkit.errors import Code
from atelierkit.scopes import Scope
from services.auth.domain.consents import Purpose
from tests.contract.auth.test_auth_contract import bearer, log_in, refusal, sign_up
from tests.unit.auth.world import POLICIES, SetClock

Metadata = tuple[tuple[str, str], ...]
VERSION = POLICIES[Purpose.FACE_PHOTOS]
PHOTOS = pb.RequireConsentRequest(purpose=pb.CONSENT_PURPOSE_FACE_PHOTOS)


@pytest.fixture
def consents(channel: grpc.aio.Channel) -> rpc.ConsentServiceAsyncStub:
    return rpc.ConsentServiceStub(channel)


@pytest.fixture
async def person(stub: auth_pb2_grpc.AuthServiceAsyncStub) -> Metadata:
    await sign_up(stub)
    return bearer((await log_in(stub)).access_token)


def draft(*, given: bool, version: str = VERSION) -> pb.RecordConsentRequest:
    return pb.RecordConsentRequest(
        purpose=PHOTOS.purpose, policy_version=version, given=given, address="192.0.2.7", agent="a browser"
    )


@pytest.mark.attack("A61")
async def test_from_the_policy_to_its_withdrawal(
    consents: rpc.ConsentServiceAsyncStub, person: Metadata, clock: SetClock
) -> None:
    policies = (await consents.ListPolicies(pb.ListPoliciesRequest())).policies
    assert {each.purpose: each.version for each in policies} == {
        pb.CONSENT_PURPOSE_FACE_PHOTOS: VERSION,
        pb.CONSENT_PURPOSE_IMPROVE_MODELS: POLICIES[Purpose.IMPROVE_MODELS],
    }
    required = await refusal(consents.RequireConsent(PHOTOS, metadata=person))
    assert (required.code, required.reason) == (Code.PERMISSION_DENIED, "CONSENT_REQUIRED")
    assert required.metadata == {"purpose": "face_photos", "version": VERSION}

    given = (await consents.RecordConsent(draft(given=True), metadata=person)).consent
    assert (given.purpose, given.policy_version, given.given) == (PHOTOS.purpose, VERSION, True)
    assert (given.address, given.agent) == ("192.0.2.7", "a browser")
    assert given.create_time.ToDatetime(UTC) == clock.now
    assert (await consents.RequireConsent(PHOTOS, metadata=person)).consent == given

    taken_back = (await consents.RecordConsent(draft(given=False), metadata=person)).consent
    assert (await refusal(consents.RequireConsent(PHOTOS, metadata=person))).reason == "CONSENT_REQUIRED"
    first = await consents.ListConsents(pb.ListConsentsRequest(page_size=1), metadata=person)
    assert list(first.consents) == [taken_back]
    rest = pb.ListConsentsRequest(page_size=1, page_token=first.next_page_token)
    last = await consents.ListConsents(rest, metadata=person)
    assert (list(last.consents), last.next_page_token) == ([given], "")


@pytest.mark.attack("A61")
async def test_who_keeps_photos_is_told_of_the_withdrawal_until_they_are_gone(
    consents: rpc.ConsentServiceAsyncStub, person: Metadata, clock: SetClock
) -> None:
    await consents.RecordConsent(draft(given=True), metadata=person)
    await consents.RecordConsent(draft(given=False), metadata=person)
    asked = pb.ListWithdrawalsRequest(purpose=PHOTOS.purpose)
    [account_id] = (await consents.ListWithdrawals(asked)).account_ids
    done = pb.ConfirmWithdrawalRequest(purpose=PHOTOS.purpose, account_id=account_id)
    assert not (await consents.ConfirmWithdrawal(done)).taken
    clock.advance(minutes=5, seconds=1)
    assert (await consents.ConfirmWithdrawal(done)).taken
    assert list((await consents.ListWithdrawals(asked)).account_ids) == []


@pytest.mark.attack("A61")
async def test_another_policy_than_the_one_in_force_is_refused(
    consents: rpc.ConsentServiceAsyncStub, person: Metadata
) -> None:
    refused = await refusal(consents.RecordConsent(draft(given=True, version="1999"), metadata=person))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "POLICY_NOT_IN_FORCE")
    assert refused.metadata == {"purpose": "face_photos", "version": VERSION}


@pytest.mark.parametrize("purpose", [0, 99])
async def test_an_unknown_purpose_is_refused(
    consents: rpc.ConsentServiceAsyncStub, person: Metadata, purpose: int
) -> None:
    request = draft(given=True)
    request.purpose = purpose  # type: ignore[assignment]
    assert (await refusal(consents.RecordConsent(request, metadata=person))).faults[0].field == "purpose"


@pytest.mark.attack("A61")
async def test_no_key_consents_for_its_person(
    consents: rpc.ConsentServiceAsyncStub, channel: grpc.aio.Channel, person: Metadata
) -> None:
    keys = api_keys_pb2_grpc.ApiKeyServiceStub(channel)
    wanted = api_keys_pb2.CreateApiKeyRequest(name="all", scopes=list(Scope))
    made = await keys.CreateApiKey(wanted, metadata=person)
    token = await keys.ExchangeApiKey(api_keys_pb2.ExchangeApiKeyRequest(text=made.text))
    key = bearer(token.access_token)
    for call in (
        consents.RecordConsent(draft(given=True), metadata=key),
        consents.ListConsents(pb.ListConsentsRequest(page_size=1), metadata=key),
    ):
        assert (await refusal(call)).reason == "INSUFFICIENT_SCOPE"
    assert (await refusal(consents.RequireConsent(PHOTOS, metadata=key))).reason == "CONSENT_REQUIRED"

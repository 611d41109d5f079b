"""Events and webhooks over gRPC: who may call, what is refused, and that the two meet."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from uuid import uuid4

import grpc.aio
import pytest
from google.protobuf.message import Message

from atelier.auth.v1 import (
    auth_pb2,
    auth_pb2_grpc,
    events_pb2,
    events_pb2_grpc,
    webhooks_pb2,
    webhooks_pb2_grpc,
)
from atelier.common.v1 import access_pb2
from atelierkit.errors import AppError, Code
from tests.unit.auth.world import EMAIL, PASSWORD, SetClock

Metadata = tuple[tuple[str, str], ...]
URL = "https://hooks.example.com/in"


@pytest.fixture
def webhooks(channel: grpc.aio.Channel) -> webhooks_pb2_grpc.WebhookServiceAsyncStub:
    return webhooks_pb2_grpc.WebhookServiceStub(channel)


@pytest.fixture
def events(channel: grpc.aio.Channel) -> events_pb2_grpc.EventServiceAsyncStub:
    return events_pb2_grpc.EventServiceStub(channel)


@pytest.fixture
async def account(stub: auth_pb2_grpc.AuthServiceAsyncStub) -> auth_pb2.Account:
    return (await stub.SignUp(auth_pb2.SignUpRequest(email=EMAIL, password=PASSWORD))).account


@pytest.fixture
async def signed_in(stub: auth_pb2_grpc.AuthServiceAsyncStub, account: auth_pb2.Account) -> Metadata:
    tokens = (await stub.LogIn(auth_pb2.LogInRequest(email=EMAIL, password=PASSWORD))).tokens
    return (("authorization", f"Bearer {tokens.access_token}"),)


async def refusal(call: Awaitable[Message]) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


def announcement(account_id: str, **over: str) -> events_pb2.AnnounceRequest:
    request = {
        "event_id": str(uuid4()),
        "account_id": account_id,
        "kind": "job.completed",
        "data_json": json.dumps({"jobId": "job-7"}),
    }
    return events_pb2.AnnounceRequest(**(request | over))


async def test_what_is_announced_is_on_its_way_to_the_webhook(
    webhooks: webhooks_pb2_grpc.WebhookServiceAsyncStub,
    events: events_pb2_grpc.EventServiceAsyncStub,
    account: auth_pb2.Account,
    signed_in: Metadata,
    clock: SetClock,
) -> None:
    made = await webhooks.CreateWebhook(webhooks_pb2.CreateWebhookRequest(url=URL), metadata=signed_in)
    request = announcement(account.id)
    for _ in range(2):
        await events.Announce(request)
    listed = webhooks_pb2.ListDeliveriesRequest(id=made.webhook.id)
    [delivery] = (await webhooks.ListDeliveries(listed, metadata=signed_in)).deliveries
    assert delivery.message_id == f"msg_{request.event_id.replace('-', '')}"
    assert (delivery.kind, delivery.state) == ("job.completed", webhooks_pb2.DELIVERY_STATE_WAITING)
    assert delivery.next_attempt_time.ToDatetime(clock.now.tzinfo) == clock.now


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"event_id": "7"}, "event_id"),
        ({"kind": "webhook.test"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"data_json": "[]"}, "data_json"),
        ({"data_json": "{"}, "data_json"),
        ({"data_json": "[" * 10_000}, "data_json"),
        ({"data_json": json.dumps({"text": "x" * 16_384})}, "data_json"),
    ],
)
async def test_an_announcement_that_breaks_a_rule_is_refused(
    events: events_pb2_grpc.EventServiceAsyncStub, account: auth_pb2.Account, over: dict[str, str], field: str
) -> None:
    refused = await refusal(events.Announce(announcement(account.id, **over)))
    assert (refused.code, refused.faults[0].field) == (Code.INVALID_ARGUMENT, field)


async def test_of_an_unknown_account_nobody_is_told(events: events_pb2_grpc.EventServiceAsyncStub) -> None:
    await events.Announce(announcement(str(uuid4())))


@pytest.mark.attack("A21")
def test_services_alone_announce_and_people_alone_have_webhooks() -> None:
    [announce] = events_pb2.DESCRIPTOR.services_by_name["EventService"].methods
    extensions = announce.GetOptions().Extensions
    assert extensions[access_pb2.access] == access_pb2.ACCESS_SERVICE
    assert set(extensions[access_pb2.callers]) == {"generator", "tryon"}
    for method in webhooks_pb2.DESCRIPTOR.services_by_name["WebhookService"].methods:
        assert method.GetOptions().Extensions[access_pb2.access] == access_pb2.ACCESS_USER


async def test_nobody_has_no_webhooks(webhooks: webhooks_pb2_grpc.WebhookServiceAsyncStub) -> None:
    refused = await refusal(webhooks.ListWebhooks(webhooks_pb2.ListWebhooksRequest()))
    assert refused.code == Code.UNAUTHENTICATED

"""Webhooks, deliveries and events: messages from and to the domain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from atelier.auth.v1 import webhooks_pb2 as pb
from atelierkit.errors import FieldFault, InvalidInput
from services.auth.domain.deliveries import Delivery, DeliveryState
from services.auth.domain.events import EventKind
from services.auth.domain.webhooks import Disabled, Endpoint
from services.auth.use_cases.webhooks import WebhookChange

_DISABLED: Mapping[Disabled | None, pb.DisabledReason.ValueType] = {
    None: pb.DISABLED_REASON_UNSPECIFIED,
    Disabled.BY_OWNER: pb.DISABLED_REASON_BY_OWNER,
    Disabled.GONE: pb.DISABLED_REASON_GONE,
}
_STATES: Mapping[DeliveryState, pb.DeliveryState.ValueType] = {
    DeliveryState.WAITING: pb.DELIVERY_STATE_WAITING,
    DeliveryState.DELIVERED: pb.DELIVERY_STATE_DELIVERED,
    DeliveryState.EXHAUSTED: pb.DELIVERY_STATE_EXHAUSTED,
    DeliveryState.CANCELLED: pb.DELIVERY_STATE_CANCELLED,
}


def webhook(endpoint: Endpoint) -> pb.Webhook:
    """A webhook as its owner sees it, without its secret."""
    return pb.Webhook(
        id=str(endpoint.id),
        url=endpoint.url,
        events=sorted(endpoint.events),
        disabled=_DISABLED[endpoint.disabled],
        disable_time=_time(endpoint.disabled_at),
        create_time=_time(endpoint.created_at),
        old_secret_expire_time=_time(endpoint.old_secret_until),
    )


def delivery(delivery: Delivery) -> pb.Delivery:
    """A delivery as the webhook's owner sees it."""
    return pb.Delivery(
        id=str(delivery.id),
        message_id=delivery.event.webhook_id,
        kind=delivery.event.kind,
        state=_STATES[delivery.state],
        attempts=delivery.attempts,
        status=delivery.status or 0,
        error=delivery.error,
        create_time=_time(delivery.created_at),
        attempt_time=_time(delivery.attempted_at),
        next_attempt_time=_time(delivery.next_at),
    )


def kinds(events: Iterable[str]) -> frozenset[EventKind]:
    """What a webhook listens to."""
    return frozenset(map(EventKind, events))


def change(request: pb.UpdateWebhookRequest) -> WebhookChange:
    """What is changed of a webhook."""
    return WebhookChange(
        url=request.url if request.HasField("url") else None,
        events=kinds(request.events.events) if request.HasField("events") else None,
        enabled=request.enabled if request.HasField("enabled") else None,
    )


def event_data(text: str) -> Mapping[str, Any]:
    """An event's data. Raise InvalidInput for what is no JSON object."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        fault = FieldFault("data_json", "malformed", "this is not a JSON object", "a JSON object")
        raise InvalidInput("the event's data is not a JSON object", faults=[fault])
    return data


def _time(time: datetime | None) -> Timestamp | None:
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message

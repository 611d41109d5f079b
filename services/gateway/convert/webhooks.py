"""Webhooks and deliveries: messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from google.protobuf.message import Message

from atelier.auth.v1 import webhooks_pb2 as pb
from services.gateway.schemas import webhooks as shapes

_REASONS: Mapping[pb.DisabledReason.ValueType, Literal["by_owner", "gone"] | None] = {
    pb.DISABLED_REASON_UNSPECIFIED: None,
    pb.DISABLED_REASON_BY_OWNER: "by_owner",
    pb.DISABLED_REASON_GONE: "gone",
}
_STATES: Mapping[pb.DeliveryState.ValueType, Literal["waiting", "delivered", "exhausted", "cancelled"]] = {
    pb.DELIVERY_STATE_WAITING: "waiting",
    pb.DELIVERY_STATE_DELIVERED: "delivered",
    pb.DELIVERY_STATE_EXHAUSTED: "exhausted",
    pb.DELIVERY_STATE_CANCELLED: "cancelled",
}


def webhook(message: pb.Webhook) -> shapes.Webhook:
    """A webhook, without its secret."""
    return shapes.Webhook(**_webhook(message))


def with_secret(message: pb.Webhook, secret: str) -> shapes.WebhookWithSecret:
    """A webhook with the secret that it was just given."""
    return shapes.WebhookWithSecret(**_webhook(message), secret=secret)


def _webhook(message: pb.Webhook) -> dict[str, Any]:
    return {
        "id": message.id,
        "url": message.url,
        "events": list(message.events),
        "enabled": message.disabled == pb.DISABLED_REASON_UNSPECIFIED,
        "disabled_reason": _REASONS[message.disabled],
        "disabled_at": _time(message, "disable_time"),
        "created_at": _time(message, "create_time"),
        "old_secret_expires_at": _time(message, "old_secret_expire_time"),
    }


def delivery(message: pb.Delivery) -> shapes.Delivery:
    """One event on its way to one webhook."""
    return shapes.Delivery.model_validate(
        {
            "id": message.id,
            "message_id": message.message_id,
            "event": message.kind,
            "state": _STATES[message.state],
            "attempts": message.attempts,
            "status": message.status or None,
            "error": message.error or None,
            "created_at": _time(message, "create_time"),
            "attempted_at": _time(message, "attempt_time"),
            "next_attempt_at": _time(message, "next_attempt_time"),
        }
    )


def _time(message: Message, field: str) -> datetime | None:
    found: datetime | None = None
    if message.HasField(field):
        found = getattr(message, field).ToDatetime(tzinfo=UTC)
    return found

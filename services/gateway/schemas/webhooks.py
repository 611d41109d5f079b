"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Input, Output

EventKind = Literal["job.completed", "job.failed", "job.cancelled"]
Url = Annotated[str, Field(min_length=1, max_length=2048)]
Events = Annotated[list[EventKind], Field(max_length=10)]


class WebhookDraft(Input):
    """A server of yours that is to hear of events."""

    url: Url
    """An https address with a public host name."""
    events: Events = Field(default_factory=list)
    """What it hears of; empty for everything, also for what there will be later."""


class WebhookChange(Input):
    """What is left out stays."""

    url: Url | None = None
    """An https address with a public host name."""
    events: Events | None = None
    """In place of all that it heard of; empty for everything."""
    enabled: bool | None = None
    """Whether it gets events; what happened while it did not is not sent later."""


class Webhook(Output):
    """A server of yours that hears of events."""

    id: str
    url: str
    events: list[EventKind]
    """What it hears of; empty for everything."""
    enabled: bool
    disabled_reason: Literal["by_owner", "gone"] | None
    """Why it gets nothing: you switched it off, or it answered 410; null where it does."""
    disabled_at: datetime | None
    created_at: datetime
    old_secret_expires_at: datetime | None
    """Until when the secret before the last rotation signs along."""


class WebhookWithSecret(Webhook):
    """A webhook with its new secret."""

    secret: str
    """`whsec_…`, for the libraries of Standard Webhooks; it is shown this once."""


class WebhookList(Output):
    """The caller's webhooks, the oldest first."""

    data: list[Webhook]


class Delivery(Output):
    """One event on its way to one webhook."""

    id: str
    message_id: str
    """`webhook-id`, the same in every attempt: what your server knows repeats by."""
    event: EventKind | Literal["webhook.test"]
    state: Literal["waiting", "delivered", "exhausted", "cancelled"]
    attempts: int
    """Made since the last replay."""
    status: int | None
    """HTTP status of the last answer; null where there was none."""
    error: str | None
    """Why the last attempt failed, such as `timeout`; null where it did not."""
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    """Null where no attempt is to come."""


class DeliveryPage(Output):
    """Deliveries, the newest first."""

    data: list[Delivery]
    next_cursor: str | None

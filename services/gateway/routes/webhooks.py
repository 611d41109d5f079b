"""Webhooks: people's servers that hear of events, by the specification Standard Webhooks."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from atelier.auth.v1 import webhooks_pb2
from services.gateway.convert import webhooks as convert
from services.gateway.operations import Call, Operation
from services.gateway.schemas import webhooks as shapes
from services.gateway.schemas.base import Page

TAG = "Webhooks"
PATH = "/v1/webhooks"


async def create(call: Call[shapes.WebhookDraft]) -> shapes.WebhookWithSecret:
    answer = await call.clients.webhooks.CreateWebhook(
        webhooks_pb2.CreateWebhookRequest(url=call.body.url, events=call.body.events)
    )
    return convert.with_secret(answer.webhook, answer.secret)


async def every(call: Call[None]) -> shapes.WebhookList:
    answer = await call.clients.webhooks.ListWebhooks(webhooks_pb2.ListWebhooksRequest())
    return shapes.WebhookList(data=[convert.webhook(item) for item in answer.webhooks])


async def get(call: Call[None]) -> shapes.Webhook:
    answer = await call.clients.webhooks.GetWebhook(webhooks_pb2.GetWebhookRequest(id=_id(call)))
    return convert.webhook(answer.webhook)


async def change(call: Call[shapes.WebhookChange]) -> shapes.Webhook:
    events = call.body.events
    answer = await call.clients.webhooks.UpdateWebhook(
        webhooks_pb2.UpdateWebhookRequest(
            id=_id(call),
            url=call.body.url,
            events=None if events is None else webhooks_pb2.EventFilter(events=events),
            enabled=call.body.enabled,
        )
    )
    return convert.webhook(answer.webhook)


async def delete(call: Call[None]) -> None:
    await call.clients.webhooks.DeleteWebhook(webhooks_pb2.DeleteWebhookRequest(id=_id(call)))


async def rotate_secret(call: Call[None]) -> shapes.WebhookWithSecret:
    answer = await call.clients.webhooks.RotateSecret(webhooks_pb2.RotateSecretRequest(id=_id(call)))
    return convert.with_secret(answer.webhook, answer.secret)


async def send_test(call: Call[None]) -> shapes.Delivery:
    answer = await call.clients.webhooks.SendTest(webhooks_pb2.SendTestRequest(id=_id(call)))
    return convert.delivery(answer.delivery)


async def deliveries(call: Call[None]) -> shapes.DeliveryPage:
    query: Page = call.request.state.query
    answer = await call.clients.webhooks.ListDeliveries(
        webhooks_pb2.ListDeliveriesRequest(id=_id(call), page_size=query.limit, page_token=query.cursor)
    )
    return shapes.DeliveryPage(
        data=[convert.delivery(item) for item in answer.deliveries],
        next_cursor=answer.next_page_token or None,
    )


async def replay(call: Call[None]) -> shapes.Delivery:
    delivery_id: str = call.request.path_params["deliveryId"]
    answer = await call.clients.webhooks.ReplayDelivery(
        webhooks_pb2.ReplayDeliveryRequest(id=_id(call), delivery_id=delivery_id)
    )
    return convert.delivery(answer.delivery)


def _id(call: Call[Any]) -> str:
    webhook_id: str = call.request.path_params["id"]
    return webhook_id


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Add a webhook",
        TAG,
        create,
        body=shapes.WebhookDraft,
        answer=shapes.WebhookWithSecret,
        status=HTTPStatus.CREATED,
        refusals=(409,),
    ),
    Operation("GET", PATH, "The caller's webhooks", TAG, every, answer=shapes.WebhookList),
    Operation("GET", f"{PATH}/{{id}}", "One webhook", TAG, get, answer=shapes.Webhook, refusals=(404,)),
    Operation(
        "PATCH",
        f"{PATH}/{{id}}",
        "Change a webhook",
        TAG,
        change,
        body=shapes.WebhookChange,
        answer=shapes.Webhook,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Remove a webhook",
        TAG,
        delete,
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
    Operation(
        "POST",
        f"{PATH}/{{id}}/rotate-secret",
        "Give a webhook a new secret",
        TAG,
        rotate_secret,
        answer=shapes.WebhookWithSecret,
        refusals=(404,),
    ),
    Operation(
        "POST",
        f"{PATH}/{{id}}/test",
        "Send a webhook a test",
        TAG,
        send_test,
        answer=shapes.Delivery,
        status=HTTPStatus.ACCEPTED,
        refusals=(404,),
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}/deliveries",
        "What was sent to a webhook",
        TAG,
        deliveries,
        answer=shapes.DeliveryPage,
        query=Page,
        refusals=(404,),
    ),
    Operation(
        "POST",
        f"{PATH}/{{id}}/deliveries/{{deliveryId}}/replay",
        "Send an event to a webhook again",
        TAG,
        replay,
        answer=shapes.Delivery,
        status=HTTPStatus.ACCEPTED,
        refusals=(404,),
    ),
)

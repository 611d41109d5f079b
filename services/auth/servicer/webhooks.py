"""WebhookService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc

from atelier.auth.v1 import webhooks_pb2 as pb
from atelier.auth.v1.webhooks_pb2_grpc import WebhookServiceServicer
from atelierkit.identity import require_caller
from services.auth.convert import people
from services.auth.convert import webhooks as convert
from services.auth.domain import signatures
from services.auth.use_cases.webhooks import Webhooks

Context = grpc.aio.ServicerContext[Any, Any]
_PAGE_SIZE = 20


class WebhookServicer(WebhookServiceServicer):
    """Offers the verbs of webhooks."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    async def CreateWebhook(
        self, request: pb.CreateWebhookRequest, context: Context
    ) -> pb.CreateWebhookResponse:
        made = await self._webhooks.add(_caller(), request.url, convert.kinds(request.events))
        return pb.CreateWebhookResponse(webhook=convert.webhook(made), secret=signatures.shown(made.secret))

    async def ListWebhooks(
        self, request: pb.ListWebhooksRequest, context: Context
    ) -> pb.ListWebhooksResponse:
        return pb.ListWebhooksResponse(webhooks=map(convert.webhook, await self._webhooks.all(_caller())))

    async def GetWebhook(self, request: pb.GetWebhookRequest, context: Context) -> pb.GetWebhookResponse:
        found = await self._webhooks.get(_caller(), UUID(request.id))
        return pb.GetWebhookResponse(webhook=convert.webhook(found))

    async def UpdateWebhook(
        self, request: pb.UpdateWebhookRequest, context: Context
    ) -> pb.UpdateWebhookResponse:
        changed = await self._webhooks.change(_caller(), UUID(request.id), convert.change(request))
        return pb.UpdateWebhookResponse(webhook=convert.webhook(changed))

    async def DeleteWebhook(
        self, request: pb.DeleteWebhookRequest, context: Context
    ) -> pb.DeleteWebhookResponse:
        await self._webhooks.remove(_caller(), UUID(request.id))
        return pb.DeleteWebhookResponse()

    async def RotateSecret(
        self, request: pb.RotateSecretRequest, context: Context
    ) -> pb.RotateSecretResponse:
        rotated = await self._webhooks.rotate_secret(_caller(), UUID(request.id))
        return pb.RotateSecretResponse(
            webhook=convert.webhook(rotated), secret=signatures.shown(rotated.secret)
        )

    async def SendTest(self, request: pb.SendTestRequest, context: Context) -> pb.SendTestResponse:
        sent = await self._webhooks.send_test(_caller(), UUID(request.id))
        return pb.SendTestResponse(delivery=convert.delivery(sent))

    async def ListDeliveries(
        self, request: pb.ListDeliveriesRequest, context: Context
    ) -> pb.ListDeliveriesResponse:
        size = request.page_size or _PAGE_SIZE
        # One more than asked tells whether there is another page.
        found = await self._webhooks.deliveries(
            _caller(), UUID(request.id), size + 1, people.position(request.page_token)
        )
        next = found[size - 1].position if len(found) > size else None
        return pb.ListDeliveriesResponse(
            deliveries=map(convert.delivery, found[:size]), next_page_token=people.page_token(next)
        )

    async def ReplayDelivery(
        self, request: pb.ReplayDeliveryRequest, context: Context
    ) -> pb.ReplayDeliveryResponse:
        again = await self._webhooks.replay(_caller(), UUID(request.id), UUID(request.delivery_id))
        return pb.ReplayDeliveryResponse(delivery=convert.delivery(again))


def _caller() -> UUID:
    return UUID(require_caller().subject)

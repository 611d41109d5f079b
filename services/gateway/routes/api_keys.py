"""API keys of the caller: for servers, shown once. No key manages keys."""

from __future__ import annotations

from http import HTTPStatus

from atelier.auth.v1 import api_keys_pb2
from services.gateway.convert import api_keys as convert
from services.gateway.operations import Call, Operation
from services.gateway.schemas import api_keys as shapes

PATH = "/v1/api-keys"
TAG = "Accounts"


async def create(call: Call[shapes.ApiKeyDraft]) -> shapes.NewApiKey:
    answer = await call.clients.api_keys.CreateApiKey(
        api_keys_pb2.CreateApiKeyRequest(
            name=call.body.name, scopes=call.body.scopes, life_days=call.body.life_days
        )
    )
    return convert.new_api_key(answer)


async def show(call: Call[None]) -> shapes.ApiKeys:
    answer = await call.clients.api_keys.ListApiKeys(api_keys_pb2.ListApiKeysRequest())
    return shapes.ApiKeys(data=[convert.api_key(key) for key in answer.api_keys])


async def revoke(call: Call[None]) -> None:
    await call.clients.api_keys.RevokeApiKey(
        api_keys_pb2.RevokeApiKeyRequest(id=call.request.path_params["id"])
    )


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Make an API key",
        TAG,
        create,
        body=shapes.ApiKeyDraft,
        answer=shapes.NewApiKey,
        status=HTTPStatus.CREATED,
        refusals=(409,),
    ),
    Operation("GET", PATH, "The caller's API keys", TAG, show, answer=shapes.ApiKeys),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Revoke an API key",
        TAG,
        revoke,
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

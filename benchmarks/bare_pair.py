"""The peers of the gateway: bare Starlette routes that call a bare grpc.aio method, in two processes.

`python -m benchmarks.bare_pair grpc PORT ANSWER_FILE` and `python -m benchmarks.bare_pair http PORT GRPC_PORT`.
`/create` translates by protobuf's own JSON mapping, `/own` with the gateway's own functions; both do nothing else: no
token, no trace, no limit, no log line, no metric.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc
import uvicorn
from google.protobuf import json_format
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from atelier.generator.v1 import generator_pb2
from services.gateway.convert import avatars as convert
from services.gateway.convert.body import body_spec
from services.gateway.schemas.avatars import AvatarDraft

SERVICE = "atelier.generator.v1.GeneratorService"
"""The generator's own name, so that a gateway can be put in front of the bare server too."""


async def serve_grpc(port: int, answer: bytes) -> None:
    response = generator_pb2.CreateAvatarResponse.FromString(answer)

    async def create(
        request: generator_pb2.CreateAvatarRequest, context: Any
    ) -> generator_pb2.CreateAvatarResponse:
        return response

    handler = grpc.unary_unary_rpc_method_handler(
        create,
        request_deserializer=generator_pb2.CreateAvatarRequest.FromString,
        response_serializer=generator_pb2.CreateAvatarResponse.SerializeToString,
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(SERVICE, {"CreateAvatar": handler})]
    )
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


def serve_http(port: int, grpc_port: int) -> None:
    calls: dict[str, Any] = {}

    async def answered(message: generator_pb2.CreateAvatarRequest) -> generator_pb2.CreateAvatarResponse:
        if "create" not in calls:
            channel = grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}")
            calls["create"] = channel.unary_unary(
                f"/{SERVICE}/CreateAvatar",
                request_serializer=generator_pb2.CreateAvatarRequest.SerializeToString,
                response_deserializer=generator_pb2.CreateAvatarResponse.FromString,
            )
        answer: generator_pb2.CreateAvatarResponse = await calls["create"](message)
        return answer

    async def create(request: Request) -> Response:
        message = json_format.ParseDict(await request.json(), generator_pb2.CreateAvatarRequest())
        return JSONResponse(json_format.MessageToDict(await answered(message)), 201)

    async def own(request: Request) -> Response:
        draft = AvatarDraft.model_validate(await request.json())
        message = generator_pb2.CreateAvatarRequest(
            body=body_spec(draft),
            look=convert.look_message(draft.look),
            outfit=convert.outfit_message(draft.outfit),
        )
        made = convert.avatar((await answered(message)).avatar)
        return Response(made.model_dump_json(by_alias=True), 201, media_type="application/json")

    routes = [Route("/create", create, methods=["POST"]), Route("/own", own, methods=["POST"])]
    uvicorn.run(
        Starlette(routes=routes),
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
    )


if __name__ == "__main__":
    role, own_port, other = sys.argv[1:]
    if role == "grpc":
        asyncio.run(serve_grpc(int(own_port), Path(other).read_bytes()))
    else:
        serve_http(int(own_port), int(other))

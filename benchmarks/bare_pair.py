"""The peer of the gateway: a bare Starlette route that calls a bare grpc.aio method, each in its own process.

`python -m benchmarks.bare_pair grpc PORT ANSWER_FILE` and `python -m benchmarks.bare_pair http PORT GRPC_PORT`.
It translates the same JSON and the same messages by protobuf's own JSON mapping, and does nothing else.
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
from starlette.responses import JSONResponse
from starlette.routing import Route

from atelier.generator.v1 import generator_pb2

METHOD = "/bare.Generator/CreateAvatar"


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
        [grpc.method_handlers_generic_handler("bare.Generator", {"CreateAvatar": handler})]
    )
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


def serve_http(port: int, grpc_port: int) -> None:
    calls: dict[str, Any] = {}

    async def create(request: Request) -> JSONResponse:
        if "create" not in calls:
            channel = grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}")
            calls["create"] = channel.unary_unary(
                METHOD,
                request_serializer=generator_pb2.CreateAvatarRequest.SerializeToString,
                response_deserializer=generator_pb2.CreateAvatarResponse.FromString,
            )
        message = json_format.ParseDict(await request.json(), generator_pb2.CreateAvatarRequest())
        answer = await calls["create"](message)
        return JSONResponse(json_format.MessageToDict(answer), 201)

    app = Starlette(routes=[Route("/create", create, methods=["POST"])])
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="error")


if __name__ == "__main__":
    role, own_port, other = sys.argv[1:]
    if role == "grpc":
        asyncio.run(serve_grpc(int(own_port), Path(other).read_bytes()))
    else:
        serve_http(int(own_port), int(other))

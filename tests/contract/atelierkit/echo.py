"""A service that exists for these tests: one method per rule of access, and one per kind of stream."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from buf.validate import validate_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FileDescriptor

from atelier.common.v1 import access_pb2
from atelierkit.identity import require_caller
from atelierkit.server import Service

NAME = "atelier.echo.v1.EchoService"
_ACCESS = {
    "Say": access_pb2.ACCESS_USER,
    "Open": access_pb2.ACCESS_PUBLIC,
    "Read": access_pb2.ACCESS_USER,
    "Govern": access_pb2.ACCESS_ADMIN,
    "Unsaid": None,
    "Count": access_pb2.ACCESS_PUBLIC,
    "Collect": access_pb2.ACCESS_PUBLIC,
    "Settle": access_pb2.ACCESS_SERVICE,
    "Again": access_pb2.ACCESS_PUBLIC,
}
SCOPES = ("words:read", "words:write")
"""Of the method ``Read``; no other names any."""

Behaviour = Callable[[Any, Any], Awaitable[Any]]


@functools.cache
def file() -> FileDescriptor:
    """``message Word {string text; double size_mm; repeated Word parts; map<string, Word> named; repeated int32 marks}``."""
    proto = descriptor_pb2.FileDescriptorProto(
        name="atelier/echo/v1/echo.proto",
        package="atelier.echo.v1",
        syntax="proto3",
        dependency=["buf/validate/validate.proto", "atelier/common/v1/access.proto"],
    )
    _add_word(proto.message_type.add(name="Word"))
    service = proto.service.add(name="EchoService")
    for name, access in _ACCESS.items():
        method = service.method.add(
            name=name, input_type=".atelier.echo.v1.Word", output_type=".atelier.echo.v1.Word"
        )
        method.server_streaming = name == "Count"
        method.client_streaming = name == "Collect"
        if access is not None:
            method.options.Extensions[access_pb2.access] = access
        if name == "Read":
            method.options.Extensions[access_pb2.scopes].extend(SCOPES)
        if access == access_pb2.ACCESS_SERVICE:
            method.options.Extensions[access_pb2.callers].append("generator")
    service.method[-1].options.idempotency_level = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    return descriptor_pool.Default().AddSerializedFile(proto.SerializeToString())


def _add_word(word: descriptor_pb2.DescriptorProto) -> None:
    kinds = descriptor_pb2.FieldDescriptorProto
    text = word.field.add(name="text", number=1, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    text.options.Extensions[validate_pb2.field].string.max_len = 2_000_000
    size = word.field.add(name="size_mm", number=2, type=kinds.TYPE_DOUBLE, label=kinds.LABEL_OPTIONAL)
    rules = size.options.Extensions[validate_pb2.field].double
    rules.gte, rules.lte = 0, 250.5
    own = ".atelier.echo.v1.Word"
    word.field.add(name="parts", number=3, type=kinds.TYPE_MESSAGE, type_name=own, label=kinds.LABEL_REPEATED)
    entry = word.nested_type.add(name="NamedEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    entry.field.add(
        name="value", number=2, type=kinds.TYPE_MESSAGE, type_name=own, label=kinds.LABEL_OPTIONAL
    )
    entries = f"{own}.NamedEntry"
    word.field.add(
        name="named", number=4, type=kinds.TYPE_MESSAGE, type_name=entries, label=kinds.LABEL_REPEATED
    )
    marks = word.field.add(name="marks", number=5, type=kinds.TYPE_INT32, label=kinds.LABEL_REPEATED)
    items = marks.options.Extensions[validate_pb2.field].repeated.items.int32
    items.gt, items.lt = 0, 10


def word(**fields: Any) -> Any:
    """A Word."""
    return _word_class()(**fields)


@functools.cache
def _word_class() -> Any:
    return message_factory.GetMessageClass(file().message_types_by_name["Word"])


def service(verifier: Any = None, **behaviours: Any) -> Service:
    """The service; a method that is not given answers its caller's subject, or echoes where it is public."""
    chosen: dict[str, Any] = {name: _echo if access else _subject for name, access in _ACCESS.items()}
    chosen |= dict.fromkeys(("Say", "Read", "Govern"), _subject)
    chosen |= {"Count": _count, "Collect": _collect} | behaviours

    def add(server: grpc.aio.Server) -> None:
        handlers = {name: _handler(name, behaviour) for name, behaviour in chosen.items()}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(NAME, handlers),))

    return Service(NAME, add, file().services_by_name["EchoService"], verifier)


def call(channel: grpc.aio.Channel, method: str) -> Any:
    """The stub of one method."""
    make = {"Count": channel.unary_stream, "Collect": channel.stream_unary}.get(method, channel.unary_unary)
    word_class = _word_class()
    return make(
        f"/{NAME}/{method}",
        request_serializer=word_class.SerializeToString,
        response_deserializer=word_class.FromString,
    )


def _handler(name: str, behaviour: Any) -> Any:
    make = {
        "Count": grpc.unary_stream_rpc_method_handler,
        "Collect": grpc.stream_unary_rpc_method_handler,
    }.get(name, grpc.unary_unary_rpc_method_handler)
    word_class = _word_class()
    return make(
        behaviour,
        request_deserializer=word_class.FromString,
        response_serializer=word_class.SerializeToString,
    )


async def _echo(request: Any, context: Any) -> Any:
    return request


async def _subject(request: Any, context: Any) -> Any:
    return word(text=require_caller().subject)


async def _count(request: Any, context: Any) -> AsyncIterator[Any]:
    for number in range(int(request.size_mm)):
        yield word(text=str(number))


async def _collect(requests: AsyncIterator[Any], context: Any) -> Any:
    return word(text=",".join([request.text async for request in requests]))

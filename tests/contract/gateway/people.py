"""The generator's PersonService beside the double of its avatars."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import grpc

from atelier.generator.v1 import person_pb2 as pb
from atelier.generator.v1 import person_pb2_grpc as rpc
from atelierkit.identity import require_caller
from atelierkit.server import Service
from tests.contract.gateway.doubles import GeneratorDouble

Context = grpc.aio.ServicerContext[Any, Any]
PART = 2


class PersonDouble(rpc.PersonServiceServicer):
    """Knows the double's avatars and scans; two of a kind are a part."""

    def __init__(self, generator: GeneratorDouble) -> None:
        self.generator = generator
        self.failure: Exception | None = None

    async def ExportPerson(
        self, request: pb.ExportPersonRequest, context: Context
    ) -> pb.ExportPersonResponse:
        kind, _, start = (request.page_token or "avatars:0").partition(":")
        kept: dict[str, dict[str, tuple[str, Any]]] = {
            "avatars": self.generator.avatars,
            "scans": self.generator.scans,
        }
        own = [record for owner, record in kept[kind].values() if owner == require_caller().subject]
        end = int(start) + PART
        after = f"{kind}:{end}" if end < len(own) else {"avatars": "scans:0"}.get(kind, "")
        message = pb.ExportPersonResponse(next_page_token=after)
        getattr(message, kind).extend(own[int(start) : end])
        return message

    async def DeletePerson(
        self, request: pb.DeletePersonRequest, context: Context
    ) -> pb.DeletePersonResponse:
        if self.failure is not None:
            raise self.failure
        for kept in (self.generator.avatars, self.generator.scans):
            for id in [id for id, (owner, _) in kept.items() if owner == require_caller().subject]:
                del kept[id]
        return pb.DeletePersonResponse()


def with_person(service: Service, person: PersonDouble) -> Service:
    """The generator's double, offering that as well."""

    def add(server: grpc.aio.Server) -> None:
        service.add(server)
        rpc.add_PersonServiceServicer_to_server(person, server)

    offered = pb.DESCRIPTOR.services_by_name["PersonService"]
    return replace(service, add=add, also=(*service.also, offered))

"""PersonService over gRPC: decode, one verb, encode."""

from __future__ import annotations

from typing import Any

import grpc

from atelier.generator.v1 import person_pb2 as pb
from atelier.generator.v1.person_pb2_grpc import PersonServiceServicer
from atelierkit.identity import require_caller
from services.generator.convert import people as convert
from services.generator.use_cases.people import ExportPerson, ForgetPerson

Context = grpc.aio.ServicerContext[Any, Any]


class PersonServicer(PersonServiceServicer):
    """Offers the verbs to the calling person, about that person alone."""

    def __init__(self, *, export_person: ExportPerson, forget_person: ForgetPerson) -> None:
        self._export_person = export_person
        self._forget_person = forget_person

    async def ExportPerson(
        self, request: pb.ExportPersonRequest, context: Context
    ) -> pb.ExportPersonResponse:
        place = convert.place(request.page_token)
        return convert.part(await self._export_person(require_caller().subject, place))

    async def DeletePerson(
        self, request: pb.DeletePersonRequest, context: Context
    ) -> pb.DeletePersonResponse:
        await self._forget_person(require_caller().subject)
        return pb.DeletePersonResponse()

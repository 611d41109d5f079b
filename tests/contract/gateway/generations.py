"""Generations behind the gateway: the real verbs on records in memory, and a catalogue of a few poses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import grpc

from atelier.catalog.v1 import catalog_pb2, poses_pb2
from atelier.catalog.v1 import poses_pb2_grpc as rpc
from atelier.generator.v1 import generations_pb2
from atelier.generator.v1.generations_pb2_grpc import add_GenerationServiceServicer_to_server
from atelierkit.errors import NotFound
from atelierkit.server import Service
from services.generator.bootstrap import generation_verbs
from services.generator.servicer.generations import GenerationServicer
from tests.unit.generator.world import World

NAMES = {"contrapposto": "Contrapposto", "seated": "Seated", "bent-elbow": "Bent elbow"}


class PosesDouble(rpc.PoseServiceServicer):
    """Knows the poses of the clay shelf."""

    async def GetPose(self, request: poses_pb2.GetPoseRequest, context: Any) -> poses_pb2.GetPoseResponse:
        if request.id not in NAMES:
            raise NotFound("there is no such pose")
        name = catalog_pb2.LocalizedText(en=NAMES[request.id], fr=f"{NAMES[request.id]} (fr)")
        summary = poses_pb2.PoseSummary(
            id=request.id, name=name, category="standing", difficulty=poses_pb2.POSE_DIFFICULTY_EASY
        )
        return poses_pb2.GetPoseResponse(summary=summary)

    def beside(self, service: Service) -> Service:
        """The catalogue, which offers poses as well."""

        def add(server: grpc.aio.Server) -> None:
            service.add(server)
            rpc.add_PoseServiceServicer_to_server(self, server)

        descriptor = poses_pb2.DESCRIPTOR.services_by_name["PoseService"]
        return replace(service, add=add, also=(*service.also, descriptor))


def with_generations(service: Service, world: World) -> Service:
    """The generator, which offers generations as well."""
    servicer = GenerationServicer(generation_verbs(world.tools))

    def add(server: grpc.aio.Server) -> None:
        service.add(server)
        add_GenerationServiceServicer_to_server(servicer, server)

    descriptor = generations_pb2.DESCRIPTOR.services_by_name["GenerationService"]
    return replace(service, add=add, also=(*service.also, descriptor))

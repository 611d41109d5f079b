"""Generations behind the gateway: the real verbs on records in memory, and a few poses more in the catalogue."""

from __future__ import annotations

from dataclasses import replace

import grpc

from atelier.generator.v1 import generations_pb2
from atelier.generator.v1.generations_pb2_grpc import add_GenerationServiceServicer_to_server
from atelierkit.server import Service
from services.catalog.adapters.seed import Seed
from services.catalog.domain.model import Text
from services.catalog.domain.poses import BodyType, Difficulty, Pose, PoseSummary, Support
from services.generator.bootstrap import generation_verbs
from services.generator.servicer.generations import GenerationServicer
from tests.unit.generator.world import World

NAMES = {"contrapposto": "Contrapposto", "seated": "Seated", "bent-elbow": "Bent elbow"}


def with_known(seed: Seed) -> Seed:
    """The catalogue, whose library has the poses of the clay shelf as well, behind its own."""
    known = [
        Pose(
            PoseSummary(
                id=id,
                name=Text(name, f"{name} (fr)"),
                description=Text(f"{name} as a sentence", f"{name}, en une phrase"),
                category="standing",
                tags=(),
                difficulty=Difficulty.EASY,
                suits=tuple(BodyType),
                support=Support.FEET,
            ),
            {},
        )
        for id, name in NAMES.items()
    ]
    return replace(seed, library=replace(seed.library, poses=(*seed.library.poses, *known)))


def with_generations(service: Service, world: World) -> Service:
    """The generator, which offers generations as well."""
    servicer = GenerationServicer(generation_verbs(world.tools))

    def add(server: grpc.aio.Server) -> None:
        service.add(server)
        add_GenerationServiceServicer_to_server(servicer, server)

    descriptor = generations_pb2.DESCRIPTOR.services_by_name["GenerationService"]
    return replace(service, add=add, also=(*service.also, descriptor))

"""The generator's own poses, own backgrounds and links behind the gateway: its real verbs, on clay."""

from __future__ import annotations

from dataclasses import replace

import grpc.aio

from atelier.generator.v1 import custom_backgrounds_pb2, custom_poses_pb2, shares_pb2
from atelier.generator.v1.custom_backgrounds_pb2_grpc import add_CustomBackgroundServiceServicer_to_server
from atelier.generator.v1.custom_poses_pb2_grpc import add_CustomPoseServiceServicer_to_server
from atelier.generator.v1.shares_pb2_grpc import add_ShareServiceServicer_to_server
from atelierkit.server import Service
from services.generator.offers import background_verbs, pose_verbs, share_verbs
from services.generator.servicer.custom_backgrounds import CustomBackgroundServicer
from services.generator.servicer.custom_poses import CustomPoseServicer
from services.generator.servicer.shares import ShareServicer
from tests.unit.generator.world import World


def with_own_poses(service: Service, world: World) -> Service:
    """The generator, which offers own poses, own backgrounds and links as well."""
    poses, shares = CustomPoseServicer(pose_verbs(world.tools)), ShareServicer(share_verbs(world.tools))
    backgrounds = CustomBackgroundServicer(background_verbs(world.tools))

    def add(server: grpc.aio.Server) -> None:
        service.add(server)
        add_CustomPoseServiceServicer_to_server(poses, server)
        add_CustomBackgroundServiceServicer_to_server(backgrounds, server)
        add_ShareServiceServicer_to_server(shares, server)

    offered = (
        custom_poses_pb2.DESCRIPTOR.services_by_name["CustomPoseService"],
        custom_backgrounds_pb2.DESCRIPTOR.services_by_name["CustomBackgroundService"],
        shares_pb2.DESCRIPTOR.services_by_name["ShareService"],
    )
    return replace(service, add=add, also=(*service.also, *offered))

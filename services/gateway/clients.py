"""Stubs of the five services behind the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import grpc.aio

from atelier.auth.v1 import auth_pb2, auth_pb2_grpc
from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc
from atelier.generator.v1 import generator_pb2, generator_pb2_grpc
from atelier.mesher.v1 import mesher_pb2, mesher_pb2_grpc
from atelier.tryon.v1 import tryon_pb2, tryon_pb2_grpc
from atelierkit import client
from atelierkit.blobs import Blobs
from services.gateway.settings import GatewaySettings


@dataclass(frozen=True)
class Clients:
    """The services, and the store that their files lie in."""

    auth: auth_pb2_grpc.AuthServiceAsyncStub
    catalog: catalog_pb2_grpc.CatalogServiceAsyncStub
    generator: generator_pb2_grpc.GeneratorServiceAsyncStub
    mesher: mesher_pb2_grpc.MesherServiceAsyncStub
    tryon: tryon_pb2_grpc.TryonServiceAsyncStub
    blobs: Blobs
    channels: Mapping[str, grpc.aio.Channel]
    """Channel by service, for readiness."""


async def connect(settings: GatewaySettings, blobs: Blobs, stack: AsyncExitStack) -> Clients:
    """Open a channel to each service; they close with `stack`."""
    channels = {
        name: await stack.enter_async_context(client.channel(addr, settings, services=[descriptor]))
        for name, addr, descriptor in (
            ("auth", settings.auth_addr, auth_pb2.DESCRIPTOR.services_by_name["AuthService"]),
            ("catalog", settings.catalog_addr, catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"]),
            (
                "generator",
                settings.generator_addr,
                generator_pb2.DESCRIPTOR.services_by_name["GeneratorService"],
            ),
            ("mesher", settings.mesher_addr, mesher_pb2.DESCRIPTOR.services_by_name["MesherService"]),
            ("tryon", settings.tryon_addr, tryon_pb2.DESCRIPTOR.services_by_name["TryonService"]),
        )
    }
    return Clients(
        auth=auth_pb2_grpc.AuthServiceStub(channels["auth"]),
        catalog=catalog_pb2_grpc.CatalogServiceStub(channels["catalog"]),
        generator=generator_pb2_grpc.GeneratorServiceStub(channels["generator"]),
        mesher=mesher_pb2_grpc.MesherServiceStub(channels["mesher"]),
        tryon=tryon_pb2_grpc.TryonServiceStub(channels["tryon"]),
        blobs=blobs,
        channels=channels,
    )

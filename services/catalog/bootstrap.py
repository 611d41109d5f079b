"""Where the catalogue's objects meet."""

from __future__ import annotations

import functools
from contextlib import AsyncExitStack
from dataclasses import replace

import grpc.aio

from atelier.catalog.v1 import catalog_pb2, poses_pb2
from atelier.catalog.v1.catalog_pb2_grpc import add_CatalogServiceServicer_to_server
from atelier.catalog.v1.poses_pb2_grpc import add_PoseServiceServicer_to_server
from atelierkit import sql
from atelierkit.health import Dependency
from atelierkit.service import Service
from services.catalog.adapters.postgres import PostgresUnitOfWork
from services.catalog.domain.ports import UnitsOfWork
from services.catalog.servicer.catalog import CatalogServicer
from services.catalog.servicer.poses import PoseServicer
from services.catalog.settings import CatalogSettings
from services.catalog.use_cases.looks import GetGarment, ListGarments, ListHairstyles, ListSkins, ResolveLook
from services.catalog.use_cases.poses import GetPose, ListPoseFacets, ListPoses

SCHEMA = "catalog"


async def build(settings: CatalogSettings, stack: AsyncExitStack) -> Service:
    """The service on PostgreSQL; its connections close with the stack."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema=SCHEMA))
    service = assemble(units=functools.partial(PostgresUnitOfWork, engine))
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    return replace(service, dependencies={"database": Dependency(ping)})


def assemble(*, units: UnitsOfWork) -> Service:
    """The service on this store. Every call of it is public, so it verifies no tokens."""
    catalog = CatalogServicer(
        list_garments=ListGarments(units),
        get_garment=GetGarment(units),
        list_hairstyles=ListHairstyles(units),
        list_skins=ListSkins(units),
        resolve_look=ResolveLook(units),
    )
    poses = PoseServicer(
        list_poses=ListPoses(units), get_pose=GetPose(units), list_facets=ListPoseFacets(units)
    )

    def add(server: grpc.aio.Server) -> None:
        add_CatalogServiceServicer_to_server(catalog, server)
        add_PoseServiceServicer_to_server(poses, server)

    descriptor = catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"]
    return Service(
        name=descriptor.full_name,
        add=add,
        descriptor=descriptor,
        also=[poses_pb2.DESCRIPTOR.services_by_name["PoseService"]],
    )

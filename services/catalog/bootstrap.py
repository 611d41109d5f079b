"""Where the catalogue's objects meet."""

from __future__ import annotations

import functools
from contextlib import AsyncExitStack
from dataclasses import replace

from atelier.catalog.v1 import catalog_pb2
from atelier.catalog.v1.catalog_pb2_grpc import add_CatalogServiceServicer_to_server
from atelierkit import sql
from atelierkit.health import Dependency
from atelierkit.service import Service
from services.catalog.adapters.postgres import PostgresUnitOfWork
from services.catalog.domain.ports import UnitsOfWork
from services.catalog.servicer import CatalogServicer
from services.catalog.settings import CatalogSettings
from services.catalog.use_cases import GetGarment, ListGarments, ListHairstyles, ListSkins, ResolveLook

SCHEMA = "catalog"


async def build(settings: CatalogSettings, stack: AsyncExitStack) -> Service:
    """The service on PostgreSQL; its connections close with the stack."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema=SCHEMA))
    service = assemble(units=functools.partial(PostgresUnitOfWork, engine))
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    return replace(service, dependencies={"database": Dependency(ping)})


def assemble(*, units: UnitsOfWork) -> Service:
    """The service on this store. Every call of it is public, so it verifies no tokens."""
    servicer = CatalogServicer(
        list_garments=ListGarments(units),
        get_garment=GetGarment(units),
        list_hairstyles=ListHairstyles(units),
        list_skins=ListSkins(units),
        resolve_look=ResolveLook(units),
    )
    descriptor = catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"]
    return Service(
        name=descriptor.full_name,
        add=functools.partial(add_CatalogServiceServicer_to_server, servicer),
        descriptor=descriptor,
    )

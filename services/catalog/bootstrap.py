"""Composition root of the catalog service."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial

from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc
from atelierkit import sql
from atelierkit.service import Service
from services.catalog.adapters.postgres import PostgresUnitOfWork
from services.catalog.domain.ports import UnitsOfWork
from services.catalog.servicer import CatalogServicer
from services.catalog.settings import CatalogSettings
from services.catalog.use_cases import GetGarment, ListGarments, ListHairstyles, ListSkins, ResolveLook

_DESCRIPTOR = catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"]


async def build(settings: CatalogSettings, stack: AsyncExitStack) -> Service:
    """The service over PostgreSQL; its connections close with the stack."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema="catalog"))
    return service(partial(PostgresUnitOfWork, engine))


def service(units: UnitsOfWork) -> Service:
    """The service over any store. Everything in it is public, so it verifies no tokens."""
    servicer = CatalogServicer(
        list_garments=ListGarments(units),
        get_garment=GetGarment(units),
        list_hairstyles=ListHairstyles(units),
        list_skins=ListSkins(units),
        resolve_look=ResolveLook(units),
    )
    return Service(
        name=_DESCRIPTOR.full_name,
        add=partial(catalog_pb2_grpc.add_CatalogServiceServicer_to_server, servicer),
        descriptor=_DESCRIPTOR,
    )

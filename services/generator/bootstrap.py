"""Where the generator's objects meet."""

from __future__ import annotations

import functools
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor

from anthropometry.population import Population
from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc
from atelier.generator.v1 import generator_pb2
from atelier.generator.v1.generator_pb2_grpc import add_GeneratorServiceServicer_to_server
from atelier.mesher.v1 import mesher_pb2, mesher_pb2_grpc
from atelierkit import blobs, client, issuer, periodic, sql
from atelierkit.health import Dependency
from atelierkit.identity import TokenVerifier
from atelierkit.inference import Inference, LocalInference, TritonInference, WatchedInference
from atelierkit.inference.versions import released_version
from atelierkit.service import Service
from atelierkit.watch.blobs import WatchedBlobs
from services.generator.adapters.catalog import CatalogLooks, RememberedLooks
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.mesher import RemoteMesher
from services.generator.adapters.network import MODEL, BodyNetwork
from services.generator.adapters.population import PopulationEstimator
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.adapters.scanner import RemoteScanner
from services.generator.domain.ports import (
    Clock,
    Estimator,
    FileStore,
    Looks,
    Mesher,
    Network,
    Scanner,
    UnitsOfWork,
)
from services.generator.servicer import GeneratorServicer
from services.generator.settings import GeneratorSettings
from services.generator.use_cases.avatars import CreateAvatar, DeleteAvatar, GetAvatar, ListAvatars
from services.generator.use_cases.bodies import EstimateMeasurements, MakePerson, PreviewAvatar
from services.generator.use_cases.changes import ExportAvatar, Rebuild, UpdateAvatar
from services.generator.use_cases.scans import CreateScan, DeleteScan, GetScan
from services.generator.use_cases.shelf import Shelf, TidyUp

SCHEMA = "generator"


async def build(settings: GeneratorSettings, stack: AsyncExitStack) -> Service:
    """The service on PostgreSQL, the object store and its neighbours; all connections close with the stack."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema=SCHEMA))
    catalog = await stack.enter_async_context(
        client.channel(settings.catalog_addr, settings, services=[_service(catalog_pb2, "CatalogService")])
    )
    mesher = await stack.enter_async_context(
        client.channel(settings.mesher_addr, settings, services=[_service(mesher_pb2, "MesherService")])
    )
    mesher_stub = mesher_pb2_grpc.MesherServiceStub(mesher)
    units = functools.partial(PostgresUnitOfWork, engine)
    store = BlobFiles(WatchedBlobs(blobs.open(settings.blob_url)))
    clock = functools.partial(datetime.now, UTC)
    tidy_up = TidyUp(Shelf(units, store), clock, timedelta(seconds=settings.tidy_age_s))
    await stack.enter_async_context(periodic.every(settings.tidy_interval_s, tidy_up, name="tidy up"))
    verifier = await issuer.verifier(settings, stack)
    inference = await _inference(settings, stack)
    service = assemble(
        units=units,
        store=store,
        estimator=PopulationEstimator(Population.load(settings.models_dir)),
        network=BodyNetwork(inference, released_version(settings.models_dir, MODEL)),
        looks=RememberedLooks(
            CatalogLooks(catalog_pb2_grpc.CatalogServiceStub(catalog), settings.catalog_timeout_s)
        ),
        mesher=RemoteMesher(mesher_stub, settings.mesher_timeout_s),
        scanner=RemoteScanner(mesher_stub, settings.scan_timeout_s),
        clock=clock,
        verifier=verifier,
    )
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    dependencies = {
        "database": Dependency(ping),
        "auth_keys": Dependency(verifier.know_keys),
        # Without these three, what is stored can still be listed and fetched.
        "catalog": Dependency(client.reaching(catalog), hard=False),
        "mesher": Dependency(client.reaching(mesher), hard=False),
    }
    if settings.inference != "local":
        check = functools.partial(inference.ready, MODEL)
        dependencies["inference"] = Dependency(
            check, hard=False, period_s=5.0, timeout_s=settings.infer_timeout_s
        )
    return replace(service, dependencies=dependencies)


def assemble(
    *,
    units: UnitsOfWork,
    store: FileStore,
    estimator: Estimator,
    network: Network,
    looks: Looks,
    mesher: Mesher,
    scanner: Scanner,
    clock: Clock,
    verifier: TokenVerifier,
) -> Service:
    """The service on these adapters."""
    shelf = Shelf(units, store)
    make_person = MakePerson(estimator, network)
    get_avatar = GetAvatar(units)
    rebuild = Rebuild(mesher, shelf)
    servicer = GeneratorServicer(
        create_avatar=CreateAvatar(make_person, estimator, looks, mesher, shelf, clock),
        preview_avatar=PreviewAvatar(make_person, mesher),
        estimate_measurements=EstimateMeasurements(estimator),
        get_avatar=get_avatar,
        list_avatars=ListAvatars(units),
        update_avatar=UpdateAvatar(get_avatar, looks, rebuild, shelf, clock),
        delete_avatar=DeleteAvatar(units, shelf),
        export_avatar=ExportAvatar(get_avatar, looks, rebuild, shelf),
        create_scan=CreateScan(scanner, shelf, clock),
        get_scan=GetScan(units),
        delete_scan=DeleteScan(units, shelf),
    )
    descriptor = _service(generator_pb2, "GeneratorService")
    return Service(
        name=descriptor.full_name,
        add=functools.partial(add_GeneratorServiceServicer_to_server, servicer),
        descriptor=descriptor,
        verifier=verifier,
    )


async def _inference(settings: GeneratorSettings, stack: AsyncExitStack) -> Inference:
    """In this process the network is tried out at once: a broken model must not look like a service."""
    if settings.inference != "local":
        triton = TritonInference(
            settings.inference,
            settings if settings.inference_tls else None,
            timeout_s=settings.infer_timeout_s,
            versions={MODEL: released_version(settings.models_dir, MODEL)},
        )
        return WatchedInference(await stack.enter_async_context(triton), "triton")
    local = await stack.enter_async_context(LocalInference(settings.models_dir))
    await local.ready(MODEL)
    return WatchedInference(local, "local")


def _service(module: Any, name: str) -> ServiceDescriptor:
    """Its descriptor: the channel learns from it which calls may be repeated."""
    descriptor: ServiceDescriptor = module.DESCRIPTOR.services_by_name[name]
    return descriptor

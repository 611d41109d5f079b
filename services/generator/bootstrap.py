"""Where the generator's objects meet: those of its server, and what its worker has in common with that."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor

from anthropometry.population import Population
from atelier.auth.v1 import (
    auth_pb2,
    consents_pb2,
    consents_pb2_grpc,
    credits_pb2,
    credits_pb2_grpc,
    events_pb2,
    people_pb2,
)
from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc, poses_pb2, poses_pb2_grpc
from atelier.generator.v1 import (
    custom_backgrounds_pb2,
    custom_poses_pb2,
    faces_pb2,
    generations_pb2,
    generator_pb2,
    jobs_pb2,
    person_pb2,
    shares_pb2,
)
from atelier.generator.v1 import pictures_pb2 as own_pictures_pb2
from atelier.generator.v1.custom_backgrounds_pb2_grpc import add_CustomBackgroundServiceServicer_to_server
from atelier.generator.v1.custom_poses_pb2_grpc import add_CustomPoseServiceServicer_to_server
from atelier.generator.v1.faces_pb2_grpc import add_FaceServiceServicer_to_server
from atelier.generator.v1.generations_pb2_grpc import add_GenerationServiceServicer_to_server
from atelier.generator.v1.generator_pb2_grpc import add_GeneratorServiceServicer_to_server
from atelier.generator.v1.jobs_pb2_grpc import add_JobServiceServicer_to_server
from atelier.generator.v1.person_pb2_grpc import add_PersonServiceServicer_to_server
from atelier.generator.v1.pictures_pb2_grpc import add_PictureServiceServicer_to_server
from atelier.generator.v1.shares_pb2_grpc import add_ShareServiceServicer_to_server
from atelier.mesher.v1 import faces_pb2 as mesher_faces_pb2
from atelier.mesher.v1 import mesher_pb2, mesher_pb2_grpc, pictures_pb2
from atelierkit import blobs, client, issuer, sql
from atelierkit.admission import Admission, Limits
from atelierkit.health import Dependency
from atelierkit.identity import TokenVerifier
from atelierkit.inference import Inference, LocalInference, TritonInference, WatchedInference
from atelierkit.inference.versions import released_version
from atelierkit.jobs import Rail
from atelierkit.service import Service
from atelierkit.watch.blobs import WatchedBlobs
from facemodel.topology import FaceTopology
from services.generator.adapters.background_reader import UploadedBackgrounds
from services.generator.adapters.catalog import CatalogLooks, RememberedLooks
from services.generator.adapters.consents import RemoteConsents
from services.generator.adapters.credits import RemoteCredits
from services.generator.adapters.face_mesher import RemoteFaceMesher
from services.generator.adapters.face_networks import MESH, MODELS, KnownFaceModel
from services.generator.adapters.face_sense import FaceSense
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.job_changes import JobChanges, listening
from services.generator.adapters.kept_photos import RenewedPhotos
from services.generator.adapters.mesher import RemoteMesher
from services.generator.adapters.network import MODEL, BodyNetwork
from services.generator.adapters.photos import PhotoReader
from services.generator.adapters.picture_mesher import RemotePictureMesher
from services.generator.adapters.plain_looks import CatalogPlainLooks
from services.generator.adapters.population import PopulationEstimator
from services.generator.adapters.pose_networks import POSE_MODELS
from services.generator.adapters.pose_reader import UploadedPoses
from services.generator.adapters.poses import CatalogPoses
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.adapters.scanner import RemoteScanner
from services.generator.adapters.video_mesher import RemoteVideoMesher
from services.generator.domain.faces import Terms
from services.generator.domain.ports_jobs import Changes
from services.generator.offers import background_verbs, pose_verbs, share_verbs
from services.generator.servicer.avatars import GeneratorServicer
from services.generator.servicer.custom_backgrounds import CustomBackgroundServicer
from services.generator.servicer.custom_poses import CustomPoseServicer
from services.generator.servicer.faces import FaceServicer, FaceVerbs
from services.generator.servicer.generations import GenerationServicer, GenerationVerbs
from services.generator.servicer.jobs import JobServicer
from services.generator.servicer.people import PersonServicer
from services.generator.servicer.pictures import PictureServicer, PictureVerbs
from services.generator.servicer.shares import ShareServicer
from services.generator.settings import GeneratorSettings
from services.generator.tools import Tools
from services.generator.use_cases.avatars import DeleteAvatar, GetAvatar, ListAvatars
from services.generator.use_cases.batches import CreateBatch
from services.generator.use_cases.bodies import EstimateMeasurements, MakePerson, PreviewAvatar
from services.generator.use_cases.changes import (
    ExportAvatar,
    Rebuild,
    UpdateAvatar,
)
from services.generator.use_cases.custom_poses import OwnAndLibraryPoses
from services.generator.use_cases.faces import CreateFace, DeleteFace, DownloadFace, GetFace, ListFaces
from services.generator.use_cases.generation_jobs import (
    CreateGenerations,
    DeleteGeneration,
    GetGeneration,
    ListGenerations,
    SumGenerations,
)
from services.generator.use_cases.jobs import CancelJob, GetJob, ListJobs, RetryJob, WatchJob
from services.generator.use_cases.people import ExportPerson
from services.generator.use_cases.photo_jobs import CreateAvatarFromPhotos
from services.generator.use_cases.pictures import Album, GetPicture
from services.generator.use_cases.scans import CreateScan, DeleteScan, GetScan
from services.generator.use_cases.videos import ExportVideo

SCHEMA = "generator"
PHOTOS_S = 0.3
"""Time that reading three photos takes, until the first was measured."""


async def build(settings: GeneratorSettings, stack: AsyncExitStack) -> Service:
    """The service on PostgreSQL, the object store and its neighbours; all connections close with the stack."""
    rail = Rail(settings.database_url, schema=SCHEMA)
    auth = await open_auth(settings, stack)
    tools, dependencies = await open_tools(settings, rail, auth, stack)
    changes = JobChanges(settings.job_watch_poll_s)
    await stack.enter_async_context(listening(settings.database_url.get_secret_value(), changes))
    verifier = await issuer.verifier(settings, stack)
    service = assemble(tools, changes=changes, verifier=verifier)
    return replace(service, dependencies={**dependencies, "auth_keys": Dependency(verifier.know_keys)})


async def open_auth(settings: GeneratorSettings, stack: AsyncExitStack) -> grpc.aio.Channel:
    """A channel to auth and everything that it offers to the generator."""
    services = [
        _service(auth_pb2, "AuthService"),
        _service(consents_pb2, "ConsentService"),
        _service(credits_pb2, "CreditService"),
        _service(events_pb2, "EventService"),
        _service(people_pb2, "PeopleService"),
    ]
    return await stack.enter_async_context(client.channel(settings.auth_addr, settings, services=services))


async def open_tools(
    settings: GeneratorSettings, rail: Rail, auth: grpc.aio.Channel, stack: AsyncExitStack
) -> tuple[Tools, Mapping[str, Dependency]]:
    """The tools on PostgreSQL, the object store and the neighbours, and whether those answer."""
    engine = await stack.enter_async_context(sql.engine_of(settings, schema=SCHEMA))
    catalog = await stack.enter_async_context(
        client.channel(
            settings.catalog_addr,
            settings,
            services=[_service(catalog_pb2, "CatalogService"), _service(poses_pb2, "PoseService")],
        )
    )
    mesher = await stack.enter_async_context(
        client.channel(
            settings.mesher_addr,
            settings,
            services=[
                _service(mesher_pb2, "MesherService"),
                _service(mesher_faces_pb2, "FaceMeshService"),
                _service(pictures_pb2, "PictureService"),
            ],
        )
    )
    inference = await _inference(settings, stack)
    store = BlobFiles(WatchedBlobs(blobs.open(settings.blob_url)))
    units, photos = functools.partial(PostgresUnitOfWork, engine, rail), _photo_queue(settings)
    tools = Tools(
        units=units,
        store=store,
        estimator=PopulationEstimator(Population.load(settings.models_dir)),
        network=BodyNetwork(inference, released_version(settings.models_dir, MODEL)),
        looks=RememberedLooks(
            CatalogLooks(catalog_pb2_grpc.CatalogServiceStub(catalog), settings.catalog_timeout_s)
        ),
        plain_looks=CatalogPlainLooks(
            catalog_pb2_grpc.CatalogServiceStub(catalog), settings.catalog_timeout_s
        ),
        mesher=RemoteMesher(mesher, settings.mesher_timeout_s),
        scanner=RemoteScanner(mesher_pb2_grpc.MesherServiceStub(mesher), settings.scan_timeout_s),
        face_reader=PhotoReader(
            inference,
            store,
            photos,
            FaceSense(FaceTopology.load(settings.models_dir), released_version(settings.models_dir, MESH)),
        ),
        face_models=KnownFaceModel(inference, released_version(settings.models_dir, MESH)),
        face_mesher=RemoteFaceMesher(mesher, settings.face_timeout_s),
        picture_mesher=RemotePictureMesher(mesher, settings.picture_timeout_s),
        video_mesher=RemoteVideoMesher(mesher, settings.video_timeout_s),
        poses=OwnAndLibraryPoses(
            units, CatalogPoses(poses_pb2_grpc.PoseServiceStub(catalog), settings.catalog_timeout_s)
        ),
        pose_reader=UploadedPoses(inference, store, photos),
        background_reader=UploadedBackgrounds(store, photos),
        consents=RemoteConsents(consents_pb2_grpc.ConsentServiceStub(auth), settings.auth_timeout_s),
        credits=RemoteCredits(credits_pb2_grpc.CreditServiceStub(auth), settings.auth_timeout_s),
        kept_photos=RenewedPhotos(store, photos),
        clock=functools.partial(datetime.now, UTC),
        terms=Terms(
            anonymous_faces=timedelta(hours=settings.anonymous_face_hours),
            photos=timedelta(days=settings.kept_photos_days),
            uploads=timedelta(seconds=settings.upload_age_s),
        ),
    )
    ping = await stack.enter_async_context(sql.pinging(settings, schema=SCHEMA))
    dependencies = {
        "database": Dependency(ping),
        # Without these three, what is stored can still be listed and fetched.
        "catalog": Dependency(client.reaching(catalog), hard=False),
        "mesher": Dependency(client.reaching(mesher), hard=False),
    }
    if settings.inference != "local":
        check = functools.partial(inference.ready, MODEL)
        dependencies["inference"] = Dependency(
            check, hard=False, period_s=5.0, timeout_s=settings.infer_timeout_s
        )
    return tools, dependencies


def assemble(tools: Tools, *, changes: Changes, verifier: TokenVerifier) -> Service:
    """The service with these tools."""
    avatars, jobs = _avatars(tools), job_servicer(tools, changes)
    faces, generations = face_servicer(tools), GenerationServicer(generation_verbs(tools))
    pictures = PictureServicer(picture_verbs(tools))
    poses, shares = CustomPoseServicer(pose_verbs(tools)), ShareServicer(share_verbs(tools))
    backgrounds = CustomBackgroundServicer(background_verbs(tools))
    people = PersonServicer(export_person=ExportPerson(tools.units), forget_person=tools.forget_person())

    def add(server: grpc.aio.Server) -> None:
        add_GeneratorServiceServicer_to_server(avatars, server)
        add_JobServiceServicer_to_server(jobs, server)
        add_PersonServiceServicer_to_server(people, server)
        add_FaceServiceServicer_to_server(faces, server)
        add_GenerationServiceServicer_to_server(generations, server)
        add_PictureServiceServicer_to_server(pictures, server)
        add_CustomPoseServiceServicer_to_server(poses, server)
        add_CustomBackgroundServiceServicer_to_server(backgrounds, server)
        add_ShareServiceServicer_to_server(shares, server)

    descriptor = _service(generator_pb2, "GeneratorService")
    return Service(
        name=descriptor.full_name,
        add=add,
        descriptor=descriptor,
        also=(
            _service(jobs_pb2, "JobService"),
            _service(person_pb2, "PersonService"),
            _service(faces_pb2, "FaceService"),
            _service(generations_pb2, "GenerationService"),
            _service(own_pictures_pb2, "PictureService"),
            _service(custom_poses_pb2, "CustomPoseService"),
            _service(custom_backgrounds_pb2, "CustomBackgroundService"),
            _service(shares_pb2, "ShareService"),
        ),
        verifier=verifier,
    )


def _avatars(tools: Tools) -> GeneratorServicer:
    units, looks, mesher, clock = tools.units, tools.looks, tools.mesher, tools.clock
    shelf = tools.shelf()
    get_avatar = GetAvatar(units)
    return GeneratorServicer(
        create_avatar=tools.create_avatar(),
        preview_avatar=PreviewAvatar(MakePerson(tools.estimator, tools.network), mesher),
        estimate_measurements=EstimateMeasurements(tools.estimator),
        get_avatar=get_avatar,
        list_avatars=ListAvatars(units),
        update_avatar=UpdateAvatar(get_avatar, tools.redress(), tools.poses),
        delete_avatar=DeleteAvatar(units, shelf),
        export_avatar=ExportAvatar(get_avatar, tools.poses, looks, Rebuild(mesher, shelf), shelf),
        create_scan=CreateScan(tools.scanner, shelf, clock),
        get_scan=GetScan(units),
        delete_scan=DeleteScan(units, shelf),
    )


def face_servicer(tools: Tools) -> FaceServicer:
    """The verbs of faces."""
    units, shelf, clock = tools.units, tools.shelf(), tools.clock
    return FaceServicer(
        FaceVerbs(
            create_face=CreateFace(tools.make_face(), tools.consents, shelf),
            get_face=GetFace(units, clock),
            list_faces=ListFaces(units),
            download_face=DownloadFace(units, clock),
            delete_face=DeleteFace(units, shelf, clock),
            models=tools.face_models,
            create_avatar_from_photos=CreateAvatarFromPhotos(
                units, tools.estimator, tools.looks, tools.credits, tools.consents, shelf, clock
            ),
            set_avatar_face=tools.set_avatar_face(),
        )
    )


def picture_verbs(tools: Tools) -> PictureVerbs:
    """The verbs of pictures and videos."""
    get_avatar, album = GetAvatar(tools.units), Album(tools.shelf(), tools.clock)
    return PictureVerbs(
        export_picture=tools.export_picture(),
        export_video=ExportVideo(get_avatar, tools.poses, tools.hang_scenery(), tools.credits, album),
        get_picture=GetPicture(tools.units),
    )


def generation_verbs(tools: Tools) -> GenerationVerbs:
    """The verbs of generations."""
    units, shelf = tools.units, tools.shelf()
    create = CreateGenerations(
        units,
        tools.estimator,
        tools.looks,
        tools.poses,
        tools.hang_scenery(),
        tools.credits,
        tools.consents,
        tools.kept_photos,
        shelf,
        tools.clock,
        tools.terms,
    )
    return GenerationVerbs(
        create,
        GetGeneration(units),
        ListGenerations(units),
        DeleteGeneration(units, shelf, tools.clock),
        SumGenerations(units),
    )


def job_servicer(tools: Tools, changes: Changes) -> JobServicer:
    """The verbs of jobs, as others call them."""
    get_job = GetJob(tools.units)
    return JobServicer(
        create_batch=CreateBatch(tools.units, tools.estimator, tools.credits, tools.clock),
        get_job=get_job,
        list_jobs=ListJobs(tools.units),
        cancel_job=CancelJob(tools.units, tools.clock),
        watch_job=WatchJob(get_job, changes),
        retry_job=RetryJob(tools.units, tools.clock),
    )


def _photo_queue(settings: GeneratorSettings) -> Admission:
    """Requests whose photos are read at once, and how long another one may wait."""
    limits = Limits(settings.photo_threads, longest_wait_s=settings.photo_wait_s, usual_s=PHOTOS_S)
    return Admission("photos", limits)


async def _inference(settings: GeneratorSettings, stack: AsyncExitStack) -> Inference:
    """In this process the network is tried out at once: a broken model must not look like a service."""
    if settings.inference != "local":
        triton = TritonInference(
            settings.inference,
            settings if settings.inference_tls else None,
            timeout_s=settings.infer_timeout_s,
            versions={
                model: released_version(settings.models_dir, model)
                for model in (MODEL, *MODELS, *POSE_MODELS)
            },
        )
        return WatchedInference(await stack.enter_async_context(triton), "triton")
    local = await stack.enter_async_context(LocalInference(settings.models_dir))
    await local.ready(MODEL)
    return WatchedInference(local, "local")


def _service(module: Any, name: str) -> ServiceDescriptor:
    """Its descriptor: the channel learns from it which calls may be repeated."""
    descriptor: ServiceDescriptor = module.DESCRIPTOR.services_by_name[name]
    return descriptor

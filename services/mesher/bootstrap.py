"""Where the mesher's objects meet."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

import grpc

from anthropometry.population import Population
from atelier.mesher.v1 import (
    faces_pb2,
    faces_pb2_grpc,
    mesher_pb2,
    mesher_pb2_grpc,
    pictures_pb2,
    pictures_pb2_grpc,
)
from atelierkit import blobs, issuer, logs
from atelierkit.admission import Limits
from atelierkit.health import Dependency
from atelierkit.identity import TokenVerifier
from atelierkit.service import Service
from atelierkit.watch.blobs import WatchedBlobs
from atelierkit.workshop import Workshop, workshop
from facemodel.texture import Painter
from facemodel.topology import FaceTopology
from services.mesher.adapters.cloud_files import CloudReader
from services.mesher.adapters.drawing import devices
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.face_glb import FaceGlbWriter
from services.mesher.adapters.glb import GlbWriter
from services.mesher.adapters.jpeg import JpegPictures
from services.mesher.adapters.obj import ObjWriter
from services.mesher.adapters.picture_files import PillowPictures
from services.mesher.adapters.ply import PlyWriter
from services.mesher.adapters.poisson import PoissonReconstruction
from services.mesher.adapters.stl import StlWriter
from services.mesher.adapters.usdz import UsdzWriter
from services.mesher.adapters.video.film import Av1Films
from services.mesher.adapters.vrm import VrmWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.dresser import Dresser
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.mould import Mould
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.model import FileFormat
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.ports import Files, Surfaces, Writer
from services.mesher.domain.posing import Poser
from services.mesher.domain.scan.person import Finder
from services.mesher.domain.scan.reconstruct import Reconstructor
from services.mesher.domain.variants import Variants
from services.mesher.metrics import DRAWING_ON_CARD, Metrics, draw_timed, drawing_told
from services.mesher.servicer.bodies import FaceMeshServicer, MesherServicer
from services.mesher.servicer.pictures import PictureServicer
from services.mesher.settings import MesherSettings
from services.mesher.use_cases.bodies import BuildAvatar, BuildFace, PreviewBody, ReconstructScan, WornFaces
from services.mesher.use_cases.pictures import (
    Easel,
    RenderPicture,
    RenderPosePicture,
    Scenery,
    Sittings,
)
from services.mesher.use_cases.videos import PersonShots, RenderVideo

WRITERS: Mapping[FileFormat, Writer] = {
    FileFormat.GLB: GlbWriter(),
    FileFormat.VRM: VrmWriter(),
    FileFormat.USDZ: UsdzWriter(),
    FileFormat.OBJ: ObjWriter(),
    FileFormat.PLY: PlyWriter(),
    FileFormat.STL: StlWriter(),
}
"""A writer for every format."""

SCAN_S = 3.0
"""Time that a scan takes, until the first was measured."""
DRAWING_S = 1.0
"""The same for a picture."""
FILM_S = 30.0
"""The same for a video."""

_DESCRIPTOR = mesher_pb2.DESCRIPTOR.services_by_name["MesherService"]
_FACES_DESCRIPTOR = faces_pb2.DESCRIPTOR.services_by_name["FaceMeshService"]
_PICTURES_DESCRIPTOR = pictures_pb2.DESCRIPTOR.services_by_name["PictureService"]

_log = logs.get_logger(__name__)


async def build(settings: MesherSettings, stack: AsyncExitStack) -> Service:
    """The service over the object store; raises OSError when a model is absent, or the device that was to draw."""
    surfaces = PoissonReconstruction(settings.scan_threads)
    stack.callback(surfaces.close)
    verifier = await issuer.verifier(settings, stack)
    model, topology = BodyModel.load(settings.models_dir), FaceTopology.load(settings.models_dir)
    drawings = stack.enter_context(
        workshop("drawings", Limits(1, longest_wait_s=settings.longest_drawing_wait_s, usual_s=DRAWING_S))
    )
    easel = await ready_easel(drawings, settings.drawing_device)
    service = assemble(
        model=model,
        topology=topology,
        mould=Mould.load(settings.models_dir, model, topology),
        files=WatchedBlobs(blobs.open(settings.blob_url)),
        verifier=verifier,
        workshop=stack.enter_context(
            workshop("bodies", Limits(settings.workers, longest_wait_s=settings.longest_wait_s))
        ),
        # Apart and one at a time: a scan takes as long as twenty bodies, and needs as much memory.
        scan_workshop=stack.enter_context(
            workshop("scans", Limits(1, longest_wait_s=settings.longest_scan_wait_s, usual_s=SCAN_S))
        ),
        surfaces=surfaces,
        easel=easel,
        # Apart as well: a page of poses asks for hundreds, and whoever waits for an avatar does not know of it.
        gallery=stack.enter_context(
            workshop("gallery", Limits(1, longest_wait_s=settings.longest_gallery_wait_s, usual_s=DRAWING_S))
        ),
        screening=stack.enter_context(
            workshop("films", Limits(1, longest_wait_s=settings.longest_film_wait_s, usual_s=FILM_S))
        ),
        population=Population.load(settings.models_dir),
        kept_cuts=settings.kept_cuts,
    )
    return replace(service, dependencies={"auth_keys": Dependency(verifier.know_keys)})


async def ready_easel(drawings: Workshop, device: str) -> Easel:
    """What draws, opened. Where it cannot be opened all else works, and pictures are refused with the reason.

    Raise OSError where this device and no other was to draw.
    """
    easel = Easel(OpenGlDraughtsman(device, _draws), drawings, draw_timed)
    try:
        with drawing_told():
            await easel.open()
    except DrawingUnavailable as error:
        if device != devices.AUTO:
            why = error.metadata["why"]
            raise OSError(f"ATELIER_MESHER_DRAWING_DEVICE is {device}, which cannot draw: {why}") from error
        _log.warning("cannot draw pictures", why=error.metadata["why"])
    return easel


def _draws(renderer: str, device: devices.Device) -> None:
    """Tell what draws, each time that it is opened: after a lost context it may be something else."""
    DRAWING_ON_CARD.set(device.is_card)
    _log.info("ready to draw pictures", renderer=renderer, device=str(device))


def assemble(
    *,
    model: BodyModel,
    topology: FaceTopology,
    mould: Mould,
    files: Files,
    verifier: TokenVerifier,
    workshop: Workshop,
    scan_workshop: Workshop,
    surfaces: Surfaces,
    easel: Easel,
    gallery: Workshop,
    screening: Workshop,
    population: Population,
    kept_cuts: int,
) -> Service:
    """The service on these adapters."""
    watch = Metrics()
    outfitter = Outfitter(model, kept_cuts, watch)
    pictures = JpegPictures()
    dresser = Dresser(model, outfitter, Likeness(model.template, mould, outfitter.skin_picture), watch)
    worn_faces = WornFaces(pictures, files)
    variants, poser = Variants(model, outfitter), Poser(model, outfitter)
    servicer = MesherServicer(
        BuildAvatar(model, dresser, variants, WRITERS, poser, worn_faces, files, workshop),
        PreviewBody(model, workshop, watch),
        ReconstructScan(
            model,
            outfitter,
            Reconstructor(Finder(model.template, model.space), surfaces),
            CloudReader(),
            WRITERS[FileFormat.GLB],
            files,
            scan_workshop,
        ),
    )
    faces = FaceMeshServicer(BuildFace(Painter(topology), pictures, FaceGlbWriter(), files, workshop))
    drawn_files = PillowPictures()
    sittings = Sittings(dresser, variants, poser, worn_faces, workshop)
    scenery = Scenery(drawn_files, files, workshop)
    mannequins = Mannequins(model, outfitter, variants, population)
    drawings = PictureServicer(
        RenderPicture(sittings, scenery, easel, drawn_files, files, workshop),
        RenderPosePicture(mannequins, poser, easel, drawn_files, files, gallery),
        RenderVideo(PersonShots(sittings, scenery), easel, Av1Films(), files, screening),
    )

    def add(server: grpc.aio.Server) -> None:
        mesher_pb2_grpc.add_MesherServiceServicer_to_server(servicer, server)
        faces_pb2_grpc.add_FaceMeshServiceServicer_to_server(faces, server)
        pictures_pb2_grpc.add_PictureServiceServicer_to_server(drawings, server)

    return Service(
        name=_DESCRIPTOR.full_name,
        add=add,
        descriptor=_DESCRIPTOR,
        also=[_FACES_DESCRIPTOR, _PICTURES_DESCRIPTOR],
        verifier=verifier,
    )

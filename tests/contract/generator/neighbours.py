"""The generator behind a real gRPC server, with neighbours behind real servers of their own.

The catalogue is the real service on its released data. The mesher is the double of the unit tests, behind the
mesher's contract, with its validation and its demand for a token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import grpc.aio
import pytest

from anthropometry.measurements import NAMES
from atelier.catalog.v1.catalog_pb2_grpc import CatalogServiceStub
from atelier.common.v1 import body_pb2, face_pb2, file_pb2, outfit_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelier.generator.v1.faces_pb2_grpc import FaceServiceStub
from atelier.generator.v1.generations_pb2_grpc import GenerationServiceStub
from atelier.generator.v1.generator_pb2_grpc import GeneratorServiceStub
from atelier.generator.v1.jobs_pb2_grpc import JobServiceStub
from atelier.mesher.v1 import faces_pb2, mesher_pb2, pictures_pb2
from atelier.mesher.v1.faces_pb2_grpc import (
    FaceMeshServiceServicer,
    add_FaceMeshServiceServicer_to_server,
)
from atelier.mesher.v1.mesher_pb2_grpc import (
    MesherServiceServicer,
    MesherServiceStub,
    add_MesherServiceServicer_to_server,
)
from atelier.mesher.v1.pictures_pb2_grpc import (
    PictureServiceServicer,
    add_PictureServiceServicer_to_server,
)
from atelierkit.errors import AppError
from atelierkit.identity import require_caller
from atelierkit.server import Service
from atelierkit.testing import serve, signed_token, token_verifier
from services.catalog.adapters.memory import MemoryUnitOfWork as MemoryCatalogue
from services.catalog.adapters.seed import released
from services.catalog.bootstrap import assemble as assemble_catalog
from services.generator import convert
from services.generator.adapters.catalog import CatalogLooks
from services.generator.adapters.face_mesher import RemoteFaceMesher
from services.generator.adapters.mesher import RemoteMesher
from services.generator.adapters.picture_mesher import RemotePictureMesher
from services.generator.adapters.plain_looks import CatalogPlainLooks
from services.generator.adapters.scanner import RemoteScanner
from services.generator.bootstrap import assemble
from services.generator.domain.faces import Features, ReadFace, SeenPhoto, Slot
from services.generator.domain.model import (
    Interval,
    Person,
    PersonFace,
    Reading,
    Source,
    Target,
    Wardrobe,
)
from services.generator.domain.pictures import PictureOptions
from services.generator.domain.scan import Scan
from services.generator.tools import Tools
from tests.unit.generator.world import ClayMesher, ClayScanner, World

SEED = released()


class MesherDouble(MesherServiceServicer, FaceMeshServiceServicer, PictureServiceServicer):
    """The mesher's contract over the clay mesher."""

    def __init__(self, clay: ClayMesher, scanner: ClayScanner) -> None:
        self.clay = clay
        self.scanner = scanner
        self.callers: list[str] = []
        self.files: list[file_pb2.FileOptions] = []
        self.worn: list[face_pb2.PersonFace] = []
        self.appearances: list[outfit_pb2.Appearance] = []
        self.painted: list[faces_pb2.BuildFaceRequest] = []
        self.drawn: list[pictures_pb2.RenderPictureRequest] = []
        self.news: list[pictures_pb2.RenderVideoResponse] = []
        """What is told of each film."""
        self.error: Exception | None = None

    async def BuildAvatar(self, request: mesher_pb2.BuildAvatarRequest, context: Any) -> Any:
        self._called()
        self.files.append(request.file)
        self.appearances.append(request.appearance)
        wardrobe = _wardrobe(request)
        person = _person(request.body)
        if request.HasField("face"):
            self.worn.append(request.face)
            person = replace(person, face=_worn(request.face))
        build = await self.clay.build(person, wardrobe, convert.file_options(request.file))
        return mesher_pb2.BuildAvatarResponse(
            file=convert.blob_ref(build.file),
            quantities=body_pb2.BodyQuantities(
                volume_l=build.quantities.volume_l, surface_area_m2=build.quantities.surface_area_m2
            ),
            readings=map(_reading, build.readings),
            vertex_count=build.vertex_count,
            face_count=build.face_count,
        )

    async def RenderPicture(self, request: pictures_pb2.RenderPictureRequest, context: Any) -> Any:
        self._called()
        self.drawn.append(request)
        person = _person(request.sitter.body)
        if request.sitter.HasField("face"):
            person = replace(person, face=_worn(request.sitter.face))
        pose = request.pose.SerializeToString(deterministic=True) if request.HasField("pose") else None
        drawn = await self.clay.render_picture(
            person, _wardrobe(request.sitter), pose, PictureOptions(size=request.picture.size)
        )
        return pictures_pb2.RenderPictureResponse(
            file=convert.blob_ref(drawn.file), clamped_bones=[turn.bone for turn in request.pose.turns]
        )

    async def RenderPosePicture(self, request: pictures_pb2.RenderPosePictureRequest, context: Any) -> Any:
        raise NotImplementedError("the generator never asks for it")

    async def RenderVideo(
        self, request: pictures_pb2.RenderVideoRequest, context: Any
    ) -> AsyncIterator[pictures_pb2.RenderVideoResponse]:
        self._called()
        for news in self.news:
            yield news

    async def PreviewBody(self, request: mesher_pb2.PreviewBodyRequest, context: Any) -> Any:
        self._called()
        preview = await self.clay.preview(_person(request.body))
        return mesher_pb2.PreviewBodyResponse(
            positions=preview.positions,
            origin=_point(preview.origin),
            step=_point(preview.step),
            delivered_mm=preview.delivered_mm,
        )

    async def ReconstructScan(self, request: mesher_pb2.ReconstructScanRequest, context: Any) -> Any:
        self._called()
        cloud, format = convert.stored_file(request.cloud), convert.cloud_format(request.format)
        build = await self.scanner.reconstruct(cloud, format, register=request.register)
        scan = convert.scan_message(Scan(UUID(int=0), "", build, datetime.now(UTC)))
        return mesher_pb2.ReconstructScanResponse(
            report=scan.report,
            mesh=scan.mesh,
            registration=scan.registration if build.registration else None,
            body=scan.body if build.body else None,
        )

    async def BuildFace(self, request: faces_pb2.BuildFaceRequest, context: Any) -> Any:
        if self.error is not None:
            raise self.error
        self.painted.append(request)
        pictures = [
            (SeenPhoto(slot, b"", "", view.points), convert.stored_file(view.picture))
            for slot, view in zip(Slot, request.views, strict=False)
        ]
        read = ReadFace((), request.geometry.SerializeToString(), "", Features(), request.model_version, 0)
        mesh = await self.clay.build_face(read, pictures)
        return faces_pb2.BuildFaceResponse(
            file=convert.blob_ref(mesh.file),
            texture=convert.blob_ref(mesh.texture),
            vertex_count=mesh.vertex_count,
            face_count=mesh.face_count,
        )

    async def GetPreviewTopology(self, request: mesher_pb2.GetPreviewTopologyRequest, context: Any) -> Any:
        raise NotImplementedError("the generator never asks for it")

    def service(self) -> Service:
        descriptor = mesher_pb2.DESCRIPTOR.services_by_name["MesherService"]

        def add(server: grpc.aio.Server) -> None:
            add_MesherServiceServicer_to_server(self, server)
            add_FaceMeshServiceServicer_to_server(self, server)
            add_PictureServiceServicer_to_server(self, server)

        faces = faces_pb2.DESCRIPTOR.services_by_name["FaceMeshService"]
        pictures = pictures_pb2.DESCRIPTOR.services_by_name["PictureService"]
        return Service(descriptor.full_name, add, descriptor, token_verifier(), also=(faces, pictures))

    def _called(self) -> None:
        self.callers.append(require_caller().subject)
        if self.error is not None:
            raise self.error


@dataclass
class Town:
    """The generator, its neighbours, and what they remember."""

    stub: Any
    jobs: Any
    faces: Any
    generations: Any
    world: World
    tools: Tools
    mesher: MesherDouble

    async def call(self, method: str, request: Any, subject: str = "ann") -> Any:
        """Call as that person."""
        metadata = (("authorization", f"Bearer {signed_token(subject)}"),)
        return await getattr(self.stub, method)(request, metadata=metadata)

    async def job(
        self, method: str, request: Any, subject: str = "ann", roles: Sequence[str] = ("user",)
    ) -> Any:
        """Call JobService as that person."""
        return await getattr(self.jobs, method)(request, metadata=self.metadata(subject, roles))

    @staticmethod
    def metadata(subject: str, roles: Sequence[str] = ("user",)) -> tuple[tuple[str, str], ...]:
        """What says who calls."""
        return (("authorization", f"Bearer {signed_token(subject, roles=roles)}"),)

    async def create(self, subject: str = "ann", **fields: Any) -> pb.Avatar:
        """Make an avatar of somebody typical, or with those fields of the request."""
        request = pb.CreateAvatarRequest(**{"body": body(), **fields})
        avatar: pb.Avatar = (await self.call("CreateAvatar", request, subject)).avatar
        return avatar


@asynccontextmanager
async def town(
    world: World | None = None,
    *,
    catalog: grpc.aio.Channel | None = None,
    mesher: grpc.aio.Channel | None = None,
    timeout_s: float = 5.0,
) -> AsyncIterator[Town]:
    """Serve the generator; a channel that is given stands in for the neighbour's own."""
    world = world or World()
    double = MesherDouble(world.mesher, world.scanner)
    async with (
        serve(assemble_catalog(units=lambda: MemoryCatalogue(SEED))) as catalog_here,
        serve(double.service()) as mesher_here,
    ):
        tools = replace(
            world.tools,
            looks=CatalogLooks(CatalogServiceStub(catalog or catalog_here), timeout_s),
            mesher=RemoteMesher(mesher or mesher_here, timeout_s),
            face_mesher=RemoteFaceMesher(mesher or mesher_here, timeout_s),
            picture_mesher=RemotePictureMesher(mesher or mesher_here, timeout_s),
            plain_looks=CatalogPlainLooks(CatalogServiceStub(catalog or catalog_here), timeout_s),
            scanner=RemoteScanner(MesherServiceStub(mesher or mesher_here), 60.0),
        )
        service = assemble(tools, changes=world.changes, verifier=token_verifier())
        async with serve(service) as channel:
            yield Town(
                GeneratorServiceStub(channel),
                JobServiceStub(channel),
                FaceServiceStub(channel),
                GenerationServiceStub(channel),
                world,
                tools,
                double,
            )


async def refusal(call: Awaitable[Any]) -> AppError:
    """The error of the contract that the call ends with."""
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


def fields(error: AppError) -> list[str]:
    """The fields that it names."""
    return [fault.field for fault in error.faults]


def body(**measurements_mm: float) -> pb.BodySpec:
    """A woman of whom that much is known."""
    known = {f"{name}_mm": value for name, value in measurements_mm.items()}
    return pb.BodySpec(measurements=body_pb2.Measurements(**known), body_type=body_pb2.BODY_TYPE_FEMININE)


def _wardrobe(message: mesher_pb2.BuildAvatarRequest | pictures_pb2.Sitter) -> Wardrobe:
    return Wardrobe(
        look=None,  # type: ignore[arg-type] # the contract has no names
        outfit=(),
        appearance=message.appearance.SerializeToString(deterministic=True),
        garments=tuple(garment.SerializeToString(deterministic=True) for garment in message.garments),
    )


def _person(message: mesher_pb2.BodyRequest) -> Person:
    targets = tuple(
        Target(name, value := getattr(message.targets, f"{name}_mm"), Source.ASKED, Interval(value, value))
        for name in NAMES
        if message.targets.HasField(f"{name}_mm")  # type: ignore[arg-type]
    )
    return Person(message.points, targets, message.model_version)


def _reading(reading: Reading) -> body_pb2.TapeReading:
    return body_pb2.TapeReading(
        name=reading.name,
        delivered_mm=reading.delivered_mm,
        tape=map(_point, reading.tape),
        feasible=reading.feasible,
    )


def _point(xyz: tuple[float, float, float]) -> body_pb2.Point:
    x, y, z = xyz
    return body_pb2.Point(x=x, y=y, z=z)


def _worn(message: face_pb2.PersonFace) -> PersonFace:
    geometry = message.geometry.SerializeToString(deterministic=True)
    return PersonFace(geometry, convert.stored_file(message.texture), message.skin_color, message.eye_color)

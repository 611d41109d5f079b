"""A generator, a mesher and a try-on that answer at once and remember what they were asked."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import grpc

from anthropometry.measurements import MEASUREMENTS
from atelier.common.v1 import blob_pb2, body_pb2, file_pb2, scan_pb2
from atelier.generator.v1 import generator_pb2, generator_pb2_grpc
from atelier.mesher.v1 import mesher_pb2, mesher_pb2_grpc
from atelier.tryon.v1 import tryon_pb2, tryon_pb2_grpc
from atelierkit.blobs import BlobRef, Blobs
from atelierkit.errors import AppError, Code, FieldFault, NotFound
from atelierkit.identity import TokenVerifier, require_caller
from atelierkit.server import Service

Context = grpc.aio.ServicerContext[Any, Any]


class Implausible(AppError):
    """As the generator refuses it."""

    code = Code.INVALID_ARGUMENT
    reason = "IMPLAUSIBLE_MEASUREMENTS"


class GeneratorDouble(generator_pb2_grpc.GeneratorServiceServicer):
    """Keeps avatars in a dictionary. While ``gate`` is closed, avatars are begun and not finished."""

    def __init__(self, glb: BlobRef, blobs: Blobs) -> None:
        self.glb = glb
        self.blobs = blobs
        self.uploads: list[tuple[generator_pb2.CreateScanRequest, bytes, float | None]] = []
        self.scans: dict[str, tuple[str, generator_pb2.Scan]] = {}
        self.files: list[file_pb2.FileOptions] = []
        self.poses: list[str] = []
        """Poses that files were asked for in; `moonwalk` is unknown."""
        self.avatars: dict[str, tuple[str, generator_pb2.Avatar]] = {}
        self.failure: Exception | None = None
        self.begun = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.gate.set()

    async def CreateAvatar(
        self, request: generator_pb2.CreateAvatarRequest, context: Context
    ) -> generator_pb2.CreateAvatarResponse:
        self.begun.release()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        avatar = generator_pb2.Avatar(
            id=str(uuid.uuid4()),
            recipe=generator_pb2.Recipe(
                body=request.body,
                look=request.look,
                outfit=request.outfit,
                model_version="test-1",
                pose_id=request.pose_id,
            ),
            receipt=_receipt(request.body),
        )
        avatar.create_time.FromSeconds(1_800_000_000)
        avatar.update_time.FromSeconds(1_800_000_000)
        self.avatars[avatar.id] = (require_caller().subject, avatar)
        return generator_pb2.CreateAvatarResponse(avatar=avatar)

    async def EstimateMeasurements(
        self, request: generator_pb2.EstimateMeasurementsRequest, context: Context
    ) -> generator_pb2.EstimateMeasurementsResponse:
        response = generator_pb2.EstimateMeasurementsResponse()
        for line in _receipt(request.body).lines:
            response.estimates.add(name=line.reading.name, value_mm=line.target_mm, source=line.source)
        return response

    async def PreviewAvatar(
        self, request: generator_pb2.PreviewAvatarRequest, context: Context
    ) -> generator_pb2.PreviewAvatarResponse:
        return generator_pb2.PreviewAvatarResponse(positions=bytes(range(12)), delivered_mm=[1.5] * 15)

    async def GetAvatar(
        self, request: generator_pb2.GetAvatarRequest, context: Context
    ) -> generator_pb2.GetAvatarResponse:
        return generator_pb2.GetAvatarResponse(avatar=self._own(request.id))

    async def ListAvatars(
        self, request: generator_pb2.ListAvatarsRequest, context: Context
    ) -> generator_pb2.ListAvatarsResponse:
        own = [avatar for owner, avatar in self.avatars.values() if owner == require_caller().subject]
        return generator_pb2.ListAvatarsResponse(avatars=own[::-1][: request.page_size])

    async def UpdateAvatar(
        self, request: generator_pb2.UpdateAvatarRequest, context: Context
    ) -> generator_pb2.UpdateAvatarResponse:
        avatar = self._own(request.id)
        if request.HasField("look"):
            for field, value in request.look.ListFields():
                setattr(avatar.recipe.look, field.name, value)
        if request.HasField("outfit"):
            avatar.recipe.outfit.CopyFrom(request.outfit)
        if request.HasField("pose_id"):
            avatar.recipe.pose_id = request.pose_id
        return generator_pb2.UpdateAvatarResponse(avatar=avatar)

    async def DeleteAvatar(
        self, request: generator_pb2.DeleteAvatarRequest, context: Context
    ) -> generator_pb2.DeleteAvatarResponse:
        self._own(request.id)
        del self.avatars[request.id]
        return generator_pb2.DeleteAvatarResponse()

    async def ExportAvatar(
        self, request: generator_pb2.ExportAvatarRequest, context: Context
    ) -> generator_pb2.ExportAvatarResponse:
        self._own(request.id)
        if self.failure is not None:
            raise self.failure
        if request.pose_id == "moonwalk":
            raise NotFound("unknown", faults=[FieldFault("pose_id", "pose.unknown", "unknown")])
        self.files.append(request.file)
        self.poses.append(request.pose_id)
        file = blob_pb2.BlobRef(
            key=self.glb.key, sha256=self.glb.sha256, media_type=self.glb.media_type, size=self.glb.size
        )
        return generator_pb2.ExportAvatarResponse(file=file)

    async def CreateScan(
        self, request: generator_pb2.CreateScanRequest, context: Context
    ) -> generator_pb2.CreateScanResponse:
        self.uploads.append((request, await self.blobs.get(request.cloud.key), context.time_remaining()))
        if self.failure is not None:
            raise self.failure
        await self.blobs.delete(request.cloud.key)
        scan = _scan(request.register, self.glb)
        self.scans[scan.id] = (require_caller().subject, scan)
        return generator_pb2.CreateScanResponse(scan=scan)

    async def GetScan(
        self, request: generator_pb2.GetScanRequest, context: Context
    ) -> generator_pb2.GetScanResponse:
        return generator_pb2.GetScanResponse(scan=self._own_scan(request.id))

    async def DeleteScan(
        self, request: generator_pb2.DeleteScanRequest, context: Context
    ) -> generator_pb2.DeleteScanResponse:
        self._own_scan(request.id)
        del self.scans[request.id]
        return generator_pb2.DeleteScanResponse()

    def _own_scan(self, scan_id: str) -> generator_pb2.Scan:
        owner, scan = self.scans.get(scan_id, ("", generator_pb2.Scan()))
        if owner != require_caller().subject:
            raise NotFound("there is no such scan")
        return scan

    def _own(self, avatar_id: str) -> generator_pb2.Avatar:
        owner, avatar = self.avatars.get(avatar_id, ("", generator_pb2.Avatar()))
        if owner != require_caller().subject:
            raise NotFound("there is no such avatar")
        return avatar


def _scan(register: bool, glb: BlobRef) -> generator_pb2.Scan:
    scan = generator_pb2.Scan(id=str(uuid.uuid4()))
    scan.create_time.FromSeconds(1_800_000_000)
    scan.report.CopyFrom(
        scan_pb2.ScanReport(
            point_count=5,
            outlier_count=1,
            metres_per_unit=0.001,
            height_mm=1712.345678,
            vertex_count=4,
            face_count=4,
            watertight=True,
            volume_l=71.5,
        )
    )
    file = blob_pb2.BlobRef(key=glb.key, sha256=glb.sha256, media_type="model/ply", size=glb.size)
    scan.mesh.CopyFrom(file)
    if register:
        scan.registration.CopyFrom(
            scan_pb2.Registration(
                score=0.9375,
                mean_distance_mm=2.5,
                inlier_share=0.96875,
                readings=[
                    body_pb2.TapeReading(name=name, delivered_mm=100.5, tape=[body_pb2.Point(x=0.25)])
                    for name in (*(item.name for item in MEASUREMENTS), "natural_waist_girth")
                ],
                quantities=body_pb2.BodyQuantities(volume_l=70.25, surface_area_m2=1.875),
            )
        )
        scan.body.CopyFrom(file)
        scan.body.media_type = glb.media_type
    return scan


def _receipt(body: generator_pb2.BodySpec) -> generator_pb2.Receipt:
    receipt = generator_pb2.Receipt(within_iso20685=True, point_count=10_000, vertex_count=3, face_count=1)
    for item in MEASUREMENTS:
        name = item.name
        asked = body.measurements.HasField(f"{name}_mm")  # type: ignore[arg-type]
        line = receipt.lines.add(
            target_mm=getattr(body.measurements, f"{name}_mm")
            if asked
            else (item.lowest_mm + item.highest_mm) / 2,
            source=generator_pb2.SOURCE_ASKED if asked else generator_pb2.SOURCE_ESTIMATED,
        )
        line.reading.name, line.reading.delivered_mm, line.reading.feasible = name, line.target_mm, True
        line.reading.tape.add(x=0.1, y=1.0, z=0.0)
    receipt.beside.add(name="natural_waist_girth", delivered_mm=701.5, feasible=True)
    receipt.quantities.volume_l, receipt.quantities.surface_area_m2 = 64.12345, 1.81234
    weight = generator_pb2.WeightLine(estimated_kg=63.44, interval_low_kg=57.21, interval_high_kg=70.38)
    if body.HasField("weight_kg"):
        weight.asked_kg = body.weight_kg
    receipt.weight.CopyFrom(weight)
    return receipt


class MesherDouble(mesher_pb2_grpc.MesherServiceServicer):
    """One triangle."""

    async def BuildAvatar(
        self, request: mesher_pb2.BuildAvatarRequest, context: Context
    ) -> mesher_pb2.BuildAvatarResponse:
        raise AssertionError("the gateway never builds")

    async def PreviewBody(
        self, request: mesher_pb2.PreviewBodyRequest, context: Context
    ) -> mesher_pb2.PreviewBodyResponse:
        raise AssertionError("the gateway asks the generator for previews")

    async def ReconstructScan(
        self, request: mesher_pb2.ReconstructScanRequest, context: Context
    ) -> mesher_pb2.ReconstructScanResponse:
        raise AssertionError("the gateway asks the generator for scans")

    async def GetPreviewTopology(
        self, request: mesher_pb2.GetPreviewTopologyRequest, context: Context
    ) -> mesher_pb2.GetPreviewTopologyResponse:
        return mesher_pb2.GetPreviewTopologyResponse(triangles=b"\0\0\1\0\2\0", vertex_count=3)


class TryonDouble(tryon_pb2_grpc.TryonServiceServicer):
    """Recommends the first size."""

    async def AdviseSize(
        self, request: tryon_pb2.AdviseSizeRequest, context: Context
    ) -> tryon_pb2.AdviseSizeResponse:
        size = tryon_pb2.SizeFit(label=request.garment.sizes[0].label, score=0.5)
        size.zones.add(
            zone="upper_arm",
            body_mm=request.body.upper_arm_girth_mm,
            garment_mm=340,
            ease_mm=40,
            fit=tryon_pb2.FIT_GOOD,
        )
        return tryon_pb2.AdviseSizeResponse(recommended=size.label, confidence=0.5, sizes=[size])


def implausible(field: str) -> Implausible:
    """The generator's refusal of one measurement."""
    fault = FieldFault(
        f"body.measurements.{field}_mm", "measurement.implausible", "does not fit", "700..950 mm"
    )
    return Implausible("the measurements do not fit one person", faults=[fault])


ADDERS: dict[str, tuple[Any, Any]] = {
    "generator": (generator_pb2, generator_pb2_grpc.add_GeneratorServiceServicer_to_server),
    "mesher": (mesher_pb2, mesher_pb2_grpc.add_MesherServiceServicer_to_server),
    "tryon": (tryon_pb2, tryon_pb2_grpc.add_TryonServiceServicer_to_server),
}


def service(name: str, servicer: Any, verifier: TokenVerifier) -> Service:
    """One double as a service."""
    messages, add = ADDERS[name]
    descriptor = next(iter(messages.DESCRIPTOR.services_by_name.values()))
    return Service(descriptor.full_name, lambda server: add(servicer, server), descriptor, verifier)

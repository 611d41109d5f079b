"""Messages of the mesher's contract <-> its domain; pure."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from anthropometry.measurements import NAMES
from atelier.common.v1 import blob_pb2, body_pb2, file_pb2, outfit_pb2, scan_pb2
from atelier.mesher.v1 import faces_pb2, pictures_pb2
from atelier.mesher.v1 import mesher_pb2 as pb
from atelierkit.errors import FieldFault
from services.mesher.domain.errors import MeasurementMissing
from services.mesher.domain.expressions import VRM_SHAPES, canonical
from services.mesher.domain.face.model import WornFace
from services.mesher.domain.model import (
    Appearance,
    Avatar,
    BodyOrder,
    Compression,
    Cut,
    FileFormat,
    FileOptions,
    Garment,
    Girths,
    HairPattern,
    Pattern,
    Preview,
    Quantities,
    Reading,
    RestPose,
    StoredBlob,
)
from services.mesher.domain.portrait import BuiltFace, FaceOrder, SeenFace
from services.mesher.domain.scan.cloud import CloudFormat
from services.mesher.domain.scan.model import Registration, Scan, ScanReport
from services.mesher.domain.surface import FloatArray, IntArray

_PATTERNS = {
    outfit_pb2.PATTERN_TOP: Pattern.TOP,
    outfit_pb2.PATTERN_SKIRT: Pattern.SKIRT,
    outfit_pb2.PATTERN_DRESS: Pattern.DRESS,
    outfit_pb2.PATTERN_TROUSERS: Pattern.TROUSERS,
}
_HAIR = {
    outfit_pb2.HAIR_PATTERN_NONE: HairPattern.NONE,
    outfit_pb2.HAIR_PATTERN_CROP: HairPattern.CROP,
    outfit_pb2.HAIR_PATTERN_BOB: HairPattern.BOB,
    outfit_pb2.HAIR_PATTERN_LONG: HairPattern.LONG,
}
_FORMATS = {
    file_pb2.FILE_FORMAT_UNSPECIFIED: FileFormat.GLB,
    file_pb2.FILE_FORMAT_GLB: FileFormat.GLB,
    file_pb2.FILE_FORMAT_VRM: FileFormat.VRM,
    file_pb2.FILE_FORMAT_USDZ: FileFormat.USDZ,
    file_pb2.FILE_FORMAT_OBJ: FileFormat.OBJ,
    file_pb2.FILE_FORMAT_PLY: FileFormat.PLY,
    file_pb2.FILE_FORMAT_STL: FileFormat.STL,
}
_POSES = {
    file_pb2.REST_POSE_UNSPECIFIED: None,
    file_pb2.REST_POSE_A: RestPose.A,
    file_pb2.REST_POSE_T: RestPose.T,
}
_OWN_POSE = {FileFormat.VRM: RestPose.T}
_OWN_SHAPES = {FileFormat.VRM: VRM_SHAPES}
_COMPRESSIONS = {
    file_pb2.COMPRESSION_UNSPECIFIED: Compression.NONE,
    file_pb2.COMPRESSION_NONE: Compression.NONE,
    file_pb2.COMPRESSION_MESHOPT: Compression.MESHOPT,
    file_pb2.COMPRESSION_DRACO: Compression.DRACO,
}
_CLOUD_FORMATS = {
    scan_pb2.CLOUD_FORMAT_PLY: CloudFormat.PLY,
    scan_pb2.CLOUD_FORMAT_XYZ: CloudFormat.XYZ,
    scan_pb2.CLOUD_FORMAT_OBJ: CloudFormat.OBJ,
}
_MM = 1e-3


def body_order(message: pb.BodyRequest) -> BodyOrder:
    """The points and the 15 targets; raises MeasurementMissing where one is not set."""
    fields = [f"{name}_mm" for name in NAMES]
    faults = [
        FieldFault(f"body.targets.{field}", "required", "all 15 measurements are needed")
        for field in fields
        if not message.targets.HasField(cast(Any, field))
    ]
    if faults:
        raise MeasurementMissing("a target measurement is not set", faults=faults)
    targets = np.array([getattr(message.targets, field) for field in fields])
    points = np.frombuffer(message.points, "<f4").reshape(-1, 3)
    return BodyOrder(points, targets, message.model_version)


def appearance(message: outfit_pb2.Appearance) -> Appearance:
    return Appearance(message.skin_color, _HAIR[message.hair], message.hair_color)


def garment(message: outfit_pb2.WornGarment) -> Garment:
    return Garment(
        message.garment_id, _cut(message.cut), _girths(message.girths), message.color, message.licence
    )


def worn_face(request: pb.BuildAvatarRequest | pictures_pb2.Sitter) -> WornFace | None:
    """The face that was asked for, if any was."""
    if not request.HasField("face"):
        return None
    face = request.face
    return WornFace(face_points(face.geometry.points), face.texture.key, face.skin_color, face.eye_color)


def build_response(avatar: Avatar) -> pb.BuildAvatarResponse:
    return pb.BuildAvatarResponse(
        file=blob_ref(avatar.file),
        readings=map(reading, avatar.readings),
        quantities=quantities(avatar.quantities),
        vertex_count=avatar.vertex_count,
        face_count=avatar.face_count,
        clamped_bones=avatar.clamped_bones,
    )


def blob_ref(blob: StoredBlob) -> blob_pb2.BlobRef:
    return blob_pb2.BlobRef(key=blob.key, sha256=blob.sha256, media_type=blob.media_type, size=blob.size)


def quantities(measured: Quantities) -> body_pb2.BodyQuantities:
    return body_pb2.BodyQuantities(volume_l=measured.volume_l, surface_area_m2=measured.surface_area_m2)


def file_options(message: file_pb2.FileOptions) -> FileOptions:
    """Which file is wanted; what is not given is a plain GLB of everything in A pose, without face shapes."""
    return FileOptions(
        format=_FORMATS[message.format],
        whole_body=message.parts == file_pb2.PARTS_BODY,
        pose=_POSES[message.pose] or _OWN_POSE.get(_FORMATS[message.format], RestPose.A),
        lod=message.lod,
        morph_targets=canonical({*message.morph_targets, *_OWN_SHAPES.get(_FORMATS[message.format], ())}),
        texture_size=message.texture_size,
        texture_atlas=message.texture_atlas,
        compression=_COMPRESSIONS[message.compression],
    )


def preview_response(preview: Preview) -> pb.PreviewBodyResponse:
    return pb.PreviewBodyResponse(
        positions=preview.positions.astype("<u2").tobytes(),
        origin=_point(preview.origin),
        step=_point(preview.step),
        delivered_mm=preview.delivered_mm,
    )


def topology_response(triangles: IntArray, vertex_count: int) -> pb.GetPreviewTopologyResponse:
    return pb.GetPreviewTopologyResponse(
        triangles=triangles.astype("<u2").tobytes(), vertex_count=vertex_count
    )


def cloud_format(message: scan_pb2.CloudFormat.ValueType) -> CloudFormat:
    return _CLOUD_FORMATS[message]


def scan_response(scan: Scan) -> pb.ReconstructScanResponse:
    return pb.ReconstructScanResponse(
        report=_scan_report(scan.report),
        mesh=blob_ref(scan.mesh),
        registration=_registration(scan.registration) if scan.registration else None,
        body=blob_ref(scan.body) if scan.body else None,
    )


def face_order(request: faces_pb2.BuildFaceRequest) -> FaceOrder:
    views = [SeenFace(view.picture.key, face_points(view.points)) for view in request.views]
    return FaceOrder(face_points(request.geometry.points), views, request.model_version)


def face_points(raw: bytes) -> FloatArray:
    """(468, 3) float64, of a face or of a photo of one."""
    return np.frombuffer(raw, "<f4").reshape(-1, 3).astype(np.float64)


def face_response(face: BuiltFace) -> faces_pb2.BuildFaceResponse:
    return faces_pb2.BuildFaceResponse(
        file=blob_ref(face.file),
        texture=blob_ref(face.texture),
        vertex_count=face.vertex_count,
        face_count=face.face_count,
    )


def _scan_report(report: ScanReport) -> scan_pb2.ScanReport:
    return scan_pb2.ScanReport(
        point_count=report.point_count,
        outlier_count=report.outlier_count,
        metres_per_unit=report.metres_per_unit,
        height_mm=report.height_mm,
        vertex_count=report.vertex_count,
        face_count=report.face_count,
        watertight=report.watertight,
        volume_l=report.volume_l,
    )


def _registration(registration: Registration) -> scan_pb2.Registration:
    return scan_pb2.Registration(
        score=registration.score,
        mean_distance_mm=registration.mean_distance_mm,
        inlier_share=registration.inlier_share,
        readings=map(reading, registration.readings),
        quantities=quantities(registration.quantities),
    )


def _cut(message: outfit_pb2.Cut) -> Cut:
    return Cut(
        pattern=_PATTERNS[message.pattern],
        sleeve=message.sleeve,
        hem=message.hem,
        neckline=message.neckline,
        flare=message.flare,
        thickness=message.thickness_mm * _MM,
    )


def _girths(message: outfit_pb2.GarmentGirths) -> Girths:
    def metres(zone: str) -> float | None:
        field = f"{zone}_mm"
        return getattr(message, field) * _MM if message.HasField(cast(Any, field)) else None

    return Girths(metres("chest"), metres("waist"), metres("hip"), metres("upper_arm"), metres("thigh"))


def reading(reading: Reading) -> body_pb2.TapeReading:
    return body_pb2.TapeReading(
        name=reading.name,
        delivered_mm=reading.delivered_mm,
        tape=map(_point, reading.tape),
        feasible=reading.feasible,
    )


def _point(xyz: FloatArray) -> body_pb2.Point:
    x, y, z = xyz.tolist()
    return body_pb2.Point(x=x, y=y, z=z)

"""Messages of the generator's contract <-> its domain; pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from anthropometry.measurements import MEASUREMENTS
from atelier.common.v1 import blob_pb2, body_pb2, file_pb2, scan_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelier.mesher.v1 import mesher_pb2
from services.generator.domain.errors import BadPageToken
from services.generator.domain.model import (
    Avatar,
    BodySpec,
    BodyType,
    FaceFiles,
    Files,
    Look,
    LookChange,
    Outfit,
    OutfitItem,
    Page,
    Position,
    Preview,
    Quantities,
    Reading,
    Receipt,
    ReceiptLine,
    Recipe,
    Source,
    StoredFile,
    Targets,
    Weight,
    WornFace,
    Xyz,
)
from services.generator.domain.options import Compression, FileFormat, FileOptions, Parts, RestPose
from services.generator.domain.scan import CloudFormat, Registration, Scan, ScanBuild, ScanReport

_DEFAULT_PAGE = 20
_UNIT = "_mm"

_BODY_TYPES = {
    BodyType.FEMININE: body_pb2.BODY_TYPE_FEMININE,
    BodyType.MASCULINE: body_pb2.BODY_TYPE_MASCULINE,
    BodyType.NEUTRAL: body_pb2.BODY_TYPE_NEUTRAL,
}
_BODY_TYPES_BACK = {message: value for value, message in _BODY_TYPES.items()}
_FORMATS = {
    FileFormat.GLB: file_pb2.FILE_FORMAT_GLB,
    FileFormat.VRM: file_pb2.FILE_FORMAT_VRM,
    FileFormat.USDZ: file_pb2.FILE_FORMAT_USDZ,
    FileFormat.OBJ: file_pb2.FILE_FORMAT_OBJ,
    FileFormat.PLY: file_pb2.FILE_FORMAT_PLY,
    FileFormat.STL: file_pb2.FILE_FORMAT_STL,
}
_FORMATS_BACK = {message: value for value, message in _FORMATS.items()}
_PARTS = {Parts.ALL: file_pb2.PARTS_ALL, Parts.BODY: file_pb2.PARTS_BODY}
_PARTS_BACK = {message: value for value, message in _PARTS.items()}
_POSES = {RestPose.A: file_pb2.REST_POSE_A, RestPose.T: file_pb2.REST_POSE_T}
_POSES_BACK = {message: value for value, message in _POSES.items()}
_COMPRESSIONS = {
    Compression.NONE: file_pb2.COMPRESSION_NONE,
    Compression.MESHOPT: file_pb2.COMPRESSION_MESHOPT,
    Compression.DRACO: file_pb2.COMPRESSION_DRACO,
}
_COMPRESSIONS_BACK = {message: value for value, message in _COMPRESSIONS.items()}
_CLOUD_FORMATS = {
    CloudFormat.PLY: scan_pb2.CLOUD_FORMAT_PLY,
    CloudFormat.XYZ: scan_pb2.CLOUD_FORMAT_XYZ,
    CloudFormat.OBJ: scan_pb2.CLOUD_FORMAT_OBJ,
}
_CLOUD_FORMATS_BACK = {message: value for value, message in _CLOUD_FORMATS.items()}
_SOURCES = {Source.ASKED: pb.SOURCE_ASKED, Source.ESTIMATED: pb.SOURCE_ESTIMATED}


def body_spec(message: pb.BodySpec) -> BodySpec:
    """The person to make."""
    return BodySpec(
        measurements_mm={
            field.name.removesuffix(_UNIT): value for field, value in message.measurements.ListFields()
        },
        body_type=_BODY_TYPES_BACK[message.body_type],
        seed=message.seed,
        weight_kg=message.weight_kg if message.HasField("weight_kg") else None,
        age=message.age if message.HasField("age") else None,
    )


def look(message: pb.Look) -> Look:
    """Skin and hair; an unset message asks for the defaults."""
    return Look(message.skin_id, message.hairstyle_id, message.hair_color)


def look_change(message: pb.LookChange) -> LookChange:
    """What changes of skin and hair."""
    return LookChange(**{field.name: value for field, value in message.ListFields()})


def outfit(message: pb.Outfit) -> Outfit:
    """What to wear; an unset message asks for nothing."""
    return tuple(OutfitItem(item.garment_id, item.size, item.color) for item in message.items)


def file_options(message: file_pb2.FileOptions) -> FileOptions:
    """Which file is wanted; what is not given, which the tables do not hold, is a plain GLB of everything."""
    return FileOptions(
        format=_FORMATS_BACK.get(message.format, FileFormat.GLB),
        parts=_PARTS_BACK.get(message.parts, Parts.ALL),
        pose=_POSES_BACK.get(message.pose, RestPose.A),
        lod=message.lod,
        morph_targets=tuple(message.morph_targets),
        texture_size=message.texture_size,
        texture_atlas=message.texture_atlas,
        compression=_COMPRESSIONS_BACK.get(message.compression, Compression.NONE),
    )


def pose_id(request: pb.ExportAvatarRequest) -> str | None:
    """Which pose a file shows: an id, empty for the rest pose, None for the avatar's own where nothing was said."""
    said = request.pose_id or request.file.pose != file_pb2.REST_POSE_UNSPECIFIED
    return request.pose_id if said else None


def file_options_message(options: FileOptions) -> file_pb2.FileOptions:
    """Which file the mesher is to write."""
    return file_pb2.FileOptions(
        format=_FORMATS[options.format],
        parts=_PARTS[options.parts],
        pose=_POSES[options.pose],
        lod=options.lod,
        morph_targets=options.morph_targets,
        texture_size=options.texture_size,
        texture_atlas=options.texture_atlas,
        compression=_COMPRESSIONS[options.compression],
    )


def page_size(asked: int) -> int:
    """How many at most; 0 stands for the default."""
    return asked or _DEFAULT_PAGE


def position(token: str) -> Position | None:
    """Where the page begins; None for the first. Raise BadPageToken for a token that ``page_token`` never gave."""
    if not token:
        return None
    try:
        moment, _, id = base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii").partition("/")
        found = Position(datetime.fromisoformat(moment), UUID(id))
        # Only the form that we write ourselves, which also keeps times without a zone away from the database.
        is_ours = page_token(found) == token
    except (ValueError, OverflowError) as error:
        raise BadPageToken from error
    if not is_ours:
        raise BadPageToken
    return found


def page_token(place: Position) -> str:
    """The token of a position: opaque, but no secret, since a page shows nothing but the caller's own avatars."""
    text = f"{place.created_at.astimezone(UTC).isoformat()}/{place.id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def avatar_message(avatar: Avatar) -> pb.Avatar:
    """An avatar."""
    return pb.Avatar(
        id=str(avatar.id),
        recipe=_recipe(avatar.recipe, avatar.files),
        receipt=_receipt(avatar.receipt),
        create_time=timestamp(avatar.created_at),
        update_time=timestamp(avatar.updated_at),
    )


def page_message(page: Page) -> pb.ListAvatarsResponse:
    """A page of avatars."""
    return pb.ListAvatarsResponse(
        avatars=map(avatar_message, page.avatars),
        next_page_token=page_token(page.next) if page.next else "",
    )


def preview_message(preview: Preview) -> pb.PreviewAvatarResponse:
    """A preview."""
    return pb.PreviewAvatarResponse(
        positions=preview.positions,
        origin=_point(preview.origin),
        step=_point(preview.step),
        delivered_mm=preview.delivered_mm,
    )


def estimates(targets: Targets) -> Iterable[pb.MeasurementEstimate]:
    """The 15 with their limits."""
    for target, measurement in zip(targets, MEASUREMENTS, strict=True):
        yield pb.MeasurementEstimate(
            name=target.name,
            value_mm=target.value_mm,
            source=_SOURCES[target.source],
            interval_low_mm=target.interval_mm.low,
            interval_high_mm=target.interval_mm.high,
            limit_low_mm=measurement.lowest_mm,
            limit_high_mm=measurement.highest_mm,
        )


def cloud_format(message: scan_pb2.CloudFormat.ValueType) -> CloudFormat:
    """What an upload is written in."""
    return _CLOUD_FORMATS_BACK[message]


def cloud_format_message(format: CloudFormat) -> scan_pb2.CloudFormat.ValueType:
    """The same for the mesher."""
    return _CLOUD_FORMATS[format]


def scan_build(message: mesher_pb2.ReconstructScanResponse) -> ScanBuild:
    """What the mesher made of a cloud."""
    found = message.registration
    registration = Registration(
        score=found.score,
        mean_distance_mm=found.mean_distance_mm,
        inlier_share=found.inlier_share,
        readings=tuple(map(reading, found.readings)),
        quantities=Quantities(found.quantities.volume_l, found.quantities.surface_area_m2),
    )
    return ScanBuild(
        report=ScanReport(
            **{field.name: getattr(message.report, field.name) for field in message.report.DESCRIPTOR.fields}
        ),
        mesh=stored_file(message.mesh),
        registration=registration if message.HasField("registration") else None,
        body=stored_file(message.body) if message.HasField("body") else None,
    )


def scan_message(scan: Scan) -> pb.Scan:
    """A scan."""
    build = scan.build
    return pb.Scan(
        id=str(scan.id),
        create_time=timestamp(scan.created_at),
        report=scan_pb2.ScanReport(**asdict(build.report)),
        registration=_registration(build.registration) if build.registration else None,
        mesh=blob_ref(build.mesh),
        body=blob_ref(build.body) if build.body else None,
    )


def stored_file(message: blob_pb2.BlobRef) -> StoredFile:
    """A file in the object store."""
    return StoredFile(message.key, message.sha256, message.media_type, message.size)


def reading(message: body_pb2.TapeReading) -> Reading:
    """One reading of the tape."""
    tape = tuple((point.x, point.y, point.z) for point in message.tape)
    return Reading(message.name, message.delivered_mm, tape, message.feasible)


def _registration(registration: Registration) -> scan_pb2.Registration:
    return scan_pb2.Registration(
        score=registration.score,
        mean_distance_mm=registration.mean_distance_mm,
        inlier_share=registration.inlier_share,
        readings=map(_reading, registration.readings),
        quantities=_quantities(registration.quantities),
    )


def blob_ref(file: StoredFile) -> blob_pb2.BlobRef:
    """Where a file lies."""
    return blob_pb2.BlobRef(key=file.key, sha256=file.sha256, media_type=file.media_type, size=file.size)


def _recipe(recipe: Recipe, files: Files) -> pb.Recipe:
    return pb.Recipe(
        body=_body_spec(recipe.body),
        model_version=recipe.model_version,
        look=pb.Look(
            skin_id=recipe.look.skin_id,
            hairstyle_id=recipe.look.hairstyle_id,
            hair_color=recipe.look.hair_color,
        ),
        outfit=pb.Outfit(
            items=[
                pb.OutfitItem(garment_id=item.garment_id, size=item.size, color=item.color)
                for item in recipe.outfit
            ]
        ),
        face=_worn(recipe.face, files.face),
        pose_id=recipe.pose_id,
    )


def _worn(face: WornFace | None, files: FaceFiles | None) -> pb.RecipeFace | None:
    if face is None or files is None:
        return None
    return pb.RecipeFace(
        face_id=str(face.face_id),
        geometry=blob_ref(files.geometry),
        texture=blob_ref(files.texture),
        skin_color=face.skin_color,
        eye_color=face.eye_color,
    )


def _body_spec(spec: BodySpec) -> pb.BodySpec:
    measurements = {f"{name}{_UNIT}": value for name, value in spec.measurements_mm.items()}
    return pb.BodySpec(
        measurements=body_pb2.Measurements(**measurements),
        body_type=_BODY_TYPES[spec.body_type],
        seed=spec.seed,
        weight_kg=spec.weight_kg,
        age=spec.age,
    )


def _receipt(receipt: Receipt) -> pb.Receipt:
    return pb.Receipt(
        lines=map(_line, receipt.lines),
        beside=map(_reading, receipt.beside),
        within_iso20685=receipt.within_iso20685,
        point_count=receipt.point_count,
        vertex_count=receipt.vertex_count,
        face_count=receipt.face_count,
        quantities=None if receipt.quantities is None else _quantities(receipt.quantities),
        weight=None if receipt.weight is None else _weight(receipt.weight),
    )


def _quantities(quantities: Quantities) -> body_pb2.BodyQuantities:
    return body_pb2.BodyQuantities(volume_l=quantities.volume_l, surface_area_m2=quantities.surface_area_m2)


def _weight(weight: Weight) -> pb.WeightLine:
    return pb.WeightLine(
        asked_kg=weight.asked_kg,
        estimated_kg=weight.estimated_kg,
        interval_low_kg=weight.interval_kg.low,
        interval_high_kg=weight.interval_kg.high,
    )


def _line(line: ReceiptLine) -> pb.ReceiptLine:
    return pb.ReceiptLine(
        reading=_reading(line.reading),
        target_mm=line.target_mm,
        error_mm=line.error_mm,
        source=_SOURCES[line.source],
        interval_low_mm=line.interval_mm.low,
        interval_high_mm=line.interval_mm.high,
    )


def _reading(reading: Reading) -> body_pb2.TapeReading:
    return body_pb2.TapeReading(
        name=reading.name,
        delivered_mm=reading.delivered_mm,
        tape=map(_point, reading.tape),
        feasible=reading.feasible,
    )


def _point(xyz: Xyz) -> body_pb2.Point:
    x, y, z = xyz
    return body_pb2.Point(x=x, y=y, z=z)


def timestamp(moment: datetime) -> Timestamp:
    """A moment."""
    message = Timestamp()
    message.FromDatetime(moment)
    return message

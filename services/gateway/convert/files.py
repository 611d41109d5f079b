"""Files: a query to the message that says which one is wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from atelier.common.v1 import file_pb2
from atelierkit.errors import FieldFault, InvalidInput
from bodymodel.expressions import ARKIT, EXPRESSIONS, VISEMES
from services.gateway.convert.fields import camel
from services.gateway.schemas import files as shapes

FORMATS: Mapping[shapes.Format, file_pb2.FileFormat.ValueType] = {
    "glb": file_pb2.FILE_FORMAT_GLB,
    "vrm": file_pb2.FILE_FORMAT_VRM,
    "usdz": file_pb2.FILE_FORMAT_USDZ,
    "obj": file_pb2.FILE_FORMAT_OBJ,
    "ply": file_pb2.FILE_FORMAT_PLY,
    "stl": file_pb2.FILE_FORMAT_STL,
}
MORPH_GROUPS: Mapping[str, tuple[str, ...]] = {"ARKit": ARKIT, "Oculus Visemes": VISEMES, "none": ()}
"""Names that stand for several face shapes."""

_PARTS = {"all": file_pb2.PARTS_ALL, "body": file_pb2.PARTS_BODY}
_REST_POSES = {"A": file_pb2.REST_POSE_A, "T": file_pb2.REST_POSE_T}
_COMPRESSIONS = {
    "none": file_pb2.COMPRESSION_NONE,
    "meshopt": file_pb2.COMPRESSION_MESHOPT,
    "draco": file_pb2.COMPRESSION_DRACO,
}


class UnknownMorphTarget(InvalidInput):
    """A face shape that there is none of; the fault lists all there are."""

    reason = "UNKNOWN_MORPH_TARGET"


@dataclass(frozen=True)
class Preset:
    """What a quality stands for."""

    lod: str = "0"
    texture_size: str = "0"
    texture_atlas: str = "none"


AS_IT_IS = Preset()
PRESETS: Mapping[shapes.Quality, Preset] = {
    "low": Preset(lod="2", texture_size="256", texture_atlas="256"),
    "medium": Preset(lod="1", texture_size="512", texture_atlas="512"),
    "high": Preset(lod="0", texture_size="1024", texture_atlas="1024"),
}
"""Ready Player Me's presets, so that a URL of theirs gives a file of the same weight class."""


def file_options(format: shapes.Format, query: shapes.ShapeQuery) -> file_pb2.FileOptions:
    """Which file is wanted. InvalidInput names parameters that contradict each other, UnknownMorphTarget."""
    preset = AS_IT_IS if query.quality is None else PRESETS[query.quality]
    options = file_pb2.FileOptions(
        format=FORMATS[format],
        parts=_PARTS[query.parts],
        pose=_REST_POSES.get(query.pose or "", file_pb2.REST_POSE_UNSPECIFIED),
        lod=int(_agreed({"lod": query.lod, "mesh_lod": query.mesh_lod}) or preset.lod),
    )
    if isinstance(query, shapes.PaintedQuery):
        sizes = {"texture_size": query.texture_size, "texture_size_limit": query.texture_size_limit}
        options.texture_size = int(_agreed(sizes) or preset.texture_size)
        atlas = query.texture_atlas or preset.texture_atlas
        options.texture_atlas = 0 if atlas == "none" else int(atlas)
    if isinstance(query, shapes.VrmQuery | shapes.GlbQuery):
        options.morph_targets.extend(morph_targets(query.morph_targets))
    if isinstance(query, shapes.GlbQuery):
        options.compression = _COMPRESSIONS[_compression(query)]
    return options


def pose_id(query: shapes.ShapeQuery) -> str:
    """The pose that is asked for by its id; empty for a rest pose and where nothing is said."""
    return "" if query.pose in _REST_POSES else query.pose or ""


def morph_targets(text: str) -> list[str]:
    """The face shapes in a comma-separated list of names and groups, in their order. Raise UnknownMorphTarget."""
    named = [name.strip() for name in text.split(",")]
    offered = [*MORPH_GROUPS, *EXPRESSIONS]
    if any(name not in offered for name in named):
        message = "there is no such face shape"
        fault = FieldFault("morphTargets", "not_offered", message, ", ".join(offered))
        raise UnknownMorphTarget(message, faults=[fault])
    chosen = {shape for name in named for shape in MORPH_GROUPS.get(name, (name,))}
    return [shape for shape in EXPRESSIONS if shape in chosen]


def _agreed(values: Mapping[str, str | None]) -> str | None:
    """The one value of parameters that mean the same; None where none is given."""
    given = {name: value for name, value in values.items() if value is not None}
    if len(set(given.values())) > 1:
        raise _contradiction(given)
    return next(iter(given.values()), None)


def _compression(query: shapes.GlbQuery) -> str:
    flags = {
        "use_draco_mesh_compression": (query.use_draco_mesh_compression, "draco"),
        "use_mesh_opt_compression": (query.use_mesh_opt_compression, "meshopt"),
    }
    wanted = {name: kind for name, (flag, kind) in flags.items() if flag == "true"}
    if query.compression is not None:
        wanted["compression"] = query.compression
    denied = [name for name, (flag, kind) in flags.items() if flag == "false" and kind in wanted.values()]
    if denied:
        raise _contradiction([*wanted, *denied])
    return _agreed(wanted) or "none"


def _contradiction(names: Collection[str]) -> InvalidInput:
    fields = [camel(name) for name in names]
    message = "these parameters contradict each other"
    faults = [
        FieldFault(field, "contradiction", message, ", ".join(other for other in fields if other != field))
        for field in fields
    ]
    return InvalidInput(message, faults=faults)

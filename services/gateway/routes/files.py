"""An avatar as a file, in every format."""

from __future__ import annotations

from starlette.responses import Response

from atelier.generator.v1 import generator_pb2
from atelierkit.scopes import Scope
from services.gateway.bulkheads import Work
from services.gateway.convert.avatars import as_pose
from services.gateway.convert.faults import named
from services.gateway.convert.files import file_options, pose_id
from services.gateway.downloads import download
from services.gateway.operations import Call, Handler, Operation
from services.gateway.schemas import files as shapes


def _export(format: shapes.Format, saved_as: str) -> Handler:
    async def export(call: Call[None]) -> Response:
        query: shapes.ShapeQuery = call.request.state.query
        avatar_id: str = call.request.path_params["id"]
        with named(as_pose):
            answer = await call.clients.generator.ExportAvatar(
                generator_pb2.ExportAvatarRequest(
                    id=avatar_id, file=file_options(format, query), pose_id=pose_id(query)
                )
            )
        return download(call.request, call.clients.blobs, answer.file, f"avatar-{avatar_id}.{saved_as}")

    export.__name__ = format
    return export


def _operation(
    format: shapes.Format,
    media_type: str,
    query: type[shapes.ShapeQuery],
    summary: str,
    saved_as: str | None = None,
) -> Operation:
    return Operation(
        "GET",
        f"/v1/avatars/{{id}}.{format}",
        summary,
        "Avatars",
        _export(format, saved_as or format),
        scopes=(Scope.AVATARS_READ,),
        work=Work.FILE,
        answer=media_type,
        query=query,
        refusals=(404,),
    )


OPERATIONS = (
    _operation("glb", "model/gltf-binary", shapes.GlbQuery, "The avatar as GLB"),
    _operation("vrm", "model/gltf-binary", shapes.VrmQuery, "The avatar as VRM 1.0"),
    _operation("usdz", "model/vnd.usdz+zip", shapes.PaintedQuery, "The avatar as USDZ, for AR Quick Look"),
    _operation("obj", "application/zip", shapes.PaintedQuery, "OBJ, materials and pictures in a ZIP", "zip"),
    _operation("ply", "model/ply", shapes.ShapeQuery, "The avatar as binary PLY"),
    _operation("stl", "model/stl", shapes.ShapeQuery, "The avatar as binary STL"),
)
MEDIA_TYPES = tuple(sorted({str(operation.answer) for operation in OPERATIONS}))
"""What files are answered as."""

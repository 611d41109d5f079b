"""The pose library."""

from __future__ import annotations

from atelier.catalog.v1 import poses_pb2
from services.gateway.convert import poses as convert
from services.gateway.operations import Access, Call, Operation
from services.gateway.routes.catalog import TAG
from services.gateway.schemas import poses as shapes


async def listed(call: Call[None]) -> shapes.PoseList:
    query: shapes.PoseQuery = call.request.state.query
    answer = await call.clients.poses.ListPoses(convert.asked(query))
    return shapes.PoseList(
        data=[convert.summary(item) for item in answer.poses], next_cursor=answer.next_page_token or None
    )


async def facets(call: Call[None]) -> shapes.PoseFacets:
    return convert.facets(await call.clients.poses.ListPoseFacets(poses_pb2.ListPoseFacetsRequest()))


async def one(call: Call[None]) -> shapes.Pose:
    request = poses_pb2.GetPoseRequest(id=call.request.path_params["id"])
    return convert.whole(await call.clients.poses.GetPose(request))


OPERATIONS = (
    Operation(
        "GET",
        "/v1/catalog/poses",
        "Poses, filtered and searched",
        TAG,
        listed,
        Access.PUBLIC,
        answer=shapes.PoseList,
        query=shapes.PoseQuery,
    ),
    # Before the single pose: no pose is called `facets`.
    Operation(
        "GET",
        "/v1/catalog/poses/facets",
        "Categories and tags of poses, with their counts",
        TAG,
        facets,
        Access.PUBLIC,
        answer=shapes.PoseFacets,
    ),
    Operation(
        "GET",
        "/v1/catalog/poses/{id}",
        "A pose with its joints",
        TAG,
        one,
        Access.PUBLIC,
        answer=shapes.Pose,
        refusals=(404,),
    ),
)

"""A person's own poses: read from a photo or a motion, looked at, deleted."""

from __future__ import annotations

from http import HTTPStatus

from atelier.generator.v1 import custom_poses_pb2
from atelierkit.scopes import Scope
from services.gateway import pose_form, uploads
from services.gateway.bulkheads import Work
from services.gateway.convert import custom_poses as convert
from services.gateway.operations import Call, Form, Operation
from services.gateway.pose_form import PoseForm
from services.gateway.schemas import custom_poses as shapes
from services.gateway.schemas.base import Page

PATH = convert.PATH
TAG = "Poses"


async def create(call: Call[PoseForm]) -> shapes.CustomPose:
    form, poses = call.body, call.clients.custom_poses
    timeout_s = call.backend.settings.photo_timeout_s
    async with uploads.held([form.file], call.clients.blobs, call.request_uuid) as [file]:
        if form.is_photo:
            of_photo = custom_poses_pb2.CreatePoseFromPhotoRequest(
                photo=file, filename=form.filename, name=form.fields.name
            )
            return convert.custom_pose((await poses.CreatePoseFromPhoto(of_photo, timeout=timeout_s)).pose)
        of_motion = custom_poses_pb2.CreatePoseFromMotionRequest(
            motion=file, frame=form.fields.frame or 0, name=form.fields.name
        )
        return convert.custom_pose((await poses.CreatePoseFromMotion(of_motion, timeout=timeout_s)).pose)


async def page(call: Call[None]) -> shapes.CustomPosePage:
    query: Page = call.request.state.query
    answer = await call.clients.custom_poses.ListCustomPoses(
        custom_poses_pb2.ListCustomPosesRequest(page_size=query.limit, page_token=query.cursor)
    )
    return shapes.CustomPosePage(
        data=list(map(convert.custom_pose, answer.poses)), next_cursor=answer.next_page_token or None
    )


async def get(call: Call[None]) -> shapes.CustomPose:
    request = custom_poses_pb2.GetCustomPoseRequest(id=call.request.path_params["id"])
    return convert.custom_pose((await call.clients.custom_poses.GetCustomPose(request)).pose)


async def delete(call: Call[None]) -> None:
    request = custom_poses_pb2.DeleteCustomPoseRequest(id=call.request.path_params["id"])
    await call.clients.custom_poses.DeleteCustomPose(request)


OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Keep the pose of a photo, or of a frame of a motion",
        TAG,
        create,
        scopes=(Scope.AVATARS_WRITE,),
        work=Work.PHOTO,
        form=Form(
            lambda request, _: pose_form.read(request),
            (),
            shapes.PoseFields,
            required=("name",),
            either=pose_form.FILES,
        ),
        answer=shapes.CustomPose,
        status=HTTPStatus.CREATED,
        refusals=(409, 504),
    ),
    Operation(
        "GET",
        PATH,
        "Your own poses",
        TAG,
        page,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.CustomPosePage,
        query=Page,
    ),
    Operation(
        "GET",
        f"{PATH}/{{id}}",
        "One of your own poses",
        TAG,
        get,
        scopes=(Scope.AVATARS_READ,),
        answer=shapes.CustomPose,
        refusals=(404,),
    ),
    Operation(
        "DELETE",
        f"{PATH}/{{id}}",
        "Delete one of your own poses; what was drawn with it stays",
        TAG,
        delete,
        scopes=(Scope.AVATARS_WRITE,),
        status=HTTPStatus.NO_CONTENT,
        refusals=(404,),
    ),
)

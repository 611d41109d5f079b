"""FaceService over a real gRPC server: what is asked, shown, refused, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import protovalidate
import pytest
from prometheus_client import REGISTRY

from atelier.common.v1 import blob_pb2
from atelier.generator.v1 import faces_pb2 as pb
from atelier.generator.v1 import jobs_pb2
from atelierkit import identity
from atelierkit.errors import AppError, Code, Unavailable
from atelierkit.testing import signed_token
from services.generator import convert
from services.generator.domain.faces import Photo
from services.generator.workplace import job_tasks
from tests.contract.generator.neighbours import Town, body, fields, refusal, town
from tests.unit.generator.doubles import Signatures
from tests.unit.generator.factory import Mailbox

NOBODY = ""
SLOTS = {"front": pb.PHOTO_SLOT_FRONT, "left": pb.PHOTO_SLOT_LEFT, "right": pb.PHOTO_SLOT_RIGHT}


@pytest.fixture
async def here() -> AsyncIterator[Town]:
    async with town() as made:
        yield made


async def call(here: Town, method: str, request: Any, subject: str = NOBODY) -> Any:
    """Call FaceService as that person, or as nobody."""
    metadata = here.metadata(subject) if subject else ()
    return await getattr(here.faces, method)(request, metadata=metadata)


async def photos(here: Town, *contents: str) -> list[pb.Photo]:
    return [photo_message(photo) for photo in await here.world.photos(*contents)]


def photo_message(photo: Photo) -> pb.Photo:
    return pb.Photo(slot=SLOTS[photo.slot.value], file=convert.blob_ref(photo.file), filename=photo.filename)


async def made(here: Town, subject: str = NOBODY, **over: Any) -> pb.Face:
    request = pb.CreateFaceRequest(**{"photos": await photos(here), **over})
    face: pb.Face = (await call(here, "CreateFace", request, subject)).face
    return face


async def avatar_request(here: Town, *contents: str, **over: Any) -> pb.CreateAvatarFromPhotosRequest:
    asked = {
        "photos": await photos(here, *contents),
        "body": body(stature=1680),
        "consent_version": Signatures.VERSION,
        "request_id": str(uuid4()),
    }
    return pb.CreateAvatarFromPhotosRequest(**{**asked, **over})


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_face_tells_what_the_photos_say(here: Town) -> None:
    before = measured("atelier_generator_face_duration_seconds_count", part="whole")
    face = await made(here, pupil_distance_mm=63.0)
    protovalidate.validate(face)
    assert measured("atelier_generator_face_duration_seconds_count", part="whole") == before + 1
    assert (face.vertex_count, face.face_count, face.scale_source) == (468, 898, "pupil_distance")
    smile, squint = face.features.expressions["smile"], face.features.expressions["squint"]
    assert (smile.present, smile.score, smile.reason) == (True, 0.9, "")
    assert (squint.HasField("present"), squint.reason) == (False, "eyes_hidden")
    assert (face.features.face_shape, face.features.monk_tone) == ("oval", 5)
    assert (face.features.skin.red, face.features.skin.confidence) == (200, 0.85)
    assert face.HasField("expire_time")
    assert (await call(here, "GetFace", pb.GetFaceRequest(id=face.id))).face == face
    assert face.filename.startswith(f"avatar_{face.id}_")


async def test_a_persons_face_stays_and_is_nobody_elses(here: Town) -> None:
    face = await made(here, "ann")
    assert not face.HasField("expire_time")
    answers = set()
    for method, request in (
        ("GetFace", pb.GetFaceRequest(id=face.id)),
        ("DownloadFace", pb.DownloadFaceRequest(id=face.id)),
        ("DeleteFace", pb.DeleteFaceRequest(id=face.id)),
    ):
        for subject in ("bob", NOBODY):
            refused = await refusal(call(here, method, request, subject))
            answers.add((refused.code, refused.reason, refused.message))
    assert answers == {(Code.NOT_FOUND, "NOT_FOUND", "there is no such face")}
    await call(here, "DeleteFace", pb.DeleteFaceRequest(id=face.id), "ann")
    assert here.world.blobs.keys == []


async def test_faces_are_listed_page_by_page_to_who_made_them(here: Town) -> None:
    mine = []
    for _ in range(3):
        here.world.clock.now += timedelta(seconds=1)
        mine.append(await made(here, "ann"))
    await made(here, "bob")
    await made(here)
    first = await call(here, "ListFaces", pb.ListFacesRequest(page_size=2), "ann")
    asked = pb.ListFacesRequest(page_size=2, page_token=first.next_page_token)
    rest = await call(here, "ListFaces", asked, "ann")
    assert ([*first.faces, *rest.faces], rest.next_page_token) == (mine[::-1], "")
    assert not (await call(here, "ListFaces", pb.ListFacesRequest(), "cat")).faces
    assert (await refusal(call(here, "ListFaces", pb.ListFacesRequest()))).code is Code.UNAUTHENTICATED
    for wrong, field in (
        (pb.ListFacesRequest(page_token="x"), "page_token"),
        (pb.ListFacesRequest(page_size=101), "page_size"),
    ):
        assert fields(await refusal(call(here, "ListFaces", wrong, "ann"))) == [field]


async def test_a_download_names_the_file_and_is_counted(here: Town) -> None:
    face = await made(here)
    answer = await call(here, "DownloadFace", pb.DownloadFaceRequest(id=face.id))
    assert (answer.file.size, answer.file.media_type) == (face.file_size, "model/gltf-binary")
    assert answer.filename == face.filename
    assert (await call(here, "GetFace", pb.GetFaceRequest(id=face.id))).face.download_count == 1


async def test_bad_photos_are_named_by_their_sides(here: Town) -> None:
    before = measured("atelier_generator_photos_refused_total", slot="left")
    request = pb.CreateFaceRequest(
        photos=await photos(here, "ahead", "bad photo.blurred", "bad photo.no_face")
    )
    refused = await refusal(call(here, "CreateFace", request))
    assert (refused.code, refused.reason) == (Code.INVALID_ARGUMENT, "INVALID_PHOTOS")
    assert [(fault.field, fault.code, fault.limit) for fault in refused.faults] == [
        ("left", "photo.blurred", "3"),
        ("right", "photo.no_face", "3"),
    ]
    assert here.world.blobs.keys == []
    assert measured("atelier_generator_photos_refused_total", slot="left") == before + 1


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"photos": []}, "photos"),
        ({"photos": [pb.Photo(slot=pb.PHOTO_SLOT_FRONT, file=blob_pb2.BlobRef())] * 3}, ""),
        ({"pupil_distance_mm": 12.0}, "pupil_distance_mm"),
        ({"consent_version": "x" * 33}, "consent_version"),
    ],
    ids=["none", "twice", "eyes", "version"],
)
async def test_the_schema_refuses_what_is_no_request(here: Town, over: dict[str, Any], field: str) -> None:
    refused = await refusal(made(here, **over))
    assert refused.code is Code.INVALID_ARGUMENT
    assert field in [fault.field for fault in refused.faults] or not field
    assert here.world.reader.reads == 0


async def test_the_model_tells_whether_it_answers(here: Town) -> None:
    model = await call(here, "GetFaceModel", pb.GetFaceModelRequest())
    assert (model.ready, model.name, list(model.input_shape), list(model.output_shape)) == (
        True,
        "face_mesh",
        [1, 3, 224, 224],
        [1, 468, 3],
    )
    here.world.face_models.ready = False
    assert not (await call(here, "GetFaceModel", pb.GetFaceModelRequest())).ready


async def test_the_mesher_paints_from_pictures_and_its_refusal_is_a_bug_of_ours(here: Town) -> None:
    await made(here)
    [painted] = here.mesher.painted
    protovalidate.validate(painted)
    assert len(painted.views) == 3
    assert {view.picture.media_type for view in painted.views} == {"image/jpeg"}
    here.mesher.error = Unavailable("busy")
    assert (await refusal(made(here))).code is Code.UNAVAILABLE
    here.mesher.error = AppError("no such field")
    assert (await refusal(made(here))).code is Code.INTERNAL


async def test_an_avatar_from_photos_is_a_job_that_names_both(here: Town) -> None:
    job = (await call(here, "CreateAvatarFromPhotos", await avatar_request(here), "ann")).job
    protovalidate.validate(job)
    assert (job.kind, job.state, job.credits) == (
        jobs_pb2.JOB_KIND_AVATAR_FROM_PHOTOS,
        jobs_pb2.JOB_STATE_PENDING,
        5,
    )
    assert (job.avatar_id, job.face_id) == ("", "")
    await work(here)
    done = (await here.job("GetJob", jobs_pb2.GetJobRequest(id=job.id))).job
    assert (done.state, done.made_count) == (jobs_pb2.JOB_STATE_COMPLETED, 1)
    face = (await call(here, "GetFace", pb.GetFaceRequest(id=done.face_id), "ann")).face
    request = pb.SetAvatarFaceRequest(avatar_id=done.avatar_id, face_id=face.id)
    avatar = (await call(here, "SetAvatarFace", request, "ann")).avatar
    assert (avatar.recipe.face.face_id, avatar.recipe.face.skin_color) == (face.id, "#c89678")
    assert avatar.recipe.face.eye_color == "#5a3c28"
    bare = pb.SetAvatarFaceRequest(avatar_id=done.avatar_id)
    assert not (await call(here, "SetAvatarFace", bare, "ann")).avatar.recipe.HasField("face")
    assert (await refusal(call(here, "SetAvatarFace", request, "bob"))).code is Code.NOT_FOUND


async def test_the_mesher_is_given_the_worn_face_and_its_skin(here: Town) -> None:
    avatar, face = await here.create(), await made(here, "ann")
    request = pb.SetAvatarFaceRequest(avatar_id=avatar.id, face_id=face.id)
    await call(here, "SetAvatarFace", request, "ann")
    worn = here.mesher.worn[-1]
    protovalidate.validate(worn)
    assert (worn.skin_color, worn.eye_color, len(worn.geometry.points)) == ("#c89678", "#5a3c28", 5616)
    # The whole body is in it, where no other skin is named.
    assert [appearance.skin_color for appearance in here.mesher.appearances][-1] == "#c89678"


async def test_a_failed_job_says_which_photo_it_was(here: Town) -> None:
    request = await avatar_request(here, "ahead", "bad photo.turned_too_far", "to the left")
    job = (await call(here, "CreateAvatarFromPhotos", request, "ann")).job
    await work(here)
    failed = (await here.job("GetJob", jobs_pb2.GetJobRequest(id=job.id))).job
    assert (failed.state, failed.error.reason) == (jobs_pb2.JOB_STATE_FAILED, "INVALID_PHOTOS")
    [fault] = failed.error.photos
    assert (fault.slot, fault.filename, fault.code, fault.limit) == (
        "left",
        "left.jpg",
        "photo.turned_too_far",
        "3",
    )
    again = here.job("RetryJob", jobs_pb2.RetryJobRequest(id=job.id), roles=("user", "admin"))
    assert (await refusal(again)).reason == "PHOTOS_DELETED"


@pytest.mark.attack("A61")
async def test_without_consent_there_is_no_job(here: Town) -> None:
    without = await avatar_request(here, consent_version="")
    assert fields(await refusal(call(here, "CreateAvatarFromPhotos", without, "ann"))) == ["consent_version"]
    here.world.consents.withdrawn = True
    refused = await refusal(call(here, "CreateAvatarFromPhotos", await avatar_request(here), "ann"))
    assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "CONSENT_REQUIRED")
    assert refused.metadata == {"purpose": "face_photos", "version": Signatures.VERSION}


async def test_nobody_has_no_avatars(here: Town) -> None:
    request = await avatar_request(here)
    assert (await refusal(call(here, "CreateAvatarFromPhotos", request))).code is Code.UNAUTHENTICATED


@pytest.mark.attack("A38")
async def test_a_file_of_the_store_is_no_photo(here: Town) -> None:
    ref = await here.world.blobs.put(b"avatar", prefix="avatars", media_type="image/jpeg")
    shown = await photos(here)
    shown[1].file.CopyFrom(blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type="image/jpeg", size=6))
    refused = await refusal(call(here, "CreateFace", pb.CreateFaceRequest(photos=shown)))
    assert fields(refused) == ["photos[1].file.key"]
    assert ref.key in here.world.blobs.keys


class Signing:
    """Acts for people with tokens that the neighbours take."""

    @asynccontextmanager
    async def acting_for(self, owner: str) -> AsyncIterator[None]:
        with identity.acting(identity.Caller(owner, frozenset(), signed_token(owner))):
            yield


async def work(here: Town) -> None:
    """What a worker does, with the neighbours of the server."""
    rail = here.world.rail
    if not rail.by_name:
        job_tasks(
            here.tools, announcer=Mailbox(), delegates=Signing(), hold_age=timedelta(minutes=5)
        ).register(rail, reconcile_every_s=60)
    await rail.run_due(here.world.clock)

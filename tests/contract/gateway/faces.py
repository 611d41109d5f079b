"""The generator's FaceService beside the double of its avatars."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import grpc

from atelier.common.v1 import blob_pb2
from atelier.generator.v1 import faces_pb2 as pb
from atelier.generator.v1 import faces_pb2_grpc as rpc
from atelier.generator.v1 import generator_pb2, jobs_pb2
from atelierkit.errors import NotFound
from atelierkit.identity import current_caller, require_caller
from atelierkit.server import Service
from services.generator.domain.errors import BadPageToken
from services.generator.servicer.jobs import JobServicer
from tests.contract.gateway.doubles import GeneratorDouble

Context = grpc.aio.ServicerContext[Any, Any]
TIMESTAMP = 1_800_000_000
SLOTS = {pb.PHOTO_SLOT_FRONT: "front", pb.PHOTO_SLOT_LEFT: "left", pb.PHOTO_SLOT_RIGHT: "right"}


class FacesDouble(rpc.FaceServiceServicer):
    """Finds the same face in any three photos, and remembers what it was sent.

    ``failure`` is raised instead of making a face; a job does not end before ``gate`` is open.
    """

    def __init__(self, generator: GeneratorDouble) -> None:
        self._generator = generator
        self.failure: Exception | None = None
        self.made: list[pb.CreateFaceRequest] = []
        self.asked: list[pb.CreateAvatarFromPhotosRequest] = []
        self.uploads: list[dict[str, bytes]] = []
        """Bytes by slot, of each request."""
        self.seconds_left: float | None = None
        self.faces: dict[str, tuple[str, pb.Face]] = {}
        """Owner and face by id; an empty owner for nobody's."""
        self.jobs: dict[str, jobs_pb2.Job] = {}
        self.begun = asyncio.Semaphore(0)
        """Is released by each accepted job."""
        self.ready = True
        self.gate = asyncio.Event()
        self.gate.set()

    async def CreateFace(self, request: pb.CreateFaceRequest, context: Context) -> pb.CreateFaceResponse:
        self.seconds_left = context.time_remaining()
        await self._keep(request.photos)
        self.made.append(request)
        if self.failure is not None:
            raise self.failure
        await self._delete(request.photos)
        face = self.add(caller.subject if (caller := current_caller()) else "")
        return pb.CreateFaceResponse(face=face)

    async def GetFace(self, request: pb.GetFaceRequest, context: Context) -> pb.GetFaceResponse:
        return pb.GetFaceResponse(face=self._known(request.id))

    async def ListFaces(self, request: pb.ListFacesRequest, context: Context) -> pb.ListFacesResponse:
        """Newest first; a page's token is the place of its first face."""
        own = [face for owner, face in self.faces.values() if owner == require_caller().subject][::-1]
        if not (request.page_token or "0").isdecimal():
            raise BadPageToken
        start = int(request.page_token or 0)
        end = start + request.page_size
        return pb.ListFacesResponse(faces=own[start:end], next_page_token=str(end) if end < len(own) else "")

    async def DownloadFace(
        self, request: pb.DownloadFaceRequest, context: Context
    ) -> pb.DownloadFaceResponse:
        face = self._known(request.id)
        face.download_count += 1
        return pb.DownloadFaceResponse(file=self._file(), filename=face.filename)

    async def DeleteFace(self, request: pb.DeleteFaceRequest, context: Context) -> pb.DeleteFaceResponse:
        self._known(request.id)
        del self.faces[request.id]
        return pb.DeleteFaceResponse()

    async def GetFaceModel(
        self, request: pb.GetFaceModelRequest, context: Context
    ) -> pb.GetFaceModelResponse:
        return pb.GetFaceModelResponse(
            ready=self.ready,
            name="face_mesh",
            version="test-1",
            input_shape=[1, 3, 224, 224],
            output_shape=[1, 468, 3],
        )

    async def CreateAvatarFromPhotos(
        self, request: pb.CreateAvatarFromPhotosRequest, context: Context
    ) -> pb.CreateAvatarFromPhotosResponse:
        await self._keep(request.photos)
        self.asked.append(request)
        if self.failure is not None:
            raise self.failure
        job = jobs_pb2.Job(
            id=str(uuid.uuid4()),
            kind=jobs_pb2.JOB_KIND_AVATAR_FROM_PHOTOS,
            state=jobs_pb2.JOB_STATE_PENDING,
            lane=jobs_pb2.JOB_LANE_NORMAL,
            credits=5,
            total_count=1,
            revision=1,
            account_id=require_caller().subject,
        )
        job.create_time.FromSeconds(TIMESTAMP)
        self.jobs[job.id] = job
        self.begun.release()
        return pb.CreateAvatarFromPhotosResponse(job=job)

    async def SetAvatarFace(
        self, request: pb.SetAvatarFaceRequest, context: Context
    ) -> pb.SetAvatarFaceResponse:
        owner, avatar = self._generator.avatars.get(request.avatar_id, ("", generator_pb2.Avatar()))
        if owner != require_caller().subject:
            raise NotFound("there is no such avatar")
        avatar.recipe.ClearField("face")
        if request.face_id:
            self._known(request.face_id)
            avatar.recipe.face.MergeFrom(
                generator_pb2.RecipeFace(face_id=request.face_id, skin_color="#c89678")
            )
        return pb.SetAvatarFaceResponse(avatar=avatar)

    def add(self, owner: str) -> pb.Face:
        """A face of that person, or of nobody."""
        face = found(str(uuid.uuid4()), self._generator.glb.size)
        if not owner:
            face.expire_time.FromSeconds(TIMESTAMP + 86_400)
        self.faces[face.id] = owner, face
        return face

    def watching(self, servicer: JobServicer) -> None:
        """Have the servicer of all other jobs tell of these, too."""
        others = servicer.WatchJob

        async def watch(
            request: jobs_pb2.WatchJobRequest, context: Context
        ) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
            if request.id not in self.jobs:
                async for change in others(request, context):
                    yield change
                return
            await self.gate.wait()
            yield jobs_pb2.WatchJobResponse(job=self._ended(self.jobs[request.id]))

        # The generated code takes the method from the object.
        vars(servicer)["WatchJob"] = watch

    def _ended(self, job: jobs_pb2.Job) -> jobs_pb2.Job:
        face = self.add(job.account_id)
        avatar = generator_pb2.Avatar(
            id=str(uuid.uuid4()),
            recipe=generator_pb2.Recipe(
                body=self.asked[-1].body,
                model_version="test-1",
                face=generator_pb2.RecipeFace(face_id=face.id, skin_color="#c89678", eye_color="#5a4632"),
            ),
        )
        self._generator.avatars[avatar.id] = job.account_id, avatar
        job.state, job.revision, job.progress_percent = jobs_pb2.JOB_STATE_COMPLETED, 2, 100
        job.avatar_id, job.face_id = avatar.id, face.id
        return job

    async def _keep(self, photos: Sequence[pb.Photo]) -> None:
        read = {SLOTS[photo.slot]: await self._generator.blobs.get(photo.file.key) for photo in photos}
        self.uploads.append(read)

    async def _delete(self, photos: Sequence[pb.Photo]) -> None:
        for photo in photos:
            await self._generator.blobs.delete(photo.file.key)

    def _known(self, face_id: str) -> pb.Face:
        owner, face = self.faces.get(face_id, ("nobody at all", pb.Face()))
        caller = current_caller()
        if owner and owner != (caller.subject if caller else ""):
            raise NotFound("there is no such face")
        return face

    def _file(self) -> blob_pb2.BlobRef:
        glb = self._generator.glb
        return blob_pb2.BlobRef(key=glb.key, sha256=glb.sha256, media_type=glb.media_type, size=glb.size)

    def beside(self, service: Service) -> Service:
        """The service, which offers faces as well."""

        def add(server: grpc.aio.Server) -> None:
            service.add(server)
            rpc.add_FaceServiceServicer_to_server(self, server)

        return replace(service, add=add, also=(*service.also, pb.DESCRIPTOR.services_by_name["FaceService"]))


def found(id: str, size: int) -> pb.Face:
    """A smiling face whose earrings cannot be told."""
    face = pb.Face(
        id=id,
        features=pb.FacialFeatures(
            expressions={
                "smile": pb.Trait(present=True, score=0.98765),
                "frown": pb.Trait(present=False, score=0.9),
                "raisedEyebrows": pb.Trait(present=False, score=0.8),
                "squint": pb.Trait(present=False, score=0.7),
            },
            face_shape="oval",
            face_shape_scores={"oval": 0.75, "round": 0.25},
            skin=pb.MeasuredColor(red=200, green=150, blue=120, confidence=0.85),
            monk_tone=4,
            accessories={
                "glasses": pb.Trait(present=False, score=0.99),
                "earrings": pb.Trait(score=0.5, reason="ears_hidden"),
                "hat": pb.Trait(present=False, score=0.97),
            },
        ),
        vertex_count=468,
        face_count=898,
        file_size=size,
        filename=f"avatar_{id}_1800000000000.glb",
        generation_ms=2500,
        inference_ms=800,
        model_version="1.0.0",
        scale_source="iris",
    )
    face.create_time.FromSeconds(TIMESTAMP)
    return face

"""Ends of jobs, announced to the auth service, which knows whom to tell and how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import uuid5

from atelier.auth.v1 import events_pb2 as pb
from atelier.auth.v1 import events_pb2_grpc
from services.generator.adapters.neighbours import calling
from services.generator.domain.generations import PICTURE
from services.generator.domain.jobs import Job, Kind, State

_KINDS: Mapping[State, str] = {
    State.COMPLETED: "job.completed",
    State.FAILED: "job.failed",
    State.CANCELLED: "job.cancelled",
}


class RemoteAnnouncer:
    """Tells auth. The event's id follows from the job's."""

    def __init__(self, stub: events_pb2_grpc.EventServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def ended(self, job: Job) -> None:
        request = pb.AnnounceRequest(
            event_id=str(uuid5(job.id, "ended")),
            account_id=job.owner,
            kind=_KINDS[job.state],
            data_json=json.dumps(_told(job)),
        )
        with calling("auth"):
            await self._stub.Announce(request, timeout=self._timeout_s)


def _told(job: Job) -> dict[str, object]:
    """What a webhook hears: as the API names it, and nothing about persons."""
    told: dict[str, object] = {
        "jobId": str(job.id),
        "kind": job.kind.value,
        "state": job.state.value,
        "items": {"total": job.total, "made": job.count.made, "failed": job.count.failed},
        "cost": job.cost,
        "error": job.failure.reason.lower() if job.failure else None,
        "avatarId": str(job.avatar_id) if job.has_made_a_face else None,
        "faceId": str(job.face_id) if job.has_made_a_face else None,
    }
    if job.kind is Kind.POSE_GENERATION:
        path = f"/v1/poses/generations/{job.id}"
        told["generation"] = {
            "id": str(job.id),
            "href": path,
            "picture": f"{path}.png" if PICTURE in job.results else None,
        }
    return told

"""What auth is told of a job's end, on the wire."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from atelier.auth.v1 import events_pb2
from atelier.auth.v1.events_pb2_grpc import (
    EventServiceServicer,
    EventServiceStub,
    add_EventServiceServicer_to_server,
)
from atelierkit.server import Service
from atelierkit.testing import serve
from services.generator.adapters.announcer import RemoteAnnouncer
from services.generator.domain.jobs import Count, Failure, Job, Kind, Lane, State


class Ears(EventServiceServicer):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[events_pb2.AnnounceRequest] = []

    async def Announce(
        self, request: events_pb2.AnnounceRequest, context: Any
    ) -> events_pb2.AnnounceResponse:
        self.told.append(request)
        return events_pb2.AnnounceResponse()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
async def announcer(ears: Ears) -> AsyncIterator[RemoteAnnouncer]:
    descriptor = events_pb2.DESCRIPTOR.services_by_name["EventService"]
    add = partial(add_EventServiceServicer_to_server, ears)
    service = Service(descriptor.full_name, add, descriptor)
    async with serve(service) as channel:
        yield RemoteAnnouncer(EventServiceStub(channel), timeout_s=5.0)


def ended(kind: Kind, state: State) -> Job:
    failure = Failure("INVALID_PHOTOS", "no face") if state is State.FAILED else None
    count = Count(made=1) if state is State.COMPLETED else Count(failed=1)
    return Job(
        uuid4(),
        str(uuid4()),
        kind,
        Lane.NORMAL,
        3,
        1,
        datetime(2031, 5, 4, tzinfo=UTC),
        state,
        count,
        failure=failure,
    )


async def test_who_sent_photos_hears_which_avatar_and_face_came_of_them(
    announcer: RemoteAnnouncer, ears: Ears
) -> None:
    job = ended(Kind.AVATAR_FROM_PHOTOS, State.COMPLETED)
    await announcer.ended(job)
    assert ears.told[0].kind == "job.completed"
    assert json.loads(ears.told[0].data_json) == {
        "jobId": str(job.id),
        "kind": "avatar_from_photos",
        "state": "completed",
        "items": {"total": 1, "made": 1, "failed": 0},
        "cost": 3,
        "error": None,
        "avatarId": str(job.avatar_id),
        "faceId": str(job.face_id),
    }


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Kind.AVATAR_FROM_PHOTOS, State.FAILED),
        (Kind.AVATAR_FROM_PHOTOS, State.CANCELLED),
        (Kind.AVATAR_BATCH, State.COMPLETED),
    ],
)
async def test_where_no_face_was_made_none_is_named(
    announcer: RemoteAnnouncer, ears: Ears, kind: Kind, state: State
) -> None:
    await announcer.ended(ended(kind, state))
    data = json.loads(ears.told[0].data_json)
    assert (data["avatarId"], data["faceId"]) == (None, None)
    assert data["error"] == ("invalid_photos" if state is State.FAILED else None)

"""Pictures of poses: for anybody, drawn once, and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from atelier.common.v1 import body_pb2
from atelierkit.errors import Unavailable
from services.gateway.settings import GatewaySettings
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of
from tests.patience import PATIENCE_S


@pytest.fixture
async def path(client: httpx.AsyncClient) -> str:
    """Where a pose's picture lies."""
    [pose] = (await client.get("/v1/catalog/poses", params={"limit": 1})).json()["data"]
    return f"/v1/catalog/poses/{pose['id']}.webp"


async def test_anybody_sees_a_pose_that_is_drawn_once(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    first, again = await client.get(path), await client.get(path)
    assert (first.status_code, first.headers["content-type"]) == (200, "image/webp")
    assert first.headers["cache-control"] == "public, max-age=86400"
    assert first.headers.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    known = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    seconds_left = world.pose_pictures.seconds_left
    assert seconds_left is not None
    assert 15.0 < seconds_left <= GatewaySettings.model_fields["picture_timeout_s"].default
    [asked] = world.pose_pictures.asked
    assert (asked.size, asked.body_type) == (256, body_pb2.BODY_TYPE_NEUTRAL)
    assert asked.pose.turns


async def test_every_size_and_body_is_a_picture_of_its_own(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    for query in ("size=128", "size=512&bodyType=masculine", "bodyType=feminine"):
        assert (await client.get(f"{path}?{query}")).status_code == 200
    assert [(asked.size, asked.body_type) for asked in world.pose_pictures.asked] == [
        (128, body_pb2.BODY_TYPE_NEUTRAL),
        (512, body_pb2.BODY_TYPE_MASCULINE),
        (256, body_pb2.BODY_TYPE_FEMININE),
    ]


async def test_a_crowd_has_it_drawn_once(world: World, client: httpx.AsyncClient, path: str) -> None:
    world.pose_pictures.gate.clear()
    crowd = [asyncio.create_task(client.get(path)) for _ in range(6)]
    await world.pose_pictures.begun.acquire()
    # Whoever came first goes: the others still get their picture.
    crowd.pop(0).cancel()
    world.pose_pictures.gate.set()
    answers = await asyncio.gather(*crowd)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(world.pose_pictures.asked) == 1


async def test_what_failed_is_drawn_when_it_is_asked_for_again(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    world.pose_pictures.failure = Unavailable("no driver")
    assert (await client.get(path)).status_code == 503
    world.pose_pictures.failure = None
    assert (await client.get(path)).status_code == 200


async def test_a_lost_file_is_drawn_again(world: World, client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    await world.jobs.world.blobs.delete(f"poses/{first.headers['etag'].strip(chr(34))}")
    assert (await client.get(path)).content == first.content
    assert len(world.pose_pictures.asked) == 2


@pytest.mark.parametrize("name", ["no-such-pose", "..", "%00", "A" * 70])
async def test_there_is_no_picture_of_no_pose(world: World, client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/v1/catalog/poses/{name}.webp")
    assert answer.status_code in {400, 404}
    assert world.pose_pictures.asked == []


@pytest.mark.parametrize("query", ["size=100", "size=1024", "bodyType=other", "camera=back"])
async def test_nobody_asks_for_what_was_not_meant(
    world: World, client: httpx.AsyncClient, path: str, query: str
) -> None:
    assert (await client.get(f"{path}?{query}")).status_code == 400
    assert world.pose_pictures.asked == []


LOOKS = [
    f"size={size}&bodyType={body}"
    for size in (128, 256, 512)
    for body in ("feminine", "masculine", "neutral")
]


@pytest.fixture
async def crowded(world: World, signed_in: httpx.AsyncClient, path: str) -> AsyncIterator[httpx.AsyncClient]:
    """As many pictures of poses as may be drawn at a time are being drawn, and do not come to an end. One is there."""
    assert (await signed_in.get(path)).status_code == 200
    await world.pose_pictures.begun.acquire()
    world.pose_pictures.gate.clear()
    places = GatewaySettings.model_fields["max_pose_drawings"].default
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        wanted = [look for look in LOOKS if look != "size=256&bodyType=neutral"][:places]
        drawn = [group.create_task(signed_in.get(f"{path}?{look}")) for look in wanted]
        for _ in drawn:
            await world.pose_pictures.begun.acquire()
        yield signed_in
        world.pose_pictures.gate.set()
    assert [task.result().status_code for task in drawn] == [200] * places


async def test_a_drawing_too_many_is_told_when_to_come_back(crowded: httpx.AsyncClient, path: str) -> None:
    [other] = (await crowded.get("/v1/catalog/poses", params={"limit": 2})).json()["data"][1:]
    refused = await crowded.get(f"/v1/catalog/poses/{other['id']}.webp")
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.json()["retryable"] is True
    assert int(refused.headers["retry-after"]) >= 1


async def test_what_is_drawn_already_is_shown_beside_a_crowd(crowded: httpx.AsyncClient, path: str) -> None:
    assert (await crowded.get(path)).status_code == 200


async def test_whoever_waits_for_the_same_picture_takes_no_place(
    world: World, crowded: httpx.AsyncClient, path: str
) -> None:
    asked = len(world.pose_pictures.asked)
    again = asyncio.create_task(crowded.get(f"{path}?{LOOKS[0]}"))
    assert (await crowded.get(path)).status_code == 200
    world.pose_pictures.gate.set()
    assert (await again).status_code == 200
    assert len(world.pose_pictures.asked) == asked


async def test_files_and_pictures_of_avatars_are_answered_beside_a_crowd(crowded: httpx.AsyncClient) -> None:
    draft = {"measurements": {}, "bodyType": "neutral"}
    made = await crowded.post("/v1/avatars", json=draft)
    assert made.status_code == 201
    links = made.json()["links"]
    answers = [await crowded.get(address) for address in (links["glb"], f"{links['self']}.png")]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_a_gallery_has_a_limit_of_its_own(world: World, path: str) -> None:
    async with client_of(world.replica("gallery=2/15min", MemoryWindows())) as visitor:
        statuses = [(await visitor.get(path)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert (await visitor.get("/v1/catalog/skins")).status_code == 200

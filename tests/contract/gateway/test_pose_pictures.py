"""Pictures of poses: for anybody, drawn once, and bounded."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from atelier.common.v1 import body_pb2
from atelierkit.errors import Unavailable
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of


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
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    known = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
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


async def test_a_gallery_has_a_limit_of_its_own(world: World, path: str) -> None:
    async with client_of(world.replica("gallery=2/15min", MemoryWindows())) as visitor:
        statuses = [(await visitor.get(path)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert (await visitor.get("/v1/catalog/skins")).status_code == 200

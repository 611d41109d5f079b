"""Too many at once: each kind of work has its own queue, and who does not fit in is told so at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog.testing
from prometheus_client import REGISTRY

from services.gateway.settings import GatewaySettings
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.test_v1 import DRAFT
from tests.patience import PATIENCE_S


@pytest.fixture
async def crowded(world: World, signed_in: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Every place for bodies is taken, and so is every place to wait."""
    places = GatewaySettings.model_fields["max_bodies"].default
    world.generator.gate.clear()
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        made = [group.create_task(signed_in.post("/v1/avatars", json=DRAFT)) for _ in range(2 * places)]
        for _ in range(places):
            await world.generator.begun.acquire()
        yield signed_in
        world.generator.gate.set()
    assert {task.result().status_code for task in made} <= {201, 503}
    assert [task.result().status_code for task in made].count(201) >= places


async def test_a_body_too_many_is_told_when_to_come_back(crowded: httpx.AsyncClient) -> None:
    refused = await crowded.post("/v1/avatars", json=DRAFT)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.json()["retryable"] is True
    assert int(refused.headers["retry-after"]) >= 1


async def test_a_refused_body_is_not_even_read(crowded: httpx.AsyncClient) -> None:
    read = []

    async def unread() -> AsyncIterator[bytes]:
        read.append(True)
        yield b"{}"

    headers = {"Content-Type": "application/json"}
    refused = await crowded.post("/v1/avatars", content=unread(), headers=headers)
    assert (refused.status_code, read) == (503, [])


async def test_the_source_s_own_route_stands_in_the_same_queue(crowded: httpx.AsyncClient) -> None:
    refused = await crowded.post("/generate", json={"gender": "female", "stature": 170})
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")


async def test_log_ins_and_reads_go_on_beside_a_crowd_of_bodies(crowded: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        crowded.post("/v1/auth/login", json=CREDENTIALS),
        crowded.get("/v1/me"),
        crowded.get("/v1/avatars"),
        crowded.get("/v1/catalog/garments"),
    )
    assert [answer.status_code for answer in answers] == [200] * 4


async def test_who_is_turned_away_is_counted_and_not_written_down(crowded: httpx.AsyncClient) -> None:
    labels = {"route": "/v1/avatars", "method": "POST", "status": "503"}
    before = REGISTRY.get_sample_value("atelier_gateway_requests_total", labels) or 0
    with structlog.testing.capture_logs() as lines:
        await crowded.post("/v1/avatars", json=DRAFT)
        await crowded.get("/v1/me")
    assert REGISTRY.get_sample_value("atelier_gateway_requests_total", labels) == before + 1
    levels = {line["route"]: line["log_level"] for line in lines if line["event"] == "request"}
    assert levels == {"/v1/avatars": "debug", "/v1/me": "info"}

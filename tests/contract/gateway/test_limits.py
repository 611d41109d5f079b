"""How often one client may ask, told and refused over HTTP."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from atelierkit import health
from services.gateway.server import Gateway, serving
from services.gateway.settings import PUBLISHED_LIMITS, GatewaySettings
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.test_v1 import DRAFT
from tests.patience import PATIENCE_S
from tests.unit.gateway.test_limits import NOWHERE, SetClock

CATALOGUE = "/v1/catalog/skins"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def gateway(world: World, clock: SetClock) -> Starlette:
    return world.replica(PUBLISHED_LIMITS, MemoryWindows(clock))


@pytest.mark.attack("A47")
async def test_the_eleventh_avatar_is_refused_with_the_time_to_wait(
    world: World, gateway: Starlette, clock: SetClock
) -> None:
    token = {"Authorization": f"Bearer {await world.token_of('ada@example.org')}"}
    async with client_of(gateway) as client:
        made = []
        for _ in range(10):
            made.append(await client.post("/v1/avatars", json=DRAFT, headers=token))
            clock.now += 10
        assert [answer.status_code for answer in made] == [201] * 10
        assert made[0].headers["ratelimit-policy"] == '"generate";q=10;w=900'
        assert made[0].headers["ratelimit"] == '"generate";r=9;t=900'
        assert made[9].headers["ratelimit"] == '"generate";r=0;t=810'
        clock.now -= 0.5
        refused = await client.post("/v1/avatars", json=DRAFT, headers=token)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.json()["retryable"] is True
        assert refused.headers["retry-after"] == "801"
        assert refused.headers["ratelimit"] == '"generate";r=0;t=801'
        clock.now += 800.5
        assert (await client.post("/v1/avatars", json=DRAFT, headers=token)).status_code == 201
        assert (await client.post("/v1/avatars", json=DRAFT, headers=token)).status_code == 429


@pytest.mark.attack("A47")
async def test_the_hundred_and_first_request_is_refused_whatever_it_asks(gateway: Starlette) -> None:
    async with client_of(gateway) as client:
        answers = [await client.get(CATALOGUE) for _ in range(99)]
        # What is refused for itself is a request too, be it somebody who tries passwords.
        answers.append(await client.get("/v1/me"))
        assert [answer.status_code for answer in answers] == [200] * 99 + [401]
        assert (await client.get(CATALOGUE)).status_code == 429
        log_in = {"email": "ada@example.org", "password": "a guess"}
        assert (await client.post("/v1/auth/login", json=log_in)).status_code == 429


@pytest.mark.attack("A47")
async def test_of_a_burst_of_fifty_exactly_ten_pass(world: World, gateway: Starlette) -> None:
    token = {"Authorization": f"Bearer {await world.token_of('ada@example.org')}"}
    async with client_of(gateway) as client:
        # Few at a time: more bodies at once would be turned away for the crowd, and not be counted.
        gate = asyncio.Semaphore(6)

        async def ask() -> int:
            async with gate:
                return (await client.post("/v1/avatars", json=DRAFT, headers=token)).status_code

        answers = await asyncio.gather(*(ask() for _ in range(50)))
    assert sorted(answers) == [201] * 10 + [429] * 40


@pytest.mark.attack("A47")
async def test_accounts_have_a_share_each_and_so_have_addresses(world: World, gateway: Starlette) -> None:
    tokens = [await world.token_of(f"{name}@example.org") for name in ("ada", "eve")]
    async with client_of(gateway) as here, client_of(gateway, "192.0.2.2") as there:
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}"}
            assert (
                (await here.get("/v1/me", headers=headers)).headers["ratelimit"].startswith('"general";r=99')
            )
            assert (
                (await there.get("/v1/me", headers=headers)).headers["ratelimit"].startswith('"general";r=98')
            )
        for client in (here, there):
            assert (await client.get(CATALOGUE)).headers["ratelimit"].startswith('"general";r=99')


async def test_sliders_have_a_limit_of_their_own(world: World, gateway: Starlette) -> None:
    token = {"Authorization": f"Bearer {await world.token_of('ada@example.org')}"}
    async with client_of(gateway) as client:
        for path in ("/v1/avatars/preview", "/v1/measurements/estimate"):
            answer = await client.post(path, json={"bodyType": "neutral"}, headers=token)
            assert answer.headers["ratelimit-policy"] == '"preview";q=900;w=900'


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/nothing/here"])
async def test_probes_and_pages_are_not_counted(gateway: Starlette, path: str) -> None:
    async with client_of(gateway) as client:
        assert "ratelimit" not in (await client.get(path)).headers


async def test_the_inherited_routes_count_with_the_others(world: World, clock: SetClock) -> None:
    gateway = world.replica("generate=1/15min,general=2/15min", MemoryWindows(clock))
    token = {"Authorization": f"Bearer {await world.token_of('ada@example.org')}"}
    async with client_of(gateway) as client:
        form = {"gender": "female", "stature": 170}
        answers = [await client.post("/generate", json=form, headers=token) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 429]
        assert (await client.post("/v1/avatars", json=DRAFT, headers=token)).status_code == 429
        answers = [await client.get("/logout") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_what_is_turned_away_for_the_crowd_is_not_counted(world: World, clock: SetClock) -> None:
    gateway = world.replica(PUBLISHED_LIMITS, MemoryWindows(clock))
    token = {"Authorization": f"Bearer {await world.token_of('ada@example.org')}"}
    places = GatewaySettings.model_fields["max_bodies"].default
    world.generator.gate.clear()
    async with client_of(gateway) as client, asyncio.TaskGroup() as group:
        world.client.headers.update(token)
        crowd = [group.create_task(world.client.post("/v1/avatars", json=DRAFT)) for _ in range(2 * places)]
        for _ in range(places):
            await world.generator.begun.acquire()
        form = {"gender": "female", "stature": 170}
        refused = [
            await client.post("/v1/avatars", json=DRAFT, headers=token),
            await client.post("/generate", json=form, headers=token),
        ]
        world.generator.gate.set()
        await asyncio.gather(*crowd)
        assert [answer.status_code for answer in refused] == [503, 503]
        again = await client.post("/v1/avatars", json=DRAFT, headers=token)
        assert again.headers["ratelimit"] == '"generate";r=9;t=900'


@pytest.mark.attack("A11", "A47")
@pytest.mark.parametrize(("trusted", "passing"), [("", 3), ("127.0.0.1", 9)])
async def test_a_client_cannot_choose_its_address(
    world: World, clock: SetClock, trusted: str, passing: int
) -> None:
    """A11, A47: `X-Forwarded-For` is another one each time, and is believed of a proxy of ours alone."""
    gateway = world.replica("general=3/15min", MemoryWindows(clock))
    settings = GatewaySettings(port=0, drain_grace_s=1, trusted_proxies=trusted, **NOWHERE)
    async with (
        health.watching({}) as readiness,
        serving(Gateway(gateway, readiness), settings) as running,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.port}", timeout=PATIENCE_S) as client,
    ):
        answers = [
            await client.get(CATALOGUE, headers={"X-Forwarded-For": f"203.0.113.{index}"})
            for index in range(9)
        ]
    assert [answer.status_code for answer in answers] == [200] * passing + [429] * (9 - passing)

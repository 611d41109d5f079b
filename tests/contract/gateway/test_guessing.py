"""Whoever tries passwords, from one address over many accounts, or from many addresses at one: ATTACKS A11."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest

from atelierkit import health
from services.gateway.server import Gateway, serving
from services.gateway.settings import PUBLISHED_LIMITS, GatewaySettings
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import CREDENTIALS, World, client_of
from tests.patience import PATIENCE_S
from tests.unit.gateway.test_limits import NOWHERE

GUESS = "a guess at a password"
RIGHT = CREDENTIALS["password"]


@asynccontextmanager
async def guesser(world: World, limits: str, trusted: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """Who asks a gateway with such limits over a real connection."""
    settings = GatewaySettings(port=0, drain_grace_s=1, trusted_proxies=trusted, **NOWHERE)
    gateway = world.replica(limits, MemoryWindows())
    async with (
        health.watching({}) as readiness,
        serving(Gateway(gateway, readiness), settings) as running,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.port}", timeout=PATIENCE_S) as client,
    ):
        yield client


async def guessed(
    client: httpx.AsyncClient, emails: Sequence[str], password: str = GUESS
) -> list[httpx.Response]:
    """One password for each address, each seemingly from somewhere else."""
    return [
        await client.post(
            "/v1/auth/login",
            json={"email": email, "password": password},
            headers={"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"},
        )
        for number, email in enumerate(emails)
    ]


@pytest.mark.attack("A11", ways=2)
async def test_one_address_tries_no_more_accounts_than_its_limit(world: World) -> None:
    people = [f"person-{number}@example.org" for number in range(25)]
    await world.token_of(people[0])
    async with guesser(world, "general=20/15min") as client:
        answers = await guessed(client, people)
    assert [each.status_code for each in answers] == [401] * 20 + [429] * 5
    assert all(int(each.headers["retry-after"]) > 0 for each in answers[20:])
    # Those who were tried notice nothing.
    async with client_of(world.replica(PUBLISHED_LIMITS, MemoryWindows()), "192.0.2.77") as victim:
        assert (await guessed(victim, people[:1], RIGHT))[0].status_code == 200


@pytest.mark.attack("A11", ways=2)
@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
async def test_one_account_is_tried_ten_times_from_wherever(world: World, email: str) -> None:
    for person in ("ada@example.org", "eve@example.org"):
        await world.token_of(person)
    async with guesser(world, PUBLISHED_LIMITS, trusted="127.0.0.1") as client:
        answers = await guessed(client, [email] * 15)
        assert [each.status_code for each in answers] == [401] * 10 + [429] * 5
        assert {each.json()["code"] for each in answers[10:]} == {"too_many_attempts"}
        assert all(0 < int(each.headers["retry-after"]) <= 900 for each in answers[10:])
        assert (await guessed(client, ["eve@example.org"], RIGHT))[0].status_code == 200

"""A build in whose middle the mesher is lost is told from one that no mesher began."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from atelier.mesher.v1.mesher_pb2 import DESCRIPTOR
from atelierkit import client, server
from atelierkit.errors import AppError, Code, TimedOut, Unavailable
from atelierkit.settings import ServiceSettings
from tests.contract.generator.neighbours import MesherDouble, Town, refusal, town
from tests.faults.harness.proxy import FaultProxy
from tests.unit.generator.world import World

MESHER = DESCRIPTOR.services_by_name["MesherService"]
SETTINGS = ServiceSettings(port=0, drain_grace_s=0.0)
Cut = Callable[[], None]


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Town, MesherDouble, Cut]]:
    """The generator, the mesher that it calls, and what cuts the connections between the two."""
    world = World()
    mesher = MesherDouble(world.mesher, world.scanner)
    async with (
        server.serving(mesher.service(), SETTINGS) as running,
        FaultProxy(("127.0.0.1", running.port)).serving() as proxy,
        client.channel(proxy.address, SETTINGS, services=[MESHER]) as channel,
        town(world, mesher=channel) as here,
    ):
        await here.create()
        yield here, mesher, proxy.reset


def told(error: AppError) -> tuple[Code, str, dict[str, str]]:
    return error.code, error.message, error.metadata


async def test_a_mesher_that_is_lost_in_the_middle_broke_down() -> None:
    async with served() as (here, _, cut):

        async def lost() -> None:
            cut()

        here.world.mesher.before_answer = lost
        error = await refusal(here.create())
        assert told(error) == (Code.UNAVAILABLE, "the mesher broke down", {"dependency": "mesher"})
        here.world.mesher.before_answer = None
        await here.create()


@pytest.mark.parametrize("error", [Unavailable("the store is away"), TimedOut("late")], ids=["away", "late"])
async def test_one_that_says_why_it_cannot_did_not(error: AppError) -> None:
    async with served() as (here, mesher, _):
        mesher.error = error
        refused = await refusal(here.create())
        assert told(refused) == (Code.UNAVAILABLE, "the mesher does not answer", {"dependency": "mesher"})


async def test_one_that_was_never_there_did_not() -> None:
    async with (
        client.channel("127.0.0.1:9", SETTINGS, services=[MESHER]) as nowhere,
        town(mesher=nowhere) as here,
    ):
        refused = await refusal(here.create())
    assert told(refused) == (Code.UNAVAILABLE, "the mesher does not answer", {"dependency": "mesher"})

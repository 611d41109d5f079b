from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import grpc.aio
import pytest

from atelier.auth.v1 import auth_pb2_grpc as rpc
from atelierkit.testing import serve
from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.adapters.passwords import Argon2Passwords
from services.auth.bootstrap import assemble
from services.auth.domain.credits import Prices
from services.auth.domain.ports import UnitsOfWork
from tests.unit.auth.couriers import CourierDouble
from tests.unit.auth.world import POLICIES, SEALS, SESSION_LIFE, SetClock, access_tokens, cheap_passwords


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def passwords() -> Iterator[Argon2Passwords]:
    with cheap_passwords() as made:
        yield made


@pytest.fixture
def units() -> UnitsOfWork:
    return MemoryUnitsOfWork()


@pytest.fixture
def courier() -> CourierDouble:
    return CourierDouble()


@pytest.fixture
async def channel(
    units: UnitsOfWork, passwords: Argon2Passwords, clock: SetClock, courier: CourierDouble
) -> AsyncIterator[grpc.aio.Channel]:
    service = assemble(
        units=units,
        passwords=passwords,
        tokens=access_tokens(),
        seals=SEALS,
        clock=clock,
        session_life=SESSION_LIFE,
        prices=Prices(),
        policies=POLICIES,
        courier=courier,
    )
    async with serve(service) as channel:
        yield channel


@pytest.fixture
def stub(channel: grpc.aio.Channel) -> rpc.AuthServiceAsyncStub:
    return rpc.AuthServiceStub(channel)

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.adapters.passwords import Argon2Passwords
from tests.unit.auth.world import SetClock, World, cheap_passwords


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def passwords() -> Iterator[Argon2Passwords]:
    with cheap_passwords() as made:
        yield made


@pytest.fixture
def world(passwords: Argon2Passwords, clock: SetClock) -> World:
    return World(MemoryUnitsOfWork(), passwords, clock)

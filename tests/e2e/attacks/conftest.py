"""People, and the database behind the platform, for those who attack it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import numpy as np
import pytest

from atelierkit.postgres import EmbeddedPostgres
from atelierkit.postgres.launcher import DATABASE
from deploy.local import Platform
from deploy.local.topology import WITH_DATABASE
from tests.e2e.attacks.person import Belongings
from tests.e2e.conftest import PASSWORD, sign_in

ADMIN = "ops@example.org"


@pytest.fixture(scope="session")
def database(platform: Platform) -> EmbeddedPostgres:
    """The platform's own, seen by who owns it."""
    found = EmbeddedPostgres(platform.state_file.parent / "postgres", services=WITH_DATABASE)
    found.start()  # it runs: this takes it over, and the platform stops it
    return found


@pytest.fixture(scope="session")
def admin(platform_url: str, database: EmbeddedPostgres) -> Iterator[httpx.Client]:
    """Who operates the platform."""
    with sign_in(platform_url, ADMIN) as client, database.admin(DATABASE) as connection:
        connection.execute("UPDATE auth.accounts SET role = 'admin' WHERE email = %s", [ADMIN])
        tokens = (
            client.post("/v1/auth/login", json={"email": ADMIN, "password": PASSWORD})
            .raise_for_status()
            .json()
        )
        client.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        yield client


@pytest.fixture
def gil(platform_url: str) -> Iterator[httpx.Client]:
    """Somebody new, with what new accounts are given."""
    with sign_in(platform_url, f"gil-{uuid.uuid4().hex[:12]}@example.org") as client:
        yield client


@pytest.fixture(scope="session")
def cloud() -> bytes:
    """Points of an egg as tall as a person, as text."""
    drawn = np.random.default_rng(7).normal(size=(2_000, 3))
    points = drawn / np.linalg.norm(drawn, axis=1, keepdims=True) * [0.3, 0.85, 0.2] + [0, 0.85, 0]
    return "\n".join(" ".join(f"{value:.4f}" for value in point) for point in points).encode()


@pytest.fixture(scope="session")
def vic(platform_url: str, cloud: bytes) -> Iterator[Belongings]:
    """The victim, who has one of everything."""
    with sign_in(platform_url, "vic@example.org") as client:
        yield Belongings.made(client, cloud)

"""The whole platform, as `make run` starts it, once for all end-to-end tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local import Platform
from deploy.local.settings import LocalSettings

PASSWORD = "tape & chalk, twice"
VARIABLES = {
    # One person of these tests asks for more than a quarter of an hour allows.
    "ATELIER_GATEWAY_LIMITS": "off",
    # Servers of people are on this machine, as everything is.
    "ATELIER_AUTH_WEBHOOKS_ALLOW_PRIVATE": "1",
    "ATELIER_GENERATOR_FORGET_INTERVAL_S": "0.5",
}


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """A running platform on a free port, with data of its own."""
    # Not pytest's temporary folder: PostgreSQL's account must be able to enter it.
    with tempfile.TemporaryDirectory(prefix="atelier-e2e-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        settings = LocalSettings(data_dir=Path(folder) / "data", gateway_port=0)
        with Platform(settings, VARIABLES) as running:
            yield running


@pytest.fixture(scope="session")
def platform_url(platform: Platform) -> str:
    """Address of the running platform."""
    return platform.url


@contextmanager
def sign_in(url: str, email: str) -> Iterator[httpx.Client]:
    """A client of the API for a new person."""
    credentials = {"email": email, "password": PASSWORD}
    with httpx.Client(base_url=url, timeout=30) as client:
        client.post("/v1/auth/signup", json=credentials).raise_for_status()
        tokens = client.post("/v1/auth/login", json=credentials).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        yield client


@pytest.fixture(scope="session")
def ada(platform_url: str) -> Iterator[httpx.Client]:
    """Somebody with an account."""
    with sign_in(platform_url, "ada@example.org") as client:
        yield client


@pytest.fixture(scope="session")
def eve(platform_url: str) -> Iterator[httpx.Client]:
    """Somebody else."""
    with sign_in(platform_url, "eve@example.org") as client:
        yield client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Starting the platform counts as part of the first test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(300))

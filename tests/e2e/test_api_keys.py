"""An API key makes an avatar through all services, within its scopes; what is stored of it is sealed or a digest."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local import Platform
from tests.e2e.conftest import sign_in
from tests.e2e.test_main_way import DRAFT


@pytest.fixture
def owner(platform_url: str) -> Iterator[httpx.Client]:
    with sign_in(platform_url, "keys@example.org") as client:
        yield client


def keyed(owner: httpx.Client, *scopes: str) -> httpx.Client:
    """A server with a key of that person."""
    made = owner.post("/v1/api-keys", json={"name": "a kiosk", "scopes": list(scopes)})
    headers = {"Authorization": f"Bearer {made.raise_for_status().json()['key']}"}
    return httpx.Client(base_url=owner.base_url, headers=headers, timeout=30)


def test_a_kiosk_makes_avatars_that_it_cannot_see(owner: httpx.Client) -> None:
    with keyed(owner, "avatars:write") as kiosk:
        made = kiosk.post("/v1/avatars", json=DRAFT)
        assert made.status_code == 201, made.text
        avatar: dict[str, Any] = made.json()
        assert owner.get(avatar["links"]["self"]).json() == avatar
        for path in (avatar["links"]["self"], avatar["links"]["glb"], "/v1/me", "/v1/api-keys"):
            assert kiosk.get(path).json()["code"] == "insufficient_scope"
    with keyed(owner, "avatars:read") as reader:
        assert reader.get(avatar["links"]["glb"]).content.startswith(b"glTF")
        assert reader.delete(avatar["links"]["self"]).json()["code"] == "insufficient_scope"
    owner.delete(avatar["links"]["self"]).raise_for_status()


def test_the_key_that_seals_is_its_owners_alone(platform: Platform) -> None:
    file = Path(platform.state_file).with_name("sealing-keys")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

"""The whole platform with mutual TLS: an avatar is made, and who has no arrow gets nowhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from atelier.auth.v1 import auth_pb2, auth_pb2_grpc
from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc
from atelier.generator.v1 import generator_pb2, generator_pb2_grpc
from atelier.mesher.v1 import mesher_pb2, mesher_pb2_grpc
from atelier.tryon.v1 import tryon_pb2, tryon_pb2_grpc
from atelierkit import client
from atelierkit.errors import AppError, Code
from atelierkit.settings import ServiceSettings, Tls
from deploy.local import Platform
from deploy.local.certificates import Authority
from deploy.local.settings import LocalSettings
from deploy.local.topology import CALLS
from tests.patience import PATIENCE_S

CREDENTIALS = {"email": "ada@example.org", "password": "tape & chalk, twice"}
GENERATOR = generator_pb2.DESCRIPTOR.services_by_name["GeneratorService"]

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # Not pytest's temporary folder: PostgreSQL's account must be able to enter it.
    with tempfile.TemporaryDirectory(prefix="atelier-mtls-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def platform(folder: Path) -> Iterator[Platform]:
    with Platform(LocalSettings(data_dir=folder / "data", gateway_port=0, mtls=True)) as running:
        yield running


def test_an_avatar_is_made(platform: Platform) -> None:
    with httpx.Client(base_url=platform.url, timeout=60) as http:
        http.post("/v1/auth/signup", json=CREDENTIALS).raise_for_status()
        token = http.post("/v1/auth/login", json=CREDENTIALS).raise_for_status().json()["accessToken"]
        http.headers["authorization"] = f"Bearer {token}"
        draft = {"bodyType": "feminine", "measurements": {"stature": 1662}, "look": {"hairstyle": "bob"}}
        made = http.post("/v1/avatars", json=draft).raise_for_status().json()
        assert http.get(made["links"]["glb"]).raise_for_status().content[:4] == b"glTF"


async def asks(platform: Platform, tls: Tls | None) -> AppError:
    """What the generator answers to that certificate, without a token."""
    port = json.loads(platform.state_file.read_text())["services"]["generator"]["port"]
    files: dict[str, Any] = {}
    if tls is not None:
        files = {"tls_cert": tls.cert, "tls_key": tls.key, "tls_client_ca": tls.client_ca}
    settings = ServiceSettings(**files)
    async with client.channel(f"127.0.0.1:{port}", settings, services=[GENERATOR]) as channel:
        stub: Any = generator_pb2_grpc.GeneratorServiceStub(channel)
        with pytest.raises(AppError) as caught:
            await stub.ListAvatars(generator_pb2.ListAvatarsRequest(), timeout=PATIENCE_S)
    return caught.value


def issued(folder: Path, service: str) -> Tls:
    own = folder / "data" / "tls" / service
    return Tls(own / "tls.crt", own / "tls.key", own / "ca.crt")


@pytest.mark.attack("A23")
@pytest.mark.parametrize("caller", CALLS)
async def test_the_generator_listens_to_the_gateway_alone(
    caller: str, platform: Platform, folder: Path
) -> None:
    refusal = await asks(platform, issued(folder, caller))
    # The gateway is let in, to be asked for its user's token.
    wanted = "UNAUTHENTICATED" if caller == "gateway" else "PEER_NOT_ALLOWED"
    assert refusal.reason == wanted


QUESTIONS: dict[str, tuple[str, Any, str, Any]] = {
    "auth": ("catalog", auth_pb2_grpc.AuthServiceStub, "GetAccount", auth_pb2.GetAccountRequest()),
    "catalog": (
        "tryon",
        catalog_pb2_grpc.CatalogServiceStub,
        "ListGarments",
        catalog_pb2.ListGarmentsRequest(),
    ),
    "mesher": (
        "tryon",
        mesher_pb2_grpc.MesherServiceStub,
        "GetPreviewTopology",
        mesher_pb2.GetPreviewTopologyRequest(),
    ),
    "tryon": ("mesher", tryon_pb2_grpc.TryonServiceStub, "AdviseSize", tryon_pb2.AdviseSizeRequest()),
}
"""Of each other service somebody of the house who has no arrow to it, and what they ask."""


@pytest.mark.attack("A23")
@pytest.mark.parametrize("service", QUESTIONS)
async def test_no_service_listens_to_whom_no_arrow_leads(
    service: str, platform: Platform, folder: Path
) -> None:
    caller, stub, method, request = QUESTIONS[service]
    assert service not in CALLS[caller]
    port = json.loads(platform.state_file.read_text())["services"][service]["port"]
    tls = issued(folder, caller)
    settings = ServiceSettings(tls_cert=tls.cert, tls_key=tls.key, tls_client_ca=tls.client_ca)
    async with client.channel(f"127.0.0.1:{port}", settings) as channel:
        with pytest.raises(AppError) as caught:
            await getattr(stub(channel), method)(request, timeout=5)
    assert (caught.value.code, caught.value.reason) == (Code.PERMISSION_DENIED, "PEER_NOT_ALLOWED")


@pytest.mark.attack("A23", "A56")
async def test_strangers_and_plain_text_do_not_get_through_the_handshake(
    platform: Platform, folder: Path, tmp_path: Path
) -> None:
    house = (folder / "data" / "tls" / "gateway" / "ca.crt").read_bytes()
    stranger = Authority().issue("gateway", tmp_path, trusted=house)
    for tls in (stranger, None):
        assert (await asks(platform, tls)).code is Code.UNAVAILABLE

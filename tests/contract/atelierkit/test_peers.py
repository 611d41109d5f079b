"""Mutual TLS on a real server: who is let in, who is told why not, and what a renewed certificate changes."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from atelierkit import client, server
from atelierkit.errors import AppError, Code
from atelierkit.settings import ServiceSettings, Tls
from deploy.local.certificates import Authority
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S

EXPIRED = datetime.timedelta(seconds=-1)


def settings(tls: Tls, **over) -> ServiceSettings:
    return ServiceSettings(
        port=0, drain_grace_s=5, tls_cert=tls.cert, tls_key=tls.key, tls_client_ca=tls.client_ca, **over
    )


@pytest.fixture(scope="module")
def house() -> Authority:
    return Authority("house")


@asynccontextmanager
async def mesher(tls: Tls) -> AsyncIterator[str]:
    """A server that the generator alone may call; gives its address."""
    async with server.serving(echo.service(), settings(tls, allowed_peers={"generator"})) as running:
        yield f"127.0.0.1:{running.port}"


async def say(address: str, caller: ServiceSettings | None, method: str = "Open") -> str:
    async with client.channel(
        address, caller, services=[echo.file().services_by_name["EchoService"]]
    ) as channel:
        return str((await echo.call(channel, method)(echo.word(text="hello"), timeout=PATIENCE_S)).text)


def refused() -> float:
    return REGISTRY.get_sample_value("atelier_grpc_server_peers_refused_total") or 0.0


@pytest.mark.attack("A23")
async def test_a_service_takes_calls_along_the_arrows_alone(
    house: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generator, tryon = (settings(house.issue(name, tmp_path / name)) for name in ("generator", "tryon"))
    before = refused()
    async with mesher(house.issue("mesher", tmp_path / "mesher")) as address:
        assert await say(address, generator) == "hello"
        for _ in range(2):
            with pytest.raises(AppError) as caught:
                await say(address, tryon)
            assert (caught.value.code, caught.value.reason) == (Code.PERMISSION_DENIED, "PEER_NOT_ALLOWED")
            assert caught.value.metadata == {}
        # Whether it is well is told to every service of the house.
        async with client.channel(address, tryon) as channel:
            assert await client.is_serving(channel, echo.NAME)
    assert refused() == before + 2
    assert capsys.readouterr().out.count("spiffe://atelier/ns/atelier/sa/atelier-tryon") == 1


@pytest.mark.attack("A23")
async def test_a_method_takes_calls_from_the_services_that_it_names_alone(
    house: Authority, tmp_path: Path
) -> None:
    generator, tryon = (settings(house.issue(name, tmp_path / name)) for name in ("generator", "tryon"))
    own = settings(house.issue("auth", tmp_path / "auth"), allowed_peers={"generator", "tryon"})
    async with server.serving(echo.service(), own) as running:
        address = f"127.0.0.1:{running.port}"
        assert await say(address, tryon) == "hello"
        assert await say(address, generator, "Settle") == "hello"
        with pytest.raises(AppError) as caught:
            await say(address, tryon, "Settle")
    assert caught.value.reason == "PEER_NOT_ALLOWED"


@pytest.mark.attack("A23")
async def test_a_certificate_of_two_services_is_of_none(house: Authority, tmp_path: Path) -> None:
    both = settings(house.issue("generator", tmp_path / "both", also=["tryon"]))
    async with mesher(house.issue("mesher", tmp_path / "mesher")) as address:
        with pytest.raises(AppError) as caught:
            await say(address, both)
    assert caught.value.reason == "PEER_NOT_ALLOWED"


@pytest.mark.attack("A23", "A56")
@pytest.mark.parametrize("fault", ["another house", "expired", "plain text"])
async def test_who_proves_nothing_does_not_get_through_the_handshake(
    fault: str, house: Authority, tmp_path: Path
) -> None:
    callers = {
        "another house": lambda: settings(
            Authority("stranger").issue("generator", tmp_path / "stranger", trusted=house.pem)
        ),
        "expired": lambda: settings(house.issue("generator", tmp_path / "expired", life=EXPIRED)),
        "plain text": lambda: None,
    }
    async with mesher(house.issue("mesher", tmp_path / "mesher")) as address:
        with pytest.raises(AppError) as caught:
            await say(address, callers[fault]())
        assert caught.value.code is Code.UNAVAILABLE
        assert await say(address, settings(house.issue("generator", tmp_path / "generator"))) == "hello"


@pytest.mark.attack("A56")
async def test_a_server_of_another_name_or_house_gets_no_call(house: Authority, tmp_path: Path) -> None:
    generator = settings(house.issue("generator", tmp_path / "generator"))
    stranger = Authority("stranger").issue("mesher", tmp_path / "stranger", trusted=house.pem)
    for tls in (stranger, house.issue("mesher", tmp_path / "elsewhere", at="192.0.2.1")):
        async with mesher(tls) as address:
            with pytest.raises(AppError) as caught:
                await say(address, generator)
        assert caught.value.code is Code.UNAVAILABLE


@pytest.mark.parametrize("spoiled", ["cert", "key", "client_ca"])
async def test_files_that_cannot_be_used_stop_the_start(
    spoiled: str, house: Authority, tmp_path: Path
) -> None:
    tls = house.issue("mesher", tmp_path / "mesher")
    getattr(tls, spoiled).write_bytes(b"not PEM")
    with pytest.raises(OSError, match="are not all PEM files"):
        async with mesher(tls):
            pass
    other = house.issue("mesher", tmp_path / "other")
    with pytest.raises(OSError, match="is not the key of"):
        async with mesher(Tls(other.cert, house.issue("x", tmp_path / "x").key, other.client_ca)):
            pass

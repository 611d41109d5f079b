"""Which service calls: its certificate says, whatever it says itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from atelierkit import client, identity, server
from atelierkit.errors import AppError, Code
from atelierkit.identity import SERVICE_KEY
from atelierkit.settings import ServiceSettings, Tls
from atelierkit.testing import serve
from deploy.local.certificates import Authority
from services.generator.settings import GeneratorSettings
from tests.contract.atelierkit import echo

ECHO = echo.file().services_by_name["EchoService"]


async def name_it(request: Any, context: Any) -> Any:
    return echo.word(text=identity.require_service())


async def asked(address: str, caller: ServiceSettings | None, says: str | None = None) -> str:
    """What a server hears who is calling."""
    metadata = [] if says is None else [(SERVICE_KEY, says)]
    async with client.channel(address, caller, services=[ECHO]) as channel:
        return str((await echo.call(channel, "Open")(echo.word(), metadata=metadata)).text)


def with_certificate(tls: Tls) -> ServiceSettings:
    return ServiceSettings(
        port=0, drain_grace_s=0, tls_cert=tls.cert, tls_key=tls.key, tls_client_ca=tls.client_ca
    )


@pytest.mark.parametrize("says", [None, "tryon", ""])
async def test_a_certificate_is_believed_and_nothing_else(tmp_path: Path, says: str | None) -> None:
    house = Authority("house")
    certificates = {
        name: with_certificate(house.issue(name, tmp_path / name)) for name in ("auth", "generator")
    }
    own = certificates["auth"].model_copy(update={"allowed_peers": frozenset({"generator", "tryon"})})
    async with server.serving(echo.service(Open=name_it), own) as running:
        assert await asked(f"127.0.0.1:{running.port}", certificates["generator"], says) == "generator"


async def test_in_plain_text_a_service_says_its_settings_name() -> None:
    own = ServiceSettings(port=0, drain_grace_s=0)
    generator = GeneratorSettings(
        auth_addr="x:1", catalog_addr="x:2", mesher_addr="x:3", database_url="postgresql+psycopg://x@x/x"
    )
    async with server.serving(echo.service(Open=name_it), own) as running:
        assert await asked(f"127.0.0.1:{running.port}", generator) == "generator"


async def test_who_does_not_say_is_nobody() -> None:
    async with serve(echo.service(Open=name_it)) as channel:
        with pytest.raises(AppError) as refused:
            await echo.call(channel, "Open")(echo.word(), metadata=[(SERVICE_KEY, "")])
    assert refused.value.code is Code.PERMISSION_DENIED

"""Both clients, and the server that they talk to."""

from __future__ import annotations

import asyncio
import inspect
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from typing import Any

import httpx
import pytest

from atelier_client import AsyncAtelier, Atelier, Retries
from tests.patience import PATIENCE_S
from tests.unit.clients.platform_double import PlatformDouble

QUICK = Retries(most=3, first_s=0.001, longest_s=5)

Drive = Callable[..., Any]
"""Calls a method of the client by its name; a generator is read to its end."""


@cache
def tls() -> ssl.SSLContext:
    """Nobody here speaks TLS; without this each client would read the certificates of the world anew."""
    return ssl.create_default_context()


@pytest.fixture
def platform() -> Iterator[PlatformDouble]:
    with PlatformDouble() as double:
        yield double


def blocking(platform: PlatformDouble, method: str, *arguments: Any, **named: Any) -> Any:
    http = httpx.Client(verify=tls(), timeout=PATIENCE_S)
    with Atelier(platform.url, api_key="atk_1", retries=QUICK, http=http) as atelier:
        result = getattr(atelier, method)(*arguments, **named)
        return list(result) if inspect.isgenerator(result) else result


def asynchronous(platform: PlatformDouble, method: str, *arguments: Any, **named: Any) -> Any:
    async def run() -> Any:
        http = httpx.AsyncClient(verify=tls(), timeout=PATIENCE_S)
        async with AsyncAtelier(platform.url, api_key="atk_1", retries=QUICK, http=http) as atelier:
            result = getattr(atelier, method)(*arguments, **named)
            return await _all(result) if inspect.isasyncgen(result) else await result

    return asyncio.run(run())


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


@pytest.fixture(params=[blocking, asynchronous], ids=["blocking", "asynchronous"])
def drive(request: pytest.FixtureRequest, platform: PlatformDouble) -> Drive:
    def call(method: str, *arguments: Any, **named: Any) -> Any:
        return request.param(platform, method, *arguments, **named)

    return call

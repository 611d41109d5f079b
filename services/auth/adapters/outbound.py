"""Messages to people's servers: to the very address that was checked, and never any further.

A name is looked up once an attempt, every address that it leads to is checked, and the connection goes to one of these
addresses, not to the name: whoever answers differently a moment later (DNS rebinding) gains nothing. No redirect is
followed and no proxy asked, for both would go where nothing was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from atelierkit.errors import Unavailable
from services.auth.domain.deliveries import LONGEST_PAUSE, Answer
from services.auth.domain.errors import UrlNotAllowed
from services.auth.domain.targets import Address, Target, TargetRules

MOST_READ = 4096
"""Bytes of an answer's body that are read; nothing in it matters, but a polite server ends its answer."""

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""The addresses that a name leads to; empty for none."""

_PAUSING = frozenset({429, 503})


async def resolve(host: str, port: int) -> Sequence[Address]:
    """As this machine resolves names, which also sorts the addresses by how well it reaches them."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return [ipaddress.ip_address(place[0]) for *_, place in found]


class HttpCourier:
    """Makes attempts over HTTP. One for the whole process."""

    def __init__(
        self, client: httpx.AsyncClient, rules: TargetRules, resolve: Resolve, timeout_s: float
    ) -> None:
        self._client = client
        self._rules = rules
        self._resolve = resolve
        self._timeout_s = timeout_s

    async def check(self, url: str) -> Target:
        try:
            async with asyncio.timeout(self._timeout_s):
                target, _ = await self._admitted(url)
        except TimeoutError as error:
            raise Unavailable("the name of this address cannot be looked up now", dependency="dns") from error
        return target

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            async with asyncio.timeout(self._timeout_s):
                target, addresses = await self._admitted(url)
                return await self._first(target, addresses, headers, body)
        except UrlNotAllowed:
            return Answer(error="not_allowed")
        except TimeoutError:
            return Answer(error="timeout")
        except httpx.HTTPError as error:
            return Answer(error=_word(error))

    async def _admitted(self, url: str) -> tuple[Target, Sequence[Address]]:
        target = self._rules.read(url)
        addresses = await self._resolve(target.host, target.port)
        self._rules.admit(target, addresses)
        return target, addresses

    async def _first(
        self, target: Target, addresses: Sequence[Address], headers: dict[str, str], body: bytes
    ) -> Answer:
        """The answer of the first address that takes the connection."""
        for address in addresses[:-1]:
            try:
                return await self._attempt(target, address, headers, body)
            except httpx.ConnectError:
                continue
        return await self._attempt(target, addresses[-1], headers, body)

    async def _attempt(
        self, target: Target, address: Address, headers: dict[str, str], body: bytes
    ) -> Answer:
        request = self._client.build_request(
            "POST",
            _pinned(target, address),
            content=body,
            headers={"Host": target.authority, **headers},
            # The certificate must be the name's, although the address is called.
            extensions={"sni_hostname": target.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            await _read_some(response)
        finally:
            await response.aclose()
        return _answer(response)


@asynccontextmanager
async def courier(
    rules: TargetRules,
    *,
    timeout_s: float,
    resolve: Resolve = resolve,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[HttpCourier]:
    """A courier while the block runs; ``tls`` replaces the usual authorities."""
    client = httpx.AsyncClient(
        headers={"User-Agent": "Atelier-Webhooks/1", "Content-Type": "application/json"},
        # The environment may name proxies; nothing of it is read.
        trust_env=False,
        follow_redirects=False,
        verify=tls or True,
        timeout=timeout_s,
        # A connection that stays open would be taken for another name at the same address.
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    async with client:
        yield HttpCourier(client, rules, resolve, timeout_s)


def _pinned(target: Target, address: Address) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)
    return f"{target.scheme}://{host}:{target.port}{target.path}"


async def _read_some(response: httpx.Response) -> None:
    """Raw, for a few bytes may unpack to gigabytes."""
    read = 0
    async for chunk in response.aiter_raw():
        read += len(chunk)
        if read >= MOST_READ:
            return


def _answer(response: httpx.Response) -> Answer:
    if response.is_success:
        return Answer(response.status_code)
    error = "redirected" if response.is_redirect else "refused"
    pause = _pause(response) if response.status_code in _PAUSING else timedelta(0)
    return Answer(response.status_code, error, pause)


def _pause(response: httpx.Response) -> timedelta:
    """``Retry-After`` in seconds; a date, which clocks that differ spoil, counts as none."""
    asked = response.headers.get("retry-after", "")
    if not (asked.isascii() and asked.isdigit()):
        return timedelta(0)
    # Of a thousand digits, the first few say enough.
    return min(timedelta(seconds=int(asked[:9])), LONGEST_PAUSE)


def _word(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    return "not_reached" if isinstance(error, httpx.ConnectError) else "broken_off"

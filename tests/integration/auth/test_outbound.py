"""Webhooks over real connections: where they go, and where they never do (ATTACKS A49 to A51)."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import ssl
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from atelierkit.errors import Unavailable
from deploy.local.certificates import Authority
from services.auth.adapters import outbound
from services.auth.adapters.outbound import HttpCourier
from services.auth.domain.deliveries import Answer
from services.auth.domain.errors import UrlNotAllowed
from services.auth.domain.targets import Address, Target, TargetRules
from tests.integration.auth.receivers import Receiver, receiver

NAME = "hooks.example.com"
URL = f"https://{NAME}/hook"
HERE = TargetRules(loopback=True)
PUBLIC, PRIVATE = ipaddress.ip_address("93.184.216.34"), ipaddress.ip_address("127.0.0.1")


class Names:
    """A name server that answers one look-up after the other; the last answer stays."""

    def __init__(self, *answers: Sequence[Address]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class ThisMachineIsTheInternet(TargetRules):
    """For tests of what comes after the check: no test can reach the internet."""

    def admit(self, target: Target, addresses: Collection[Address]) -> None:
        assert addresses


def courier(
    rules: TargetRules = HERE,
    names: outbound.Resolve = outbound.resolve,
    timeout_s: float = 5.0,
    **over: ssl.SSLContext,
) -> AbstractAsyncContextManager[HttpCourier]:
    return outbound.courier(rules, timeout_s=timeout_s, resolve=names, **over)


@pytest.fixture
async def server() -> AsyncIterator[Receiver]:
    async with receiver() as made:
        yield made


async def test_a_message_arrives_with_its_headers_and_body(server: Receiver) -> None:
    async with courier() as made:
        answer = await made.send(server.url("/a?b=c"), {"webhook-id": "msg_1"}, b'{"a":1}')
    assert answer == Answer(204)
    [message] = server.messages
    assert (message.line, message.body) == ("POST /a?b=c HTTP/1.1", b'{"a":1}')
    assert message.headers["webhook-id"] == "msg_1"
    assert message.headers["content-type"] == "application/json"
    assert message.headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.attack("A49", "A50")
@pytest.mark.parametrize("found", [[PRIVATE], [PUBLIC, PRIVATE], [PRIVATE, PUBLIC], []])
async def test_a_name_that_leads_inside_gets_no_packet(server: Receiver, found: list[Address]) -> None:
    url = f"https://{NAME}:{server.port}/"
    async with courier(TargetRules(ports={server.port}), Names(found)) as made:
        with pytest.raises(UrlNotAllowed):
            await made.check(url)
        assert await made.send(url, {}, b"") == Answer(error="not_allowed")
    assert server.connections == 0


async def test_a_name_server_that_does_not_answer_is_no_reason_to_refuse_for_ever() -> None:
    async def silent(host: str, port: int) -> Sequence[Address]:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async with courier(TargetRules(), silent, timeout_s=0.05) as made:
        with pytest.raises(Unavailable):
            await made.check(URL)
        assert await made.send(URL, {}, b"") == Answer(error="timeout")


@pytest.mark.attack("A50")
async def test_a_name_that_leads_elsewhere_after_the_check_gets_no_packet(server: Receiver) -> None:
    names = Names([PUBLIC], [PRIVATE])
    url = f"https://{NAME}:{server.port}/"
    async with courier(TargetRules(ports={server.port}), names) as made:
        await made.check(url)
        assert await made.send(url, {}, b"") == Answer(error="not_allowed")
    assert server.connections == 0


@pytest.fixture
def guarded(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server with a certificate of ``atelier-hooks.atelier.svc``, and that of a client that trusts it."""
    files = Authority().issue("hooks", tmp_path, at="192.0.2.1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.cert, files.key)
    return context, ssl.create_default_context(cafile=str(files.client_ca))


class AnyName(ThisMachineIsTheInternet):
    """Also takes the name that the test's certificate has."""

    def read(self, url: str) -> Target:
        return Target("https", "atelier-hooks.atelier.svc", int(url.rpartition(":")[2].rstrip("/")), "/")


@pytest.mark.attack("A50")
async def test_the_connection_goes_to_the_address_and_the_certificate_to_the_name(
    guarded: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    context, trust = guarded
    names = Names([PRIVATE], [PUBLIC])
    async with receiver(context) as server, courier(AnyName(), names, tls=trust) as made:
        assert await made.send(f"https://x:{server.port}/", {}, b"") == Answer(204)
        # One look-up: what was checked is what was called.
        assert names.asked == [("atelier-hooks.atelier.svc", server.port)]
        assert server.names == ["atelier-hooks.atelier.svc"]
        assert server.messages[0].headers["host"] == f"atelier-hooks.atelier.svc:{server.port}"


async def test_a_certificate_of_another_name_is_refused(
    guarded: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    context, trust = guarded
    async with receiver(context) as server:
        rules = ThisMachineIsTheInternet(ports={server.port})
        async with courier(rules, Names([PRIVATE]), tls=trust) as made:
            answer = await made.send(f"https://{NAME}:{server.port}/", {}, b"secret")
    assert answer == Answer(error="not_reached")
    assert server.messages == []


@pytest.mark.parametrize("found", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
async def test_the_next_address_is_called_when_one_takes_no_connection(
    guarded: tuple[ssl.SSLContext, ssl.SSLContext], found: list[str]
) -> None:
    context, trust = guarded
    names = Names([ipaddress.ip_address(text) for text in found])
    async with receiver(context) as server, courier(AnyName(), names, tls=trust) as made:
        assert await made.send(f"https://x:{server.port}/", {}, b"") == Answer(204)


@pytest.mark.attack("A50")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(server: Receiver, status: int) -> None:
    async with receiver() as other, courier() as made:
        server.answers(status, f"Location: {other.url()}")
        assert await made.send(server.url(), {}, b"") == Answer(status, "redirected")
        assert other.connections == 0


async def test_no_proxy_is_asked(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with courier() as made:
            assert await made.send(server.url(), {}, b"") == Answer(204)
        assert proxy.connections == 0


@pytest.mark.attack("A53")
@pytest.mark.parametrize(
    ("status", "header", "pause_s"),
    [
        (429, "Retry-After: 120", 120),
        (503, "Retry-After: 7", 7),
        (503, "Retry-After: 99999999999999999999", 24 * 3600),
        (429, "Retry-After: -5", 0),
        (429, "Retry-After: soon", 0),
        (429, "Retry-After: ²", 0),
        (500, "Retry-After: 120", 0),
        (410, "X: y", 0),
    ],
)
async def test_a_server_may_ask_for_a_pause(server: Receiver, status: int, header: str, pause_s: int) -> None:
    server.answers(status, header)
    async with courier() as made:
        assert await made.send(server.url(), {}, b"") == Answer(status, "refused", timedelta(seconds=pause_s))


@pytest.mark.attack("A51")
async def test_of_a_long_answer_a_little_is_read(server: Receiver) -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n")
        bomb = gzip.compress(bytes(10_000_000))
        while True:
            writer.write(f"{len(bomb):x}\r\n".encode() + bomb + b"\r\n")
            await writer.drain()
            sent += len(bomb)

    server.script = endless
    async with courier() as made:
        assert await made.send(server.url(), {}, b"") == Answer(200)
    # What the kernel's buffers took, and no more.
    assert sent < 20_000_000


@pytest.mark.attack("A51")
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 X\r\n", b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n"])
async def test_an_attempt_ends_after_its_time(server: Receiver, head: bytes) -> None:
    gone = asyncio.Event()

    async def hangs(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await gone.wait()

    server.script = hangs
    async with courier(timeout_s=0.2) as made:
        assert await made.send(server.url(), {}, b"") == Answer(error="timeout")
    gone.set()


@pytest.mark.attack("A51")
async def test_a_drip_does_not_keep_an_attempt_alive(server: Receiver) -> None:
    async def drips(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 4000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)  # how fast it drips, not a wait for something

    server.script = drips
    async with courier(timeout_s=0.3) as made:
        assert await made.send(server.url(), {}, b"") == Answer(error="timeout")


@pytest.mark.attack("A51")
@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 X\r\n" + b"a: b\r\n" * 100_000 + b"\r\n"]
)
async def test_an_answer_that_is_none_is_a_failure(server: Receiver, answer: bytes) -> None:
    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    server.script = says
    async with courier() as made:
        assert await made.send(server.url(), {}, b"") == Answer(error="broken_off")


async def test_a_server_that_is_away_is_not_reached(unused_tcp_port: int) -> None:
    async with courier() as made:
        answer = await made.send(f"http://127.0.0.1:{unused_tcp_port}/", {}, b"")
    assert answer == Answer(error="not_reached")


async def test_a_name_that_nobody_knows_has_no_addresses() -> None:
    assert await outbound.resolve("no-such-name.invalid", 443) == ()
    assert await outbound.resolve("a" * 70 + ".example", 443) == ()

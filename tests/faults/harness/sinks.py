"""Where the platform's news end: people's servers, and a mail server. Each can fail in every way, and heal."""

from __future__ import annotations

import asyncio
import enum
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.topology import LOOPBACK
from tests.faults.harness.waiting import until
from tests.integration.auth.receivers import Receiver

FORBIDDEN_URL = "http://169.254.169.254/latest/meta-data/"
"""Where clouds tell their machines secrets: a redirect to it is never followed."""
_DRIP_S = 0.2
_LETTER_S = 20.0


class Behaviour(enum.Enum):
    """What a server does to a message that it has read."""

    TAKES = "204"
    FAILS = "500"
    IS_GONE = "410"
    REDIRECTS = "302"
    """To an address that nobody may be led to."""
    LURES = "307"
    """To another path of its own: whoever comes there has followed a redirect."""
    HANGS = "nothing"
    DRIPS = "200, a byte at a time"

    @property
    def takes(self) -> bool:
        """Whether whoever sent the message may count it as delivered."""
        return self is Behaviour.TAKES


@dataclass(frozen=True)
class Told:
    """One message, as it came."""

    webhook_id: str
    timestamp: str
    body: bytes
    headers: Mapping[str, str]
    """By their names in lower case."""
    path: str
    port: int
    """Of the server that it came to."""
    at: float
    """When it came, in seconds since the epoch."""
    met: Behaviour


@dataclass
class PersonsServer:
    """A server that a person's webhook calls."""

    told: list[Told]
    """Shared by all servers; in the order of arrival."""
    behaviour: Behaviour = Behaviour.TAKES
    _receiver: Receiver = field(default_factory=Receiver)
    _server: asyncio.Server | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends what hangs."""

    def __post_init__(self) -> None:
        self._receiver.script = self._answer

    @property
    def url(self) -> str:
        """Address for a webhook."""
        return self._receiver.url()

    def messages(self) -> list[Told]:
        """What came to this server."""
        return [each for each in self.told if each.port == self._receiver.port]

    def took(self, webhook_id: str) -> bool:
        """Whether it has taken that message."""
        return any(each.met.takes for each in self.messages() if each.webhook_id == webhook_id)

    @property
    def lured(self) -> bool:
        """Whether somebody followed it to another path, which no webhook names."""
        return any(each.path != urlsplit(self.url).path for each in self.messages())

    async def listen(self) -> None:
        """Take connections, on the port of before if there was one."""
        self._over.clear()
        self._server = await asyncio.start_server(self._receiver.serve, LOOPBACK, self._receiver.port)
        self._receiver.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse connections, and drop those that are open."""
        if self._server is None:
            return
        self._server.close()
        self._over.set()
        await asyncio.gather(*self._receiver.at_work)
        self._receiver.at_work.clear()
        await self._server.wait_closed()
        self._server = None

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        message = self._receiver.messages[-1]
        behaviour = self.behaviour
        self.told.append(
            Told(
                message.headers.get("webhook-id", ""),
                message.headers.get("webhook-timestamp", ""),
                message.body,
                message.headers,
                message.line.split(" ")[1],
                self._receiver.port,
                time.time(),
                behaviour,
            )
        )
        match behaviour:
            case Behaviour.HANGS:
                await self._over.wait()
            case Behaviour.DRIPS:
                await self._drip(writer)
            case Behaviour.REDIRECTS:
                writer.write(_head(behaviour, f"Location: {FORBIDDEN_URL}"))
            case Behaviour.LURES:
                writer.write(_head(behaviour, "Location: /elsewhere"))
            case _:
                writer.write(_head(behaviour))

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        """An answer that begins well and has no end."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not self._over.is_set():
            writer.write(b".")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), _DRIP_S)


class MailServer:
    """Takes every letter, while it is there."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[Message] = []
        """In the order of arrival; ``Message-ID`` tells a letter from its repetition."""
        self._server: asyncio.Server | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"

    async def come(self) -> None:
        """Take connections, on the port of before if there was one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail", loop=loop), LOOPBACK, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def go_away(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def to(self, address: str) -> list[Message]:
        """Letters to that address."""
        return [letter for letter in self.letters if letter["To"] == address]


class Sinks:
    """Everything that the platform tells anybody; made by ``opened``."""

    def __init__(self) -> None:
        self.webhooks: list[Told] = []
        """What came to any of the servers, taken or not."""
        self.mail = MailServer()
        self.everybodys = PersonsServer(self.webhooks)
        """The server that the load's people have their webhooks at; it takes everything."""
        self._servers = [self.everybodys]

    @property
    def letters(self) -> list[Message]:
        """What the mail server has taken."""
        return self.mail.letters

    async def server(self) -> PersonsServer:
        """Another person's server."""
        made = PersonsServer(self.webhooks)
        await made.listen()
        self._servers.append(made)
        return made

    async def verification_token(self, address: str) -> str:
        """What the letter to a new account says, once it has come. TimeoutError when it does not."""
        await until(lambda: bool(self.mail.to(address)), _LETTER_S)
        [text, *_] = [part for part in self.mail.to(address)[0].walk() if not part.is_multipart()]
        content = text.get_payload(decode=True)
        assert isinstance(content, bytes)
        _, found, rest = content.decode().partition("#verify=")
        assert found, content
        return rest.split()[0]

    def variables(self) -> dict[str, str]:
        """Environment of a platform that sends everything here."""
        return {
            "ATELIER_AUTH_SMTP_HOST": LOOPBACK,
            "ATELIER_AUTH_SMTP_PORT": str(self.mail.port),
            "ATELIER_AUTH_SMTP_SECURITY": "none",
            "ATELIER_AUTH_SMTP_FROM": "Atelier <no-reply@atelier.example>",
            "ATELIER_AUTH_WEBHOOKS_ALLOW_PRIVATE": "true",
        }

    async def close(self) -> None:
        """Nothing is taken any more."""
        for server in self._servers:
            await server.refuse()
        await self.mail.go_away()


@asynccontextmanager
async def opened() -> AsyncIterator[Sinks]:
    """Sinks while the block runs."""
    async with AsyncExitStack() as stack:
        sinks = Sinks()
        stack.push_async_callback(sinks.close)
        await sinks.everybodys.listen()
        await sinks.mail.come()
        yield sinks


def _head(behaviour: Behaviour, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {behaviour.value} X", "Content-Length: 0", *headers, "", ""]
    return "\r\n".join(lines).encode()

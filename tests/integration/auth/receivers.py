"""Servers of people, on this machine: they note what they get and answer what they are told to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import cast

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Message:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server on a free port of 127.0.0.1."""

    port: int = 0
    connections: int = 0
    messages: list[Message] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """Names that were asked for in TLS."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by each message."""
    at_work: set[asyncio.Task[None]] = field(default_factory=set)
    script: Script | None = None
    """How it answers; 204 by default."""

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answers(self, status: int, *headers: str, body: bytes = b"") -> None:
        """Answer that from now on."""
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]

        async def script(writer: asyncio.StreamWriter) -> None:
            writer.write("\r\n".join(lines).encode() + body)

        self.script = script

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.at_work.add(cast("asyncio.Task[None]", asyncio.current_task()))
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *fields = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in fields)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.messages.append(Message(line, headers, body))
            self.news.set()
            if self.script is None:
                self.answers(204)
            assert self.script is not None
            await self.script(writer)
            await writer.drain()


@asynccontextmanager
async def receiver(
    tls: ssl.SSLContext | None = None, news: asyncio.Event | None = None
) -> AsyncIterator[Receiver]:
    """A receiver while the block runs; ``news`` may be somebody else's too."""
    made = Receiver(news=news or asyncio.Event())
    if tls is not None:
        tls.sni_callback = lambda _, name, __: made.names.append(name)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in made.at_work:
            task.cancel()
        await asyncio.gather(*made.at_work, return_exceptions=True)
        await server.wait_closed()

"""A TCP proxy that breaks connections in every way a network does.

It answers at the level of the stream: a blackhole takes connections and bytes and passes none of them on, where a
real one would leave even the handshake unanswered.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

Address = tuple[str, int]
LOOPBACK = "127.0.0.1"
_CHUNK_BYTES = 16 * 1024
_QUEUED_CHUNKS = 64
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, for 0 s: closing sends RST instead of FIN."""


@dataclass(frozen=True)
class Weather:
    """What happens to bytes under way; the default lets them pass."""

    latency_s: float = 0.0
    """Added to each way."""
    jitter_s: float = 0.0
    """At most this much on top, drawn anew for each chunk; their order stays."""
    bytes_per_s: float | None = None
    """Bandwidth of each way of each connection."""
    blackhole: bool = False
    """Nothing passes and nobody is told; what was under way passes once it is over."""
    reset_after: int | None = None
    """Answered bytes of one connection after which both ends get a RST."""
    half_close_after: int | None = None
    """Answered bytes of one connection after which the client sees the end of the stream, and may go on sending."""


CLEAR = Weather()


class FaultProxy:
    """Passes connections on; `weather` may change at any time.

    `upstream` is (host, port), or gives them for each new connection.
    """

    def __init__(self, upstream: Address | Callable[[], Address], *, seed: int = 0) -> None:
        self._upstream = upstream if callable(upstream) else lambda: upstream
        self.port = 0
        self.accepted = 0
        """Connections taken so far."""
        self._weather = CLEAR
        self._random = random.Random(seed)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """host:port that clients connect to."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def weather(self) -> Weather:
        """What happens to bytes now."""
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather = weather
        if weather.blackhole:
            self._flowing.clear()
        else:
            self._flowing.set()

    @property
    def open_links(self) -> int:
        """Connections open now."""
        return len(self._links)

    def reset(self) -> None:
        """Send RST to both ends of every open connection."""
        for link in tuple(self._links):
            link.reset()

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[FaultProxy]:
        """Listen on that port, 0 for a free one, while the block runs; then every connection is closed."""
        server = await asyncio.start_server(self._accept, LOOPBACK, port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.reset()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.accepted += 1

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        try:
            upstream = await asyncio.open_connection(*self._upstream())
        except OSError:
            _reset(writer)
            return
        link = _Link(self, (reader, writer), upstream)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)

    def arrival(self) -> float:
        """The loop's time at which bytes that leave now arrive."""
        weather = self._weather
        return (
            asyncio.get_running_loop().time() + weather.latency_s + weather.jitter_s * self._random.random()
        )

    async def let_pass(self) -> None:
        """Wait while nothing passes."""
        await self._flowing.wait()


class _Link:
    """One connection through the proxy: a delay line each way."""

    def __init__(
        self,
        proxy: FaultProxy,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._proxy = proxy
        self._client = client
        self._upstream = upstream
        self._answered = 0

    async def run(self) -> None:
        """Pass bytes both ways until both ends are done or one breaks."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._way(self._client[0], self._upstream[1], answers=False))
                group.create_task(self._way(self._upstream[0], self._client[1], answers=True))
        except* (OSError, asyncio.IncompleteReadError):
            # One end is gone without a word: the other one learns it the same way.
            self.reset()
        finally:
            for writer in (self._client[1], self._upstream[1]):
                writer.close()

    def reset(self) -> None:
        """End both sides with RST."""
        for writer in (self._client[1], self._upstream[1]):
            _reset(writer)

    async def _way(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_QUEUED_CHUNKS)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._take(source, line))
            group.create_task(self._give(sink, line, answers=answers))

    async def _take(self, source: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            chunk = await source.read(_CHUNK_BYTES)
            await line.put((self._proxy.arrival(), chunk))
            if not chunk:
                return

    async def _give(
        self, sink: asyncio.StreamWriter, line: asyncio.Queue[tuple[float, bytes]], *, answers: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        ended = False
        while True:
            due, chunk = await line.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self._proxy.let_pass()
            if not chunk:
                _end_of_stream(sink)
                return
            if ended:
                continue
            passed = self._allowed(len(chunk)) if answers else len(chunk)
            sink.write(chunk[:passed])
            await sink.drain()
            if passed < len(chunk):
                self._cut(sink)
                ended = True
            if (rate := self._proxy.weather.bytes_per_s) is not None:
                await asyncio.sleep(passed / rate)

    def _allowed(self, size: int) -> int:
        """How many of the next `size` answered bytes still belong to the answer."""
        weather = self._proxy.weather
        limits = [limit for limit in (weather.reset_after, weather.half_close_after) if limit is not None]
        allowed = max(0, min(size, min(limits) - self._answered)) if limits else size
        self._answered += allowed
        return allowed

    def _cut(self, sink: asyncio.StreamWriter) -> None:
        if self._proxy.weather.reset_after is not None:
            raise ConnectionResetError("cut after the bytes that were asked for")
        _end_of_stream(sink)


def _end_of_stream(sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        if sink.can_write_eof():
            sink.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST; a socket that is closed already stays so."""
    open_socket = writer.get_extra_info("socket")
    if open_socket is not None and open_socket.fileno() >= 0:
        open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()

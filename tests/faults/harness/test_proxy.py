"""The proxy does to a stream what it says, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.faults.harness.proxy import CLEAR, LOOPBACK, FaultProxy, Weather

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[FaultProxy], Awaitable[Streams]]
BLOCK = bytes(range(256)) * 256
"""64 KiB that no shift or loss leaves alike."""


@asynccontextmanager
async def echo() -> AsyncIterator[tuple[str, int]]:
    """A server that answers what it hears, until it hears the end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(4096):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, LOOPBACK, 0)
    async with server:
        yield LOOPBACK, server.sockets[0].getsockname()[1]


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    async with echo() as upstream, FaultProxy(upstream, seed=1).serving() as serving:
        yield serving


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    opened: list[Streams] = []

    async def connected(proxy: FaultProxy) -> Streams:
        opened.append(await asyncio.open_connection(LOOPBACK, proxy.port))
        return opened[-1]

    yield connected
    for _, writer in opened:
        writer.transport.abort()


async def echoed(streams: Streams, data: bytes) -> bytes:
    streams[1].write(data)
    return await streams[0].readexactly(len(data))


async def test_bytes_pass_unchanged(proxy: FaultProxy, connect: Connect) -> None:
    reader, writer = await connect(proxy)
    assert await echoed((reader, writer), BLOCK) == BLOCK
    writer.write_eof()
    assert await reader.read() == b""


async def test_latency_is_added_each_way_and_order_stays(proxy: FaultProxy, connect: Connect) -> None:
    streams = await connect(proxy)
    proxy.weather = Weather(latency_s=0.05, jitter_s=0.02)
    began = asyncio.get_running_loop().time()
    assert await echoed(streams, BLOCK) == BLOCK
    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_bandwidth_bounds_the_rate(proxy: FaultProxy, connect: Connect) -> None:
    streams = await connect(proxy)
    proxy.weather = Weather(bytes_per_s=4 * len(BLOCK))
    began = asyncio.get_running_loop().time()
    assert await echoed(streams, BLOCK) == BLOCK
    # The last chunk's time comes after it; three quarters of a second hold four chunks of two ways.
    assert asyncio.get_running_loop().time() - began >= 0.75 * 0.25


async def test_a_blackhole_says_nothing_and_loses_nothing(proxy: FaultProxy, connect: Connect) -> None:
    old = await connect(proxy)
    assert await echoed(old, b"before") == b"before"
    proxy.weather = Weather(blackhole=True)
    new = await connect(proxy)
    for streams in (old, new):
        streams[1].write(b"during")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await streams[0].read(1)
    proxy.weather = CLEAR
    for streams in (old, new):
        assert await streams[0].readexactly(6) == b"during"


async def test_a_reset_is_no_end_of_stream(proxy: FaultProxy, connect: Connect) -> None:
    streams = await connect(proxy)
    assert await echoed(streams, b"x") == b"x"
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await streams[0].read(1)


@pytest.mark.parametrize("limit", [0, 1, 5000, 20_000])
async def test_an_answer_is_reset_after_so_many_bytes(
    proxy: FaultProxy, connect: Connect, limit: int
) -> None:
    reader, writer = await connect(proxy)
    proxy.weather = Weather(reset_after=limit)
    writer.write(BLOCK[:32_768])
    assert await reader.readexactly(limit) == BLOCK[:limit]
    with pytest.raises(ConnectionResetError):
        await reader.read(1)


async def test_a_half_closed_answer_ends_cleanly_and_the_question_goes_on(
    proxy: FaultProxy, connect: Connect
) -> None:
    reader, writer = await connect(proxy)
    proxy.weather = Weather(half_close_after=10)
    writer.write(BLOCK[:4096])
    assert await reader.read() == BLOCK[:10]
    writer.write(BLOCK)
    await writer.drain()
    assert proxy.open_links == 1


async def test_a_dead_upstream_resets_the_client(connect: Connect) -> None:
    async with echo() as upstream:
        dead = upstream
    async with FaultProxy(dead).serving() as proxy:
        reader, _ = await connect(proxy)
        with pytest.raises(ConnectionResetError):
            await reader.read(1)

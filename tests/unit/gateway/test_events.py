"""Event streams: what is sent when nothing happens, when the service goes, and when the gateway drains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.datastructures import Headers

from atelierkit.errors import Overloaded, Unavailable
from services.gateway.events import Streams, last_id, stream
from services.gateway.schemas.base import LocalizedText
from tests.patience import PATIENCE_S


def told(number: int) -> tuple[int, LocalizedText]:
    return number, LocalizedText(en=f"line\n{number}", fr="é")


async def numbers(*given: int) -> AsyncIterator[int]:
    for number in given:
        yield number


async def test_each_change_is_one_event_with_its_id() -> None:
    pieces = [piece async for piece in stream(numbers(3, 5), told, asyncio.Event().wait)]
    assert pieces == [
        b"retry: 2000\n\n",
        b'id: 3\nevent: job\ndata: {"en":"line\\n3","fr":"\xc3\xa9"}\n\n',
        b'id: 5\nevent: job\ndata: {"en":"line\\n5","fr":"\xc3\xa9"}\n\n',
    ]


async def test_silence_is_filled_with_comments() -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[int]:
        await gate.wait()
        yield 1

    pieces = stream(slow(), told, asyncio.Event().wait, heartbeat_s=0.01)
    assert await anext(pieces) == b"retry: 2000\n\n"
    assert [await anext(pieces) for _ in range(3)] == [b": still there\n\n"] * 3
    gate.set()
    rest = [piece async for piece in pieces if not piece.startswith(b":")]
    assert [piece[:5] for piece in rest] == [b"id: 1"]


async def test_a_drain_ends_the_stream_and_the_call_behind_it() -> None:
    draining, left = asyncio.Event(), asyncio.Event()

    async def lasting() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            left.set()

    pieces = stream(lasting(), told, draining.wait)
    await anext(pieces)
    assert (await anext(pieces)).startswith(b"id: 1\n")
    draining.set()
    assert [piece async for piece in pieces] == []
    assert left.is_set()


async def test_a_service_that_goes_ends_the_stream_without_a_fault() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise Unavailable("gone")

    pieces = [piece async for piece in stream(broken(), told, asyncio.Event().wait)]
    assert len(pieces) == 2


async def test_a_bug_is_no_end_of_a_stream() -> None:
    def odd(number: int) -> tuple[int, LocalizedText]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        [piece async for piece in stream(numbers(1), odd, asyncio.Event().wait)]


async def test_a_reader_that_leaves_ends_the_call_and_gives_its_place_back() -> None:
    left = asyncio.Event()

    async def lasting() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            left.set()

    streams = Streams()
    pieces = streams.counted(stream(lasting(), told, asyncio.Event().wait))
    await anext(pieces)
    assert streams.open == 1
    with pytest.raises(Overloaded):
        streams.check(1)
    streams.check(2)
    await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(left.wait(), PATIENCE_S)
    assert streams.open == 0


@pytest.mark.parametrize(
    ("given", "known"),
    [({}, 0), ({"last-event-id": "7"}, 7), ({"last-event-id": "-7"}, 0), ({"last-event-id": "\u0667"}, 0)],
)
def test_only_an_id_of_ours_is_heeded(given: dict[str, str], known: int) -> None:
    headers = Headers({name: value.encode().decode("latin-1") for name, value in given.items()})
    assert last_id(headers) == known

"""Server-sent events (WHATWG HTML, section 9.2): a stream of changes that a client may lose and take up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import TypeVar

from pydantic import BaseModel
from starlette.datastructures import Headers

from atelierkit.errors import AppError, Overloaded
from atelierkit.logs import get_logger

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0
"""Silence after which a comment is sent: proxies close connections on which nothing moves."""

_RETRY_MS = 2_000
_RETRY_AFTER_S = 5.0
_HEARTBEAT = b": still there\n\n"
_MOST_ID_DIGITS = 9
_Change = TypeVar("_Change")
_log = get_logger(__name__)


class Streams:
    """Bounds how many streams are open at a time: each holds a call of the service behind it."""

    def __init__(self) -> None:
        self.open = 0

    def check(self, most: int) -> None:
        """Raise Overloaded where so many are open."""
        if self.open >= most:
            raise Overloaded("too many event streams are open", retry_after_s=_RETRY_AFTER_S)

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """A stream is open while the block runs."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    async def counted(self, told: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
        """The stream, which is open while somebody reads it."""
        with self.one_more():
            async with aclosing(told):
                async for piece in told:
                    yield piece


def last_id(headers: Headers) -> int:
    """The id of the last event that the client has seen; 0 for none, and for one that we never gave."""
    given = headers.get("last-event-id", "")
    is_ours = given.isascii() and given.isdigit() and len(given) <= _MOST_ID_DIGITS
    return int(given) if is_ours else 0


async def stream(
    changes: AsyncIterable[_Change],
    event_of: Callable[[_Change], tuple[int, BaseModel]],
    until_draining: Callable[[], Awaitable[object]],
    heartbeat_s: float = HEARTBEAT_S,
) -> AsyncGenerator[bytes, None]:
    """Each change as an event with its id, until there are no more, the service behind it goes, or this process drains.

    In the latter cases the client comes back by itself, says what it has seen, and misses nothing.
    """
    yield f"retry: {_RETRY_MS}\n\n".encode()
    async with _pumped(changes, until_draining) as queue:
        while True:
            try:
                change = await asyncio.wait_for(queue.get(), heartbeat_s)
            except TimeoutError:
                yield _HEARTBEAT
                continue
            if change is None:
                return
            id, event = event_of(change)
            yield f"id: {id}\nevent: job\ndata: {event.model_dump_json(by_alias=True)}\n\n".encode()


@asynccontextmanager
async def _pumped(
    changes: AsyncIterable[_Change], until_draining: Callable[[], Awaitable[object]]
) -> AsyncIterator[asyncio.Queue[_Change | None]]:
    """The changes in a queue, which can be waited for with a limit; None comes after the last.

    One task reads them from beginning to end: a call's span belongs to the task that began it.
    """
    queue: asyncio.Queue[_Change | None] = asyncio.Queue()

    async def pump() -> None:
        try:
            async for change in changes:
                queue.put_nowait(change)
        except AppError as error:
            _log.info("an event stream ends early", cause=error.message)
        finally:
            queue.put_nowait(None)

    async def leave() -> None:
        await until_draining()
        pumping.cancel()

    pumping, leaving = asyncio.create_task(pump()), asyncio.create_task(leave())
    try:
        yield queue
    finally:
        for task in (leaving, pumping):
            task.cancel()
        await asyncio.wait({leaving, pumping})

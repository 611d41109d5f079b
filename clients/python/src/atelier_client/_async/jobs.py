"""Watching a job: by events, which are taken up again where they broke off, and by asking where there are none."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from atelier_client import operations
from atelier_client._async.transport import AsyncTransport
from atelier_client.errors import AtelierError
from atelier_client.pauses import async_pause
from atelier_client.shapes import Job
from atelier_client.watching import Watch
from atelier_client.wire import decode


async def changes(transport: AsyncTransport, id: str, timeout_s: float) -> AsyncGenerator[Job, None]:
    """The job now, and after each change, until it has ended. Raises WaitedTooLong."""
    watch = Watch(id, timeout_s)
    while True:
        async with aclosing(_told(transport, watch)) as told:
            async for job in told:
                yield job
        if not watch.ended:
            async with aclosing(_asked(transport, watch)) as asked:
                async for job in asked:
                    yield job
        if watch.ended:
            return
        await async_pause(watch.pause_s())


async def _told(transport: AsyncTransport, watch: Watch) -> AsyncGenerator[Job, None]:
    """What one connection tells, until it breaks, for whatever reason: what is really wrong is said when we ask."""
    try:
        events = transport.events(operations.jobs_watch(watch.id), watch.reader, watch.ends_at)
        async with aclosing(events) as stream:
            async for event in stream:
                job = decode(Job, json.loads(event.data))
                if watch.is_news(job):
                    yield job
                if watch.ended:
                    return
    except (AtelierError, ValueError):
        return


async def _asked(transport: AsyncTransport, watch: Watch) -> AsyncGenerator[Job, None]:
    """What the platform answers when it is asked."""
    try:
        job = await transport.send(operations.jobs_get(watch.id))
    except AtelierError as error:
        watch.failed(error)
        return
    if watch.is_news(job):
        yield job

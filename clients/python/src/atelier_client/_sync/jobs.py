"""Watching a job: by events, which are taken up again where they broke off, and by asking where there are none.

Written by `make clients` from its twin in `_async`; edits are lost.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing

from atelier_client import operations
from atelier_client._sync.transport import Transport
from atelier_client.errors import AtelierError
from atelier_client.pauses import pause
from atelier_client.shapes import Job
from atelier_client.watching import Watch
from atelier_client.wire import decode


def changes(transport: Transport, id: str, timeout_s: float) -> Generator[Job, None, None]:
    """The job now, and after each change, until it has ended. Raises WaitedTooLong."""
    watch = Watch(id, timeout_s)
    while True:
        with closing(_told(transport, watch)) as told:
            for job in told:
                yield job
        if not watch.ended:
            with closing(_asked(transport, watch)) as asked:
                for job in asked:
                    yield job
        if watch.ended:
            return
        pause(watch.pause_s())


def _told(transport: Transport, watch: Watch) -> Generator[Job, None, None]:
    """What one connection tells, until it breaks, for whatever reason: what is really wrong is said when we ask."""
    try:
        events = transport.events(operations.jobs_watch(watch.id), watch.reader, watch.ends_at)
        with closing(events) as stream:
            for event in stream:
                job = decode(Job, json.loads(event.data))
                if watch.is_news(job):
                    yield job
                if watch.ended:
                    return
    except (AtelierError, ValueError):
        return


def _asked(transport: Transport, watch: Watch) -> Generator[Job, None, None]:
    """What the platform answers when it is asked."""
    try:
        job = transport.send(operations.jobs_get(watch.id))
    except AtelierError as error:
        watch.failed(error)
        return
    if watch.is_news(job):
        yield job

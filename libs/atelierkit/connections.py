"""The gRPC channel that calls go through, renewed when this process' certificate is.

gRPC's channels keep the certificate that they were made with. So a new one is made when the files
change; the old one takes no further call and is closed after its last one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from atelierkit.tls import Certificates, Material


class Connection:
    """One channel, and how many calls are under way on it."""

    def __init__(self, channel: grpc.aio.Channel, material: Material | None) -> None:
        self.channel = channel
        self.material = material
        self.calls = 0


class Connections:
    """The connection of now, and those before it that still have calls under way."""

    def __init__(
        self,
        open: Callable[[Material | None], grpc.aio.Channel],
        certificates: Certificates | None = None,
    ) -> None:
        self._open = open
        self._certificates = certificates
        self._now = self._made()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def channel(self) -> grpc.aio.Channel:
        """The channel of now."""
        return self._current().channel

    @contextmanager
    def in_use(self) -> Iterator[Connection]:
        """The connection of now, which stays open while the block runs."""
        connection = self._current()
        connection.calls += 1
        try:
            yield connection
        finally:
            connection.calls -= 1
            if connection is not self._now and connection.calls == 0:
                self._close(connection)

    async def close(self, grace: float | None = None) -> None:
        """Close the channel of now, and wait until the older ones are closed."""
        await self._now.channel.close(grace)
        await asyncio.gather(*self._closing)

    def _current(self) -> Connection:
        if self._certificates is not None and self._certificates.current() is not self._now.material:
            retired, self._now = self._now, self._made()
            if retired.calls == 0:
                self._close(retired)
        return self._now

    def _made(self) -> Connection:
        material = None if self._certificates is None else self._certificates.current()
        return Connection(self._open(material), material)

    def _close(self, connection: Connection) -> None:
        task = asyncio.get_running_loop().create_task(connection.channel.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


class Method:
    """One method's callable, made again for each connection."""

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        self._kind, self._args, self._kwargs = kind, args, kwargs
        self._connection: Connection | None = None
        self._callable: Callable[..., Any] | None = None

    def on(self, connection: Connection) -> Callable[..., Any]:
        """What starts a call of the method on that connection."""
        if self._callable is None or self._connection is not connection:
            self._connection = connection
            self._callable = getattr(connection.channel, self._kind)(*self._args, **self._kwargs)
        return self._callable

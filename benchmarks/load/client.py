"""An HTTP/1.1 client of as little CPU as can be: the load must not wait for who makes it."""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

ANSWER_TIMEOUT_S = 15.0


class Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time; answers are read and dropped."""

    def __init__(self) -> None:
        self.open = False
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.open = True

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("closed before the answer"))

    def on_message_complete(self) -> None:
        """The parser saw an answer's last byte."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(self._parser.get_status_code())

    async def send(self, request: bytes) -> int:
        """Status of the answer, once its last byte is here. ConnectionError, or TimeoutError after 15 s."""
        # A parser keeps its state between answers, and one that a HEAD or an error confused must not stay.
        self._parser = httptools.HttpResponseParser(self)
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            return await self._answered

    def close(self) -> None:
        self._transport.close()


class Pool:
    """As many connections as there are requests under way, at most ``most``; the last used is used first."""

    def __init__(self, host: str, port: int, most: int) -> None:
        self._host, self._port, self._most = host, port, most
        self._idle: list[Connection] = []
        self._open = 0

    async def send(self, request: bytes) -> int:
        """Status of the answer. ConnectionError where there is none, or no connection left; TimeoutError."""
        connection = await self._taken()
        try:
            status = await connection.send(request)
        except BaseException:
            self._open -= 1
            connection.close()
            raise
        self._idle.append(connection)
        return status

    async def _taken(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.open:
                return connection
            self._open -= 1
        if self._open >= self._most:
            raise ConnectionError("every connection is in use")
        self._open += 1
        try:
            _, made = await asyncio.get_running_loop().create_connection(Connection, self._host, self._port)
        except BaseException:
            self._open -= 1
            raise
        return made

    def close(self) -> None:
        for connection in self._idle:
            connection.close()

"""Bodies in parts, read as they come: what breaks a limit ends the reading there, however much more is announced."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterable, Callable
from typing import NamedTuple

from services.gateway import multipart
from services.gateway.multipart import Head, Part
from services.gateway.problems import PayloadTooLarge

_END_OF_HEAD = b"\r\n\r\n"
_LONGEST_EPILOGUE = 4096


class PartLimit(NamedTuple):
    """How much of one part is read, and the refusal of more."""

    most_bytes: int
    refusal: PayloadTooLarge


LimitOf = Callable[[Head], PartLimit]
"""Is asked once a part has said what it is; may refuse it altogether."""


async def read(chunks: AsyncIterable[bytes], content_type: str, limit_of: LimitOf) -> list[Part]:
    """The parts of a body. Raises InvalidInput, PayloadTooLarge, and what `limit_of` does.

    Of a part that is too large, at most its limit and one chunk were read.
    """
    reader = _PartReader(multipart.boundary(content_type), limit_of)
    async for chunk in chunks:
        reader.feed(chunk)
    return reader.finished()


class _PartReader:
    """Takes a body in pieces of any size. Each step is one of those below, until the bytes at hand are not enough."""

    def __init__(self, boundary: bytes, limit_of: LimitOf) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._limit_of = limit_of
        # A line end before the first delimiter makes it like the others.
        self._buffer = bytearray(b"\r\n")
        self._searched = 0
        """Of the buffer; no delimiter begins before it."""
        self._parts: list[Part] = []
        self._step: Callable[[], bool] = self._first_delimiter

    def feed(self, chunk: bytes) -> None:
        self._buffer += chunk
        while self._step():
            continue

    def finished(self) -> list[Part]:
        """The parts, once the body is over. Raises InvalidInput where it broke off."""
        if self._step != self._epilogue:
            raise multipart.malformed()
        return self._parts

    def _first_delimiter(self) -> bool:
        if len(self._buffer) < len(self._delimiter):
            return False
        if not self._buffer.startswith(self._delimiter):
            raise multipart.malformed()
        self._drop(len(self._delimiter))
        self._step = self._after_delimiter
        return True

    def _after_delimiter(self) -> bool:
        if len(self._buffer) < 2:
            return False
        following = bytes(self._buffer[:2])
        if following not in (b"--", b"\r\n") or len(self._parts) > multipart.MOST_PARTS:
            raise multipart.malformed()
        self._drop(2)
        self._step = self._epilogue if following == b"--" else self._part_head
        return True

    def _part_head(self) -> bool:
        end = self._buffer.find(_END_OF_HEAD, 0, multipart.LONGEST_HEAD)
        if end < 0:
            if len(self._buffer) >= multipart.LONGEST_HEAD:
                raise multipart.malformed()
            return False
        head = multipart.head(bytes(self._buffer[:end]))
        self._drop(end + len(_END_OF_HEAD))
        self._step = functools.partial(self._content, head, self._limit_of(head))
        return True

    def _content(self, head: Head, limit: PartLimit) -> bool:
        end = self._buffer.find(self._delimiter, self._searched)
        self._searched = max(0, len(self._buffer) - len(self._delimiter) + 1)
        if (self._searched if end < 0 else end) > limit.most_bytes:
            raise limit.refusal
        if end < 0:
            return False
        self._parts.append(Part(head, bytes(memoryview(self._buffer)[:end])))
        self._drop(end + len(self._delimiter))
        self._step = self._after_delimiter
        return True

    def _epilogue(self) -> bool:
        """What follows the form means nothing, and is not waited for for ever."""
        if len(self._buffer) > _LONGEST_EPILOGUE:
            raise multipart.malformed()
        return False

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._searched = 0

"""Parts of a file: `Range` as RFC 9110 has it, one range at a time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Span(NamedTuple):
    """Bytes of a file, from the first to the last, both counted from 0."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """The file has none of the bytes that were asked for."""


def asked(headers: Mapping[str, str], etag: str, size: int) -> Span | None:
    """The part that is wanted of a file of that size; None for all of it.

    Several ranges at once, and what cannot be read, are answered with the whole file, as the RFC allows; so is a range of
    a version that the file is no longer. Raise Unsatisfiable.
    """
    matched = _RANGE.fullmatch(headers.get("range", "").strip())
    if matched is None or headers.get("if-range", etag) != etag:
        return None
    first, last = matched.groups()
    if not first and not last:
        return None
    if not first:
        span = Span(max(0, size - int(last)), size - 1)
    else:
        span = Span(int(first), min(int(last), size - 1) if last else size - 1)
        if last and int(last) < int(first):
            return None
    if span.size <= 0 or span.first >= size:
        raise Unsatisfiable
    return span


async def cut(pieces: AsyncIterator[bytes], span: Span) -> AsyncIterator[bytes]:
    """The span's bytes out of those of the whole file. Stored files are checked as a whole, so they are read from the
    beginning; behind the span nothing is read."""
    at = 0
    async for piece in pieces:
        begin, end = max(0, span.first - at), span.last + 1 - at
        if wanted := piece[begin:end]:
            yield wanted
        at += len(piece)
        if at > span.last:
            return

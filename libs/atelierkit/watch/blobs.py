"""The object store: how long it takes, how much goes through, how it fails."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from opentelemetry import trace
from prometheus_client import Counter, Histogram

from atelierkit.blobs import CHUNK_BYTES, BlobRef, Blobs
from atelierkit.errors import AppError, NotFound, Unavailable
from atelierkit.metrics import observe

OPERATION_SECONDS = Histogram(
    "atelier_blobs_operation_duration_seconds",
    "Time that the object store took; of a stream, until its first piece.",
    [
        "operation",
        "outcome",
    ],  # put | get | stream | delete | head; ok | missing | corrupt | unavailable | failed
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
BYTES = Counter(
    "atelier_blobs_bytes_total",
    "Bytes written to the object store and read from it.",
    ["direction"],  # written | read
)

_tracer = trace.get_tracer(__name__)


class WatchedBlobs:
    """Blobs that are measured; passes everything on."""

    def __init__(self, inner: Blobs) -> None:
        self._inner = inner

    async def put(self, data: bytes, *, prefix: str, media_type: str) -> BlobRef:
        with _measured("put"):
            ref = await self._inner.put(data, prefix=prefix, media_type=media_type)
        BYTES.labels("written").inc(len(data))
        return ref

    async def put_file(self, path: Path, *, prefix: str, media_type: str) -> BlobRef:
        with _measured("put"):
            ref = await self._inner.put_file(path, prefix=prefix, media_type=media_type)
        BYTES.labels("written").inc(ref.size)
        return ref

    async def get(self, key: str) -> bytes:
        with _measured("get"):
            data = await self._inner.get(key)
        BYTES.labels("read").inc(len(data))
        return data

    async def stream(self, key: str, chunk: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        pieces = self._inner.stream(key, chunk)
        with _measured("stream"):
            # How fast the rest comes is up to whoever reads it.
            first = await anext(pieces, None)
        if first is None:
            return
        BYTES.labels("read").inc(len(first))
        yield first
        async for piece in pieces:
            BYTES.labels("read").inc(len(piece))
            yield piece

    async def delete(self, key: str) -> None:
        with _measured("delete"):
            await self._inner.delete(key)

    async def head(self, key: str) -> BlobRef:
        with _measured("head"):
            return await self._inner.head(key)

    def written_before(self, when: datetime, *, within: str = "") -> AsyncIterator[Sequence[str]]:
        # Not measured: how long it takes says how much is stored, and not how the store does.
        return self._inner.written_before(when, within=within)


@contextmanager
def _measured(operation: str) -> Iterator[None]:
    """A span and a duration. Keys are left out of both: they would tell which files belong together."""
    start, outcome = time.perf_counter(), "failed"
    span = _tracer.start_as_current_span(
        f"blobs {operation}",
        kind=trace.SpanKind.CLIENT,
        attributes={"atelier.blobs.operation": operation},
        record_exception=False,
    )
    try:
        with span:
            yield
        outcome = "ok"
    except NotFound:
        outcome = "missing"
        raise
    except AppError as error:
        outcome = "unavailable" if isinstance(error, Unavailable) else "corrupt"
        raise
    finally:
        observe(OPERATION_SECONDS, time.perf_counter() - start, operation=operation, outcome=outcome)

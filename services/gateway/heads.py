"""An end to what a connection may send before it says what it wants."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_HEAD_BYTES = 65_536
"""Request line and header lines of one request: browsers send one or two thousand, and other servers take 8 to 64 KiB."""
_REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 20\r\nconnection: close\r\n\r\n"
    b"The head is too long"
)


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's reader of HTTP/1.1, which by itself keeps a header line of any length in memory.

    What counts is what came since the last thing that somebody could work with, a whole head or a piece of a body. So
    trailers and extensions of chunks end as well.
    """

    _unused_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Read on, or refuse and close."""
        self._unused_bytes += len(data)
        super().data_received(data)
        if self._unused_bytes <= MOST_HEAD_BYTES or self.transport.is_closing():
            return
        # An answer under way is cut off: a second status line in the middle of it would be worse.
        if not self._at_work:
            self.transport.write(_REFUSAL)
        self.transport.close()

    @property
    def _at_work(self) -> bool:
        cycle: RequestResponseCycle | None = (
            self.cycle
        )  # None before the first head, whatever its annotation says
        return cycle is not None and not cycle.response_complete

    def on_headers_complete(self) -> None:
        """What is asked is known."""
        self._unused_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of it is there; how much is read is the route's matter."""
        self._unused_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next one begins anew."""
        self._unused_bytes = 0
        super().on_message_complete()

"""Requests over HTTP: with the caller's token, a time limit, an Idempotency-Key, and tries after failures that may pass.

Written by `make clients` from its twin in `_async`; edits are lost.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from atelier_client import answers
from atelier_client.calls import Call, Upload
from atelier_client.errors import AtelierError, Unreachable
from atelier_client.event_stream import Event, EventReader
from atelier_client.part_file import PartFile
from atelier_client.pauses import pause
from atelier_client.retries import Retries
from atelier_client.wire import encode

Answer = TypeVar("Answer")
Token = Callable[[], str]
"""Gives the token of the next request."""

AGENT = "atelier-client-python/0.1.0"
_SILENCE_S = 45.0
"""An event stream says something every 15 s; after three times that it is dead."""
_CONNECT_S = 10.0


class Transport:
    """A connection to one platform."""

    def __init__(
        self,
        http: httpx.Client,
        base_url: str,
        token: Token,
        language: str,
        timeout_s: float,
        retries: Retries,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._language = language
        self._timeout_s = timeout_s
        self._retries = retries

    def send(self, call: Call[Answer], key: str | None = None, timeout_s: float | None = None) -> Answer:
        """Send the call and read its answer. Raises Refused, Unreachable, UnexpectedAnswer."""
        key = key or str(uuid.uuid4())

        def once() -> Answer:
            with self._answered(call, key, timeout_s) as response:
                response.read()
                return answers.read(call, response)

        return self._tried(once)

    def download(self, call: Call[bytes], file: Path, sha256: str | None = None) -> None:
        """Write the call's answer to the file. Raises UnexpectedAnswer where it has not that SHA-256."""

        def once() -> None:
            with PartFile(file) as part:
                with self._answered(call, "") as response:
                    for piece in response.iter_bytes():
                        part.write(piece)
                part.finish(sha256)

        self._tried(once)

    def events(self, call: Call[bytes], reader: EventReader, ends_at: float) -> Generator[Event, None, None]:
        """The events of one connection, from after the last one that the reader has seen, until `ends_at` (monotonic).

        It is not tried again.
        """
        headers = {"Accept": "text/event-stream"} | (
            {"Last-Event-ID": reader.last_id} if reader.last_id else {}
        )
        reader.begin()
        with self._answered(call, "", _SILENCE_S, headers) as response:
            for piece in response.iter_bytes():
                for event in reader.feed(piece):
                    yield event
                if time.monotonic() >= ends_at:
                    return

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def _tried(self, once: Callable[[], Answer]) -> Answer:
        failures = 0
        while True:
            try:
                return once()
            except AtelierError as error:
                failures += 1
                wait_s = self._retries.wait_s(failures, error)
                if wait_s is None:
                    raise
            pause(wait_s)

    @contextmanager
    def _answered(
        self,
        call: Call[object],
        key: str,
        timeout_s: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        """The answer, whose body is yet to be read. Raises Refused, and Unreachable for whatever the connection does."""
        request = self._request(call, key, timeout_s or self._timeout_s, headers or {})
        try:
            response = self._http.send(request, stream=True, follow_redirects=False)
            try:
                if not response.is_success:
                    response.read()
                    raise answers.refusal(response)
                yield response
            finally:
                response.close()
        except httpx.TransportError as error:
            raise Unreachable(f"{call.method} {call.path}: {error!r}") from error

    def _request(
        self, call: Call[object], key: str, timeout_s: float, headers: Mapping[str, str]
    ) -> httpx.Request:
        said = {
            "Accept": "application/json, */*;q=0.5",
            "Accept-Language": self._language,
            "User-Agent": AGENT,
            **headers,
        }
        if token := self._token():
            said["Authorization"] = f"Bearer {token}"
        if call.method == "POST":
            said["Idempotency-Key"] = key
        content = None
        if isinstance(call.body, Upload):
            content, said["Content-Type"] = call.body.data, call.body.media_type
        elif call.body is not None:
            content, said["Content-Type"] = json.dumps(encode(call.body)).encode(), "application/json"
        return self._http.build_request(
            call.method,
            self._address(call.path),
            params=call.parameters,
            content=content,
            headers=said,
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S)),
        )

    def _address(self, path: str) -> str:
        """Raises ValueError for what is no path: another server must not see the token."""
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"{path} is no path of {self._base_url}")
        return self._base_url + path

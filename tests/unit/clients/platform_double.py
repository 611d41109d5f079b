"""A server that answers what it is told to, in that order, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What is answered once."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    """Length that is announced, where it is not the body's: more of it makes an answer that breaks off."""


CUT = Answer(status=0)
"""The connection ends without an answer."""


def said(value: object, status: int = 200, **headers: str) -> Answer:
    """JSON."""
    return Answer(
        status, json.dumps(value).encode(), {name.replace("_", "-"): text for name, text in headers.items()}
    )


def refused(status: int, code: str, **headers: str) -> Answer:
    """A refusal in the platform's shape."""
    problem = {
        "success": False,
        "error": f"no: {code}",
        "code": code,
        "details": [],
        "requestId": "r-1",
        "retryable": status in {429, 503, 504} or code == "idempotency_in_progress",
    }
    return said(problem, status, **headers)


def events(*told: Mapping[str, Any] | str) -> Answer:
    """An event stream that tells these jobs, with its revisions as ids, and ends. Text stands for itself."""
    lines = [
        each if isinstance(each, str) else f"id: {each['revision']}\nevent: job\ndata: {json.dumps(each)}\n\n"
        for each in told
    ]
    return Answer(200, "".join(["retry: 1\n\n", *lines]).encode(), {"content-type": "text/event-stream"})


class PlatformDouble:
    """The server, on a port of its own."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: deque[Answer] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def will(self, *answers: Answer) -> None:
        """Answer the next requests so."""
        self._answers.extend(answers)

    def targets(self) -> Sequence[str]:
        """What was asked for, in order."""
        return [f"{each.method} {each.target}" for each in self.asked]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert kind is not None or not self._answers, "not everything was asked for"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                double.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
                answer = (
                    double._answers.popleft() if double._answers else refused(500, "nothing_was_prepared")
                )
                self.close_connection = True
                if answer is not CUT:
                    self.send_response(answer.status)
                    promised = len(answer.body) if answer.promised is None else answer.promised
                    # Told as well: a client that does not know may ask again on it while it closes.
                    told = {"content-length": str(promised), "connection": "close", **answer.headers}
                    for name, value in told.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(answer.body)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815  the names that http.server calls

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        return Handler

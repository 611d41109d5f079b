"""A collector of traces that keeps what it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import text_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

from deploy.local.topology import LOOPBACK


@dataclass(frozen=True)
class Span:
    """One span, as far as the tests ask."""

    service: str
    name: str
    kind: str
    """``server``, ``client`` or ``internal``."""
    trace_id: str
    span_id: str
    parent_id: str
    attributes: Mapping[str, str]
    error: bool
    everything: str
    """All that was sent of it, as text."""

    @classmethod
    def of(cls, span: Any, resource: Any) -> Span:
        """The span as it was sent."""
        about = {item.key: item.value.string_value for item in resource.resource.attributes}
        return cls(
            service=about["service.name"],
            name=span.name,
            kind=trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex(),
            attributes={item.key: _text(item.value) for item in span.attributes},
            error=span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
            everything=text_format.MessageToString(span, as_utf8=True),
        )


def _text(value: Any) -> str:
    return str(getattr(value, value.WhichOneof("value")))


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes whatever services export."""

    def __init__(self) -> None:
        self.address = ""
        self.spans: list[Span] = []
        self._changed = threading.Condition()

    @property
    def traces(self) -> set[str]:
        """Ids of the traces that were seen."""
        return {span.trace_id for span in self.spans}

    def Export(self, request: Any, context: Any) -> Any:
        with self._changed:
            self.spans += [
                Span.of(span, resource)
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
            self._changed.notify_all()
        return trace_service_pb2.ExportTraceServiceResponse()

    def trace(self, trace_id: str, wanted: int, timeout_s: float = 20.0) -> list[Span]:
        """The spans of a trace, once they are so many and one tree; as they are when the time is over.

        Each service sends its own spans in its own time: the ones around others may come last.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._of(trace_id)) >= wanted and len(self._roots(trace_id)) == 1, timeout_s
            )
            return self._of(trace_id)

    def _roots(self, trace_id: str) -> list[Span]:
        spans = self._of(trace_id)
        known = {span.span_id for span in spans}
        return [span for span in spans if span.parent_id not in known]

    def _of(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id == trace_id]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens while the block runs."""
    collector = Collector()
    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    collector.address = f"{LOOPBACK}:{server.add_insecure_port(f'{LOOPBACK}:0')}"
    server.start()
    try:
        yield collector
    finally:
        server.stop(grace=None).wait()

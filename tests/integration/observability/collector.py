"""A collector of traces that keeps the ids of what it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from deploy.local.topology import LOOPBACK


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes whatever services export."""

    def __init__(self) -> None:
        self.address = ""
        self.traces: set[str] = set()

    def Export(self, request: Any, context: Any) -> Any:
        self.traces |= {
            span.trace_id.hex()
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }
        return trace_service_pb2.ExportTraceServiceResponse()


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

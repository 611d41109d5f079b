"""OpenTelemetry traces: ids for the logs always, spans exported where OTLP is configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from pydantic_settings import BaseSettings, SettingsConfigDict

from atelierkit.errors import Code
from atelierkit.interceptors.around import HEALTH

# Of a server span, only what the server itself got wrong is an error; a client marks whatever is not OK.
_FAULTS_OF_SERVER = frozenset(
    {
        Code.UNKNOWN,
        Code.DEADLINE_EXCEEDED,
        Code.UNIMPLEMENTED,
        Code.INTERNAL,
        Code.UNAVAILABLE,
        Code.DATA_LOSS,
    }
)


class _OtlpSettings(BaseSettings):
    """The standard variables that decide whether spans leave the process; the SDK reads the rest itself."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="OTEL_EXPORTER_OTLP_")

    endpoint: str = ""
    traces_endpoint: str = ""


@contextmanager
def tracing(service: str) -> Iterator[None]:
    """Set the process' tracer provider up; flushes the last spans on leaving.

    Without an OTLP endpoint no span is recorded, yet each request has a trace id that its services'
    logs share.
    """
    settings = _OtlpSettings()
    resource = Resource.create({SERVICE_NAME: service})
    if settings.endpoint or settings.traces_endpoint:
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    else:
        provider = TracerProvider(resource=resource, sampler=ALWAYS_OFF)
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


@contextmanager
def rpc_span(tracer: Tracer, service: str, method: str, kind: SpanKind) -> Iterator[Span]:
    """A span about one call, by OpenTelemetry's conventions for RPC; ``end_rpc`` tells how it went.

    Exceptions are not recorded in it: their texts may hold what a caller sent. A call that is made within a span that
    nobody records has none of its own.
    """
    if service == HEALTH:
        # Probes come every few seconds from every side: they are no part of any trace.
        yield trace.INVALID_SPAN
        return
    around = trace.get_current_span()
    if kind is SpanKind.CLIENT and around.get_span_context().is_valid and not around.is_recording():
        yield around
        return
    attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": method}
    with tracer.start_as_current_span(
        f"{service}/{method}",
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield span


def end_rpc(span: Span, code: Code, *, of_server: bool) -> None:
    """Tell a call's span the code that it ended with, and mark it where that is an error."""
    span.set_attribute("rpc.grpc.status_code", int(code))
    if code in _FAULTS_OF_SERVER if of_server else code is not Code.OK:
        span.set_attribute("error.type", code.name)
        span.set_status(StatusCode.ERROR)


def exemplar() -> Mapping[str, str] | None:
    """The recorded trace at hand as a Prometheus exemplar; None where nothing is recorded."""
    span = trace.get_current_span().get_span_context()
    if not span.trace_flags.sampled:
        return None
    return {"trace_id": trace.format_trace_id(span.trace_id)}

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
from pydantic_settings import BaseSettings, SettingsConfigDict


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


def exemplar() -> Mapping[str, str] | None:
    """The recorded trace at hand as a Prometheus exemplar; None where nothing is recorded."""
    span = trace.get_current_span().get_span_context()
    if not span.trace_flags.sampled:
        return None
    return {"trace_id": trace.format_trace_id(span.trace_id)}

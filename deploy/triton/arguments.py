"""The server's command line: ``python -m deploy.triton.arguments`` prints production's, one argument a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from atelierkit.settings import Tls


@dataclass(frozen=True)
class Ports:
    """Where the server listens. 8001, 8000 and 8002 are Triton's own choice."""

    grpc: int = 8001
    http: int = 8000
    """Health alone is asked here: the kubelet's probes."""
    metrics: int = 8002


def arguments(
    repository: Path,
    ports: Ports,
    *,
    exit_timeout_s: int = 30,
    tls: Tls | None = None,
    traces_url: str | None = None,
) -> list[str]:
    """What production and the tests share: they differ in where things lie and who listens.

    ``traces_url`` takes OTLP over HTTP, e.g. ``http://otel-collector:4318/v1/traces``: the server's spans join the
    trace of whoever asks.
    """
    certificates = (
        []
        if tls is None
        else [
            "--grpc-use-ssl-mutual=true",
            f"--grpc-server-cert={tls.cert}",
            f"--grpc-server-key={tls.key}",
            f"--grpc-root-cert={tls.client_ca}",
        ]
    )
    traces = (
        []
        if traces_url is None
        else [
            "--trace-config=mode=opentelemetry",
            "--trace-config=level=TIMESTAMPS",
            "--trace-config=rate=1",
            f"--trace-config=opentelemetry,url={traces_url}",
            "--trace-config=opentelemetry,resource=service.name=triton",
        ]
    )
    return [
        f"--model-repository={repository}",
        # What is served is what was laid out: nothing is loaded, unloaded or replaced over the network.
        "--model-control-mode=none",
        "--disable-auto-complete-config",
        "--exit-on-error=true",
        "--strict-readiness=true",
        f"--exit-timeout-secs={exit_timeout_s}",
        f"--grpc-port={ports.grpc}",
        f"--http-port={ports.http}",
        f"--metrics-port={ports.metrics}",
        # Our clients ping every 15 s, also between calls. Triton allows one ping in 5 minutes, and hangs up on the third.
        "--grpc-http2-min-recv-ping-interval-without-data=10000",
        "--grpc-keepalive-time=15000",
        "--grpc-keepalive-timeout=5000",
        "--grpc-keepalive-permit-without-calls=1",
        # Connections live for five minutes, as those of the services: callers find new replicas, and leave old ones.
        "--grpc-max-connection-age=300000",
        "--grpc-max-connection-age-grace=30000",
        # A run begins as soon as an instance is free. Turns among models would leave cores idle while one waits;
        # what may run at a time is the number of instances, what may wait the limit of each queue.
        "--rate-limit=off",
        "--log-format=ISO8601",
        *certificates,
        *traces,
    ]


def main() -> None:
    print("\n".join(["tritonserver", *arguments(Path("/models"), Ports())]))


if __name__ == "__main__":
    main()

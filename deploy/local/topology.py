"""Who runs, who calls whom, and the environment that says so."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atelierkit.settings import Tls

LOOPBACK = "127.0.0.1"

CALLS: Mapping[str, tuple[str, ...]] = {
    "auth": (),
    "catalog": (),
    "mesher": ("auth",),
    "tryon": ("auth",),
    "generator": ("auth", "catalog", "mesher"),
    "gateway": ("auth", "catalog", "generator", "mesher", "tryon"),
}
"""Services that each service calls, in the order in which they start. Who verifies tokens calls auth."""

WORKERS: Mapping[str, str] = {"auth-worker": "auth", "generator-worker": "generator"}
"""Processes beside a service, on its settings and its identity, that work on its jobs."""

PROCESSES = (*CALLS, *WORKERS)
"""Everything that runs, in the order in which it starts."""

WITH_DATABASE = ("auth", "catalog", "generator")
"""Services that own a schema."""

NICENESS: Mapping[str, int] = {
    **{service: 0 if service == "gateway" else 10 for service in CALLS},
    **dict.fromkeys(WORKERS, 15),
}
"""Who gives way: when there is more work than CPUs, the gateway must still be quick to say so to whoever comes, and
whoever waits for an answer comes before what may take longer."""


@dataclass(frozen=True)
class Ports:
    """Where one process listens, on the loopback address."""

    serving: int
    """A service's own port; of a worker, which serves nobody, the port of its health."""
    metrics: int


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; held together while choosing, so that none comes twice."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def choose_ports(gateway_port: int) -> dict[str, Ports]:
    """Ports for every process; the gateway's own is given, 0 for a free one."""
    free = iter(free_ports(2 * len(PROCESSES)))
    ports = {name: Ports(next(free), next(free)) for name in PROCESSES}
    if gateway_port:
        ports["gateway"] = Ports(gateway_port, ports["gateway"].metrics)
    return ports


def gateway_url(ports: Mapping[str, Ports]) -> str:
    """Where the gateway is reached on this machine."""
    return f"http://{LOOPBACK}:{ports['gateway'].serving}"


def module_of(process: str) -> str:
    """What `python -m` runs."""
    return f"services.{WORKERS[process]}.worker" if process in WORKERS else f"services.{process}"


def environment(
    process: str,
    *,
    ports: Mapping[str, Ports],
    data_dir: Path,
    root: Path,
    database_urls: Mapping[str, str],
    gateway_host: str,
    public_url: str = "",
    tls: Tls | None = None,
) -> dict[str, str]:
    """The `ATELIER_*` variables of one process; it talks plain text without `tls`.

    Links in letters begin with `public_url`; without one, with the gateway's address on this machine.
    """
    service = WORKERS.get(process, process)
    prefix = f"ATELIER_{service.upper()}_"
    settings = {
        "HOST": gateway_host if service == "gateway" else LOOPBACK,
        "HEALTH_PORT" if process in WORKERS else "PORT": str(ports[process].serving),
        "METRICS_PORT": str(ports[process].metrics),
        "MODELS_DIR": str(root / "models"),
        **{f"{peer.upper()}_ADDR": f"{LOOPBACK}:{ports[peer].serving}" for peer in CALLS[service]},
    }
    if service in WITH_DATABASE:
        settings["DATABASE_URL"] = database_urls[service]
    if tls is not None:
        settings |= {"TLS_CERT": str(tls.cert), "TLS_KEY": str(tls.key), "TLS_CLIENT_CA": str(tls.client_ca)}
    if service == "auth":
        settings["PUBLIC_URL"] = public_url or gateway_url(ports)
    if service == "gateway":
        settings["WEB_DIR"] = str(root / "web" / "dist")
    return {"ATELIER_DATA_DIR": str(data_dir)} | {prefix + name: value for name, value in settings.items()}

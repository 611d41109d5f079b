"""The whole platform under the eyes of a real Prometheus: services, Triton, PostgreSQL's exporter."""

from __future__ import annotations

import http.server
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local import Platform
from deploy.local.settings import LocalSettings
from deploy.local.topology import LOOPBACK, free_ports
from deploy.prometheus import files
from deploy.triton import install
from deploy.triton import server as triton
from tests.integration.observability import programs, traffic
from tests.integration.observability.collector import Collector, collecting
from tests.integration.observability.prometheus import STEP_S, Prometheus

GPU = Path(__file__).with_name("dcgm.prom")
"""What NVIDIA's exporter says of one card, in its own words: no card is at hand where these tests run."""
VISITORS = {"ada": 1662.0, "eve": 1745.0}
"""Statures in mm by name: one body each, for the mesher remembers what it built last."""
NAMESPACE = "atelier"
SPEED = 60.0
"""The rules are in a hurry: what is seen over five minutes is seen over five seconds."""


@dataclass(frozen=True)
class Observed:
    """A platform that was used, and the Prometheus that watched."""

    url: str
    prometheus: Prometheus
    collector: Collector
    logs: Path
    """Folder of the services' logs."""
    begin: float
    """When the first visitor came, in seconds of the clock."""
    end: float


@contextmanager
def observed() -> Iterator[Observed]:
    """Start everything, send the visitors, and give what Prometheus saw."""
    with ExitStack() as stack:
        # Not pytest's temporary folder: PostgreSQL's account must be able to enter it.
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="atelier-seen-", ignore_cleanup_errors=True)
            )
        )
        folder.chmod(0o711)
        collector = stack.enter_context(collecting())
        inference = stack.enter_context(triton.serving(install.ROOT / "models"))
        variables = {
            "ATELIER_GENERATOR_INFERENCE": inference.grpc_addr,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.address}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "ATELIER_GATEWAY_LIMITS": "off",
        }
        settings = LocalSettings(data_dir=folder / "data", gateway_port=0, mtls=True)
        platform = stack.enter_context(Platform(settings, variables))
        jobs = {
            **{f"atelier-{name}": addr for name, addr in _metrics_of(platform).items()},
            "triton": inference.metrics_addr,
            "postgres": stack.enter_context(_postgres_exporter(folder)),
            "dcgm": stack.enter_context(_recorded(GPU)),
        }
        # The first picture of a process compiles shaders, for seconds and on all processors. Workers give way to that, and
        # who answers two seconds late is down at sixty times the speed.
        traffic.first_picture(platform.url)
        watch = stack.enter_context(_prometheus(folder, jobs))
        begin = time.time()
        watch.await_scrapes(1)
        for name, stature_mm in VISITORS.items():
            traffic.all_of_it(platform.url, name, stature_mm)
            # A counter is born with its first event: what is shown is the growth from then on.
            watch.await_scrapes(2)
        # The curves' last point lies up to a step before their end, and has to come after the last scrape.
        end = time.time() + STEP_S
        yield Observed(platform.url, watch, collector, folder / "data" / "logs", begin, end)


def _metrics_of(platform: Platform) -> dict[str, str]:
    state = json.loads(platform.state_file.read_text())
    return {name: f"{LOOPBACK}:{each['metricsPort']}" for name, each in state["services"].items()}


@contextmanager
def _postgres_exporter(folder: Path) -> Iterator[str]:
    cluster = folder / "data" / "postgres"
    port = int((cluster / "port").read_text())
    password = json.loads((cluster / "passwords.json").read_text())["postgres"]
    address = f"{LOOPBACK}:{free_ports(1)[0]}"
    command = [
        "prometheus-postgres-exporter",
        f"--web.listen-address={address}",
        # Debian's exporter is older than PostgreSQL 17, which moved what this collector reads.
        "--no-collector.bgwriter",
    ]
    source = {
        "DATA_SOURCE_NAME": f"postgresql://postgres:{password}@{LOOPBACK}:{port}/atelier?sslmode=disable"
    }
    with programs.running(
        command, ready=f"http://{address}/metrics", log=folder / "exporter.log", variables=source
    ):
        yield address


@contextmanager
def _recorded(exposition: Path) -> Iterator[str]:
    """An exporter that always says the same."""
    body = exposition.read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{LOOPBACK}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _prometheus(folder: Path, addresses: Mapping[str, str]) -> Iterator[Prometheus]:
    """Prometheus with the committed configuration, its addresses and its pace apart."""
    address = f"{LOOPBACK}:{free_ports(1)[0]}"
    config = folder / "prometheus.json"
    addresses = {**addresses, "prometheus": address}
    config.write_text(json.dumps(_configuration(addresses)))
    (folder / "rules.yml").write_text(files.rules(SPEED))
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={address}",
        "--enable-feature=exemplar-storage",
        "--log.level=warn",
    ]
    with programs.running(command, ready=f"http://{address}/-/ready", log=folder / "prometheus.log"):
        yield Prometheus(f"http://{address}", len(addresses))


def _configuration(addresses: Mapping[str, str]) -> dict[str, Any]:
    """The committed configuration, which must name each address' job; the cards' is the cluster's own.

    The gateway's series carry a namespace, as all do in Kubernetes, and the others none, as on one machine. Nobody is
    told of alerts here.
    """
    config = yaml.safe_load((files.FOLDER / "prometheus.yml").read_text())
    jobs = {job["job_name"]: job for job in [*config["scrape_configs"], {"job_name": "dcgm"}]}
    del jobs["alertmanager"], config["alerting"]
    assert jobs.keys() == addresses.keys()
    for name, job in jobs.items():
        job.pop("dns_sd_configs", None)
        job["static_configs"] = [{"targets": [addresses[name]]}]
    jobs["atelier-gateway"]["static_configs"][0]["labels"] = {"namespace": NAMESPACE}
    config["scrape_configs"] = list(jobs.values())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    return dict(config)

"""Start the platform, wait until all of it is ready, stop all of it."""

from __future__ import annotations

import errno
import json
import re
import socket
import threading
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError

from atelierkit import migrations
from atelierkit.postgres import EmbeddedPostgres, PostgresFailed
from atelierkit.settings import Tls
from deploy.local.certificates import Authority
from deploy.local.processes import Process
from deploy.local.settings import LocalSettings
from deploy.local.topology import (
    LOOPBACK,
    NICENESS,
    PROCESSES,
    WITH_DATABASE,
    WORKERS,
    Ports,
    choose_ports,
    environment,
    gateway_url,
    module_of,
)

ROOT = Path(__file__).resolve().parents[2]
_POLL_S = 0.1
_PROBE_TIMEOUT_S = 5.0
_NEIGHBOUR = re.compile(r"atelier_dependency_up\{")


class PlatformFailed(Exception):
    """The platform cannot run; the text is one sentence that says why."""


class Platform:
    """The whole platform on this machine, while the block runs.

    `url` is the gateway's address. `state_file` names every process with its ports, for tools. `variables` are
    environment variables of every service, beside those that this process has.
    """

    def __init__(self, settings: LocalSettings, variables: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._variables = variables or {}
        self._data_dir = settings.data_dir.absolute()
        self._database = EmbeddedPostgres(self._data_dir / "postgres", services=WITH_DATABASE)
        self._processes: list[Process] = []
        self._ports: dict[str, Ports] = {}
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """Address of the gateway."""
        return gateway_url(self._ports)

    @property
    def state_file(self) -> Path:
        """JSON of the running platform: its address, and pid and ports by service."""
        return self._data_dir / "platform.json"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and return when all of it is ready. Raises PlatformFailed."""
        self._refuse_taken_port()
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            urls = self._database.start()
        except PostgresFailed as error:
            raise PlatformFailed(str(error)) from error
        except OSError as error:
            raise PlatformFailed(_disk_sentence(error, self._data_dir)) from error
        for service in WITH_DATABASE:
            migrations.upgrade(f"services.{service}", urls[service])
        self._ports = choose_ports(self._settings.gateway_port)
        authority = Authority() if self._settings.mtls else None
        for name in PROCESSES:
            variables = environment(
                name,
                ports=self._ports,
                data_dir=self._data_dir,
                root=ROOT,
                database_urls=urls,
                gateway_host=self._settings.gateway_host,
                public_url=self._settings.public_url,
                tls=None if authority is None else self._identity(authority, name),
            )
            log = self._data_dir / "logs" / f"{name}.log"
            variables = {**self._variables, **variables}
            self._processes.append(
                Process(name, module_of(name), variables, log, ROOT, niceness=NICENESS[name])
            )
        self._wait_until_ready()
        self._write_state()

    def _identity(self, authority: Authority, process: str) -> Tls:
        return authority.issue(WORKERS.get(process, process), self._data_dir / "tls" / process)

    def wait(self) -> None:
        """Return once `interrupt` was called; PlatformFailed when a service ends by itself."""
        while not self._stopping.wait(_POLL_S * 5):
            self._raise_if_one_ended()

    def interrupt(self) -> None:
        """Make `wait` return; safe to call from a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop everything, last come first: workers, then the gateway, so that nothing new comes in; the database last."""
        self.state_file.unlink(missing_ok=True)
        for process in reversed(self._processes):
            process.ask_to_stop()
        for process in self._processes:
            process.ensure_stopped()
        self._processes.clear()
        self._database.stop()

    def _refuse_taken_port(self) -> None:
        wanted = (self._settings.gateway_host, self._settings.gateway_port)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(wanted)
            except OSError as error:
                raise PlatformFailed(_port_sentence(error, *wanted)) from error

    def _wait_until_ready(self) -> None:
        waited = threading.Event()
        for _ in range(int(self._settings.start_timeout_s / _POLL_S)):
            if self._ready():
                return
            self._raise_if_one_ended()
            waited.wait(_POLL_S)
        raise PlatformFailed(f"The services were not ready within {self._settings.start_timeout_s:g} s.")

    def _ready(self) -> bool:
        """Every service serves, and has found all that it calls: the first request must not come too early."""
        try:
            _read(f"{self.url}/readyz/all")
            told = [_read(f"http://{LOOPBACK}:{ports.metrics}/metrics") for ports in self._ports.values()]
        except (URLError, OSError):
            return False
        return all(
            line.endswith(" 1.0") for text in told for line in text.splitlines() if _NEIGHBOUR.match(line)
        )

    def _raise_if_one_ended(self) -> None:
        for process in self._processes:
            if not process.running:
                raise PlatformFailed(
                    f"The {process.name} service ended; its last words, from {process.log}: {process.last_words()}"
                )

    def _write_state(self) -> None:
        state = {
            "url": self.url,
            "services": {
                process.name: {
                    "pid": process.pid,
                    "port": self._ports[process.name].serving,
                    "metricsPort": self._ports[process.name].metrics,
                }
                for process in self._processes
            },
        }
        self.state_file.write_text(json.dumps(state, indent=1))


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=_PROBE_TIMEOUT_S) as answer:  # noqa: S310 - our own http URL
        return str(answer.read().decode())


def _port_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: stop what listens there, or choose another with ATELIER_GATEWAY_PORT."
    return f"The gateway cannot listen on {host}:{port}: {error.strerror}."


def _disk_sentence(error: OSError, data_dir: Path) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk that holds {data_dir} is full: free some space, or choose another with ATELIER_DATA_DIR."
    return f"The data folder {data_dir} cannot be used: {error.strerror}."

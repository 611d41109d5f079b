"""Runs tritonserver on free loopback ports: ``python -m deploy.triton.server`` serves the folder ``models``."""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from atelierkit.errors import AppError
from atelierkit.inference import TritonInference
from atelierkit.settings import ServiceSettings, Tls
from deploy.local.processes import ending_with_us
from deploy.local.topology import LOOPBACK, free_ports
from deploy.triton import install, repository
from deploy.triton.arguments import Ports, arguments
from deploy.triton.config import Target

TARGET = Target(backend="python")
"""What this server can run; the rest is as in production."""

_START_TIMEOUT_S = 60.0
# A server whose backend has died never ends by itself.
_STOP_TIMEOUT_S = 4.0
_PAUSE_S = 0.1


class ServerFailed(Exception):
    """The server did not come up; the text ends with what it said last."""


@dataclass(frozen=True)
class Running:
    """A server whose models have each answered a real inference."""

    grpc_addr: str
    http_addr: str
    metrics_addr: str
    """host:port of its Prometheus metrics, at ``/metrics``."""
    models: tuple[str, ...]
    pid: int
    """Leader of a process group of its own, which holds the backend's stubs too."""


@contextmanager
def serving(models_dir: Path, target: Target = TARGET) -> Iterator[Running]:
    """Serve the models and chains of ``models_dir`` while the block runs."""
    with tempfile.TemporaryDirectory(prefix="atelier-triton-models-") as folder:
        repository.lay_out(models_dir, Path(folder), target)
        with serving_repository(Path(folder)) as running:
            yield running


@contextmanager
def serving_repository(
    models: Path, *, tls: Tls | None = None, traces_url: str | None = None
) -> Iterator[Running]:
    """Serve a model repository while the block runs, once each of its models has answered."""
    names = tuple(sorted(path.parent.name for path in models.glob("*/config.pbtxt")))
    ports = Ports(*free_ports(3))
    grpc_addr, http_addr, metrics_addr = (f"{LOOPBACK}:{port}" for port in astuple(ports))
    given = arguments(models, ports, exit_timeout_s=1, tls=tls, traces_url=traces_url)
    with (
        tempfile.TemporaryDirectory(prefix="atelier-triton-") as home,
        _process(given, Path(home) / "log") as process,
    ):
        _await_answers(
            process, functools.partial(_infer_with_each, grpc_addr, names, tls), Path(home) / "log"
        )
        yield Running(grpc_addr, http_addr, metrics_addr, names, process.pid)


@contextmanager
def _process(given: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    installed = install.installed()
    command = [
        *ending_with_us(str(installed.program)),
        *given,
        f"--backend-directory={install.BACKENDS}",
        *(f"--{kind}-address={LOOPBACK}" for kind in ("grpc", "http", "metrics")),
        *("--reuse-grpc-port=false", "--reuse-http-port=false", "--allow-gpu-metrics=false"),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - the server that install.py installed
            command,
            env=installed.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end; whatever is left of its group after that is killed."""
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _await_answers(
    process: subprocess.Popen[bytes], ask: Callable[[], Coroutine[Any, Any, None]], log: Path
) -> None:
    pause = threading.Event()
    said = "nothing"
    for _ in range(round(_START_TIMEOUT_S / _PAUSE_S)):
        if process.poll() is not None:
            break
        try:
            asyncio.run(ask())
        except AppError as error:
            said = error.message
        else:
            return
        pause.wait(_PAUSE_S)
    lines = log.read_text(errors="replace").splitlines()[-15:]
    raise ServerFailed("\n".join([f"tritonserver does not answer ({said}); its last words:", *lines]))


async def _infer_with_each(addr: str, models: Sequence[str], tls: Tls | None) -> None:
    async with TritonInference(addr, _settings(tls), timeout_s=10) as inference:
        for model in models:
            await inference.ready(model)


def _settings(tls: Tls | None) -> ServiceSettings | None:
    if tls is None:
        return None
    return ServiceSettings(tls_cert=tls.cert, tls_key=tls.key, tls_client_ca=tls.client_ca)


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.triton.server", description=main.__doc__)
    parser.add_argument("--models", type=Path, default=install.ROOT / "models", help="folder of the models")
    given = parser.parse_args()
    try:
        install.install()
        with serving(given.models) as running:
            print(
                f"Triton serves {', '.join(running.models)} at {running.grpc_addr} (gRPC), metrics at {running.metrics_addr}"
            )
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except (install.InstallFailed, ServerFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

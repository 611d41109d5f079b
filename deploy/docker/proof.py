"""Starts every built image, workers included, and uses the platform that they make: `python -m deploy.docker.proof`, by
`make images`.

Runs in a network of its own, where nobody else reaches the containers, with mutual TLS between them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from atelierkit.postgres import EmbeddedPostgres
from atelierkit.settings import Tls
from deploy.docker import contents, journey
from deploy.docker.bases import bases
from deploy.docker.buildah import Image, ImagesFailed, Store, run
from deploy.docker.containers import USER, Container, Mount
from deploy.docker.images import SERVICES, tag
from deploy.docker.settings import ImagesSettings
from deploy.local.certificates import Authority
from deploy.local.topology import CALLS, PROCESSES, WITH_DATABASE, WORKERS, module_of

TLS_DIR = "/etc/atelier/tls"
START_TIMEOUT_S = 90.0
MIGRATION_TIMEOUT_S = 60.0
_POLL_S = 0.1


@dataclass(frozen=True)
class Proof:
    """One image at work, as a service or as its worker."""

    start_s: float
    """From the start to the first healthy answer, on the machine that proved it."""
    memory_bytes: int
    """Resident after the journey."""
    stop_s: float
    """From SIGTERM to the end, with status 0."""


def prove(settings: ImagesSettings) -> dict[str, Any]:
    """Start, use and stop every image; gives what was seen. Raises ImagesFailed."""
    command = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, "-m", __name__]
    ended = subprocess.run(command, check=False)  # noqa: S603  our own interpreter and module
    if ended.returncode:
        raise ImagesFailed("The images do not work; the lines above say why.")
    seen: dict[str, Any] = json.loads((settings.dir / "proof.json").read_text())
    return seen


def _inside(settings: ImagesSettings) -> None:
    """What `prove` does, with the network and the mounts of its own."""
    run(["ip", "link", "set", "lo", "up"])
    # The runtime refuses a mixture of both versions of control groups, and needs neither here.
    run(["mount", "-t", "tmpfs", "tmpfs", "/sys/fs/cgroup"])
    with (
        tempfile.TemporaryDirectory(prefix="atelier-images-", ignore_cleanup_errors=True) as folder,
        ExitStack() as stack,
    ):
        # PostgreSQL's account and the containers' user must be able to enter it.
        Path(folder).chmod(0o711)
        platform = _Platform(Path(folder), Store(settings), stack)
        platform.look()
        platform.start()
        seen = {"journey": asdict(journey.walk(f"http://{platform.address('gateway')}:8080"))}
        memory = {name: container.memory_bytes() for name, container in platform.containers.items()}
        stops = platform.stop()
        proofs = {
            name: asdict(Proof(platform.start_s[name], memory[name], stops[name])) for name in PROCESSES
        }
        seen["images"] = {name: proofs[name] for name in SERVICES}
        seen["workers"] = {name: proofs[name] for name in WORKERS}
    (settings.dir / "proof.json").write_text(json.dumps(seen, indent=1))


class _Platform:
    """The images as one platform. Each process has a loopback address of its own, so that all keep their ports."""

    def __init__(self, folder: Path, store: Store, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._base = stack.enter_context(store.mounted(bases()["PYTHON_IMAGE"]))
        self._images: dict[str, Image] = {name: store.inspect(tag(name)) for name in SERVICES}
        self._roots = {name: stack.enter_context(store.mounted(tag(name))) for name in SERVICES}
        self._authority = Authority()
        self._data = folder / "data"
        self._data.mkdir(mode=0o700)
        os.chown(self._data, USER, USER)
        self.containers: dict[str, Container] = {}
        self.start_s: dict[str, float] = {}

    def address(self, process: str) -> str:
        """Where a process listens."""
        return f"127.0.0.{10 + PROCESSES.index(process)}"

    def look(self) -> None:
        """Refuse images that hold what they should not."""
        for name, root in self._roots.items():
            if found := contents.faults(root, self._base):
                raise ImagesFailed(f"The image of {name}: {' '.join(found[:10])}")

    def start(self) -> None:
        """Database, migrations, services, workers; each is healthy before the next one starts."""
        database = EmbeddedPostgres(self._folder / "postgres", services=WITH_DATABASE, durable=False)
        urls = database.start()
        self._stack.callback(database.stop)
        for name in WITH_DATABASE:
            self._migrate(name, urls[name])
        for name in PROCESSES:
            begun = time.perf_counter()
            command = ("python", "-m", module_of(name)) if name in WORKERS else ()
            container = self._container(name, self._variables(name, urls), *command)
            self.containers[name] = container
            self._stack.callback(container.kill)
            self._wait_until_healthy(container)
            self.start_s[name] = time.perf_counter() - begun
            print(f"{name} is healthy after {self.start_s[name]:.1f} s.", flush=True)

    def stop(self) -> dict[str, float]:
        """Ask all to stop, the last that came first; seconds that each took."""
        seconds = {}
        for name, container in reversed(self.containers.items()):
            begun = time.perf_counter()
            status = container.stop()
            if status != 0:
                raise ImagesFailed(f"{name} ends with {status} after SIGTERM: {container.last_words()}")
            seconds[name] = time.perf_counter() - begun
        return seconds

    def _migrate(self, name: str, url: str) -> None:
        variables = {f"ATELIER_{name.upper()}_DATABASE_URL": url}
        container = self._container(
            name,
            variables,
            *("python", "-m", "atelierkit.migrations", f"services.{name}"),
            title=f"{name}-migration",
        )
        if container.wait(MIGRATION_TIMEOUT_S) != 0:
            raise ImagesFailed(f"The migration of {name} fails: {container.last_words()}")

    def _container(
        self, name: str, variables: Mapping[str, str], *command: str, title: str = ""
    ) -> Container:
        service = WORKERS.get(name, name)
        return Container(
            title or name,
            self._images[service],
            self._roots[service],
            folder=self._folder,
            variables=variables,
            mounts=[Mount(self._data, "/data", writable=True), Mount(self._certificates(name), TLS_DIR)],
            command=command,
        )

    def _certificates(self, name: str) -> Path:
        folder = self._folder / "tls" / name
        tls = self._authority.issue(WORKERS.get(name, name), folder, at=self.address(name))
        for path in (folder, tls.cert, tls.key, tls.client_ca):
            os.chown(path, USER, USER)
        return folder

    def _variables(self, name: str, urls: Mapping[str, str]) -> dict[str, str]:
        service = WORKERS.get(name, name)
        prefix = f"ATELIER_{service.upper()}_"
        files = Tls(*(Path(TLS_DIR) / file for file in ("tls.crt", "tls.key", "ca.crt")))
        own = {
            "HOST": self.address(name),
            "METRICS_HOST": self.address(name),
            "TLS_CERT": str(files.cert),
            "TLS_KEY": str(files.key),
            "TLS_CLIENT_CA": str(files.client_ca),
            **{f"{peer.upper()}_ADDR": f"{self.address(peer)}:50051" for peer in CALLS[service]},
        }
        if service in WITH_DATABASE:
            own["DATABASE_URL"] = urls[service]
        return {prefix + key: value for key, value in own.items()}

    def _wait_until_healthy(self, container: Container) -> None:
        """Until the image's own health check passes; a worker is asked whether it can work, as Kubernetes asks it."""
        check = [*self._images[WORKERS.get(container.name, container.name)].config["Healthcheck"]["Test"]]
        if container.name in WORKERS:
            check += ["--name", "worker"]
        pause = threading.Event()
        end = time.perf_counter() + START_TIMEOUT_S
        answer = ""
        while time.perf_counter() < end:
            if not container.running:
                break
            status, answer = container.execute(check[1:])
            if status == 0:
                return
            pause.wait(_POLL_S)
        raise ImagesFailed(f"{container.name} is not healthy: {answer}{container.last_words()}")


if __name__ == "__main__":
    try:
        _inside(ImagesSettings())
    except ImagesFailed as error:
        sys.exit(str(error))

"""The platform under measurement: started on data of its own, its processes' CPU time read from the kernel."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from deploy.local import Platform
from deploy.local.settings import LocalSettings

RESULTS = Path(__file__).parent / "results"
UNREACHED_LIMITS = "generate=999999999/1s,general=999999999/1s,preview=999999999/1s"
_PATIENCE = 20
_CREDENTIALS = {"email": "bench@example.org", "password": "tape & chalk, twice"}


@contextmanager
def running_platform() -> Iterator[Platform]:
    """The whole platform on a free port."""
    with tempfile.TemporaryDirectory(prefix="atelier-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's account must be able to enter it
        settings = LocalSettings(data_dir=Path(folder) / "data", gateway_port=0)
        # Limits are counted as they are in production; one caller here is as many as a measurement needs.
        variables = {"ATELIER_GATEWAY_LIMITS": UNREACHED_LIMITS}
        with Platform(settings, variables) as platform:
            yield platform


@contextmanager
def signed_in(url: str) -> Iterator[httpx.Client]:
    """A client with a fresh account's token."""
    with httpx.Client(base_url=url, timeout=60) as client:
        client.post("/v1/auth/signup", json=_CREDENTIALS).raise_for_status()
        tokens = client.post("/v1/auth/login", json=_CREDENTIALS).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        yield client


def served(client: httpx.Client, method: str, path: str, **sent: Any) -> Any:
    """The JSON of a good answer; comes back when told to, as a cold or busy platform may ask."""
    for _ in range(_PATIENCE):
        answer = client.request(method, path, **sent)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer.raise_for_status().json()
        threading.Event().wait(float(answer.headers["retry-after"]))
    raise TimeoutError(f"the platform was busy {_PATIENCE} times")


def processes(platform: Platform) -> dict[str, list[psutil.Process]]:
    """Processes by service; PostgreSQL's first, which all its others are children of, under `postgres`."""
    state = json.loads(platform.state_file.read_text())
    found = {name: [psutil.Process(service["pid"])] for name, service in state["services"].items()}
    pid_file = platform.state_file.parent / "postgres" / "cluster" / "postmaster.pid"
    found["postgres"] = [psutil.Process(int(pid_file.read_text().splitlines()[0]))]
    return found


def cpu_seconds(groups: Mapping[str, list[psutil.Process]]) -> dict[str, float]:
    """User and system CPU time so far, by group, with that of the processes' children, ended ones included."""
    return {name: sum(_cpu(process) for process in group) for name, group in groups.items()}


def _cpu(process: psutil.Process) -> float:
    children = process.children()
    return float(sum(process.cpu_times()[:4])) + sum(map(_child_cpu, children))


def _child_cpu(process: psutil.Process) -> float:
    try:
        return _cpu(process)
    except psutil.NoSuchProcess:
        return 0.0  # ended just now: its parent counts it from here on


def write_result(name: str, table: str, figures: Mapping[str, object]) -> None:
    """Print the table, and keep it with its figures."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(table)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(table)

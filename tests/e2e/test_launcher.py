"""`make run`: what it says when it cannot, and what it leaves behind when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.topology import PROCESSES, WORKERS
from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="atelier-launch-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


def launch(data_dir: Path, port: int) -> subprocess.Popen[str]:
    variables = {"ATELIER_DATA_DIR": str(data_dir), "ATELIER_GATEWAY_PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local"],
        cwd=ROOT,
        env={**os.environ, **variables},  # noqa: TID251 - handed on
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if "Atelier is ready" in line:
            return line.split()[3]
    raise AssertionError("it ended without an address")


def test_it_stops_everything_and_finds_its_data_again(data_dir: Path) -> None:
    credentials = {"email": "kept@example.org", "password": "tape & chalk, twice"}
    for attempt, end in ((1, signal.SIGINT), (2, signal.SIGTERM)):
        process = launch(data_dir, 0)
        url = address(process)
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= len(PROCESSES)
        if attempt == 1:
            all_others_leave_the_cpu_to_the_gateway(data_dir)
            letters_link_to(url, data_dir)
            assert (
                httpx.post(f"{url}/v1/auth/signup", json=credentials, timeout=PATIENCE_S).status_code == 201
            )
        assert httpx.post(f"{url}/v1/auth/login", json=credentials, timeout=PATIENCE_S).status_code == 200
        process.send_signal(end)
        process.communicate(timeout=60)
        assert process.returncode == 0
        _gone, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
        assert not alive
        assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


def all_others_leave_the_cpu_to_the_gateway(data_dir: Path) -> None:
    services = json.loads((data_dir / "platform.json").read_text())["services"]
    nice = {name: psutil.Process(service["pid"]).nice() for name, service in services.items()}
    gateway = nice.pop("gateway")
    wanted = {name: 15 if name in WORKERS else 10 for name in nice}
    assert set(nice) == {*PROCESSES} - {"gateway"}
    # Started by something that leaves the CPU to others itself, they come to the end of the scale.
    assert nice == {name: min(gateway + niceness, 19) for name, niceness in wanted.items()}
    if not Path("/proc/self/autogroup").exists():
        return
    shared = {
        name: Path(f"/proc/{service['pid']}/autogroup").read_text().split()[-1]
        for name, service in services.items()
    }
    assert shared.pop("gateway") == "0"
    assert shared == {name: str(niceness) for name, niceness in wanted.items()}


def letters_link_to(url: str, data_dir: Path) -> None:
    services = json.loads((data_dir / "platform.json").read_text())["services"]
    for name in ("auth", "auth-worker"):
        assert psutil.Process(services[name]["pid"]).environ()["ATELIER_AUTH_PUBLIC_URL"] == url


def test_a_taken_port_gets_one_sentence(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = launch(data_dir, port)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output.strip() == (
        f"Port {port} is taken: stop what listens there, or choose another with ATELIER_GATEWAY_PORT."
    )
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("", "Atelier needs node 20 or newer with npm"), (None, "The disk that holds")],
)
def test_a_machine_that_lacks_something_gets_one_sentence(
    path: str | None, sentence: str, tmp_path: Path
) -> None:
    variables = dict(os.environ)  # noqa: TID251 - handed on
    if path is not None:
        variables["PATH"] = path
    else:
        fake = "import shutil, collections; shutil.disk_usage = lambda _: collections.namedtuple('U', 'free')(1000)"
        (tmp_path / "sitecustomize.py").write_text(fake)
        variables["PYTHONPATH"] = str(tmp_path)
    command = [sys.executable, str(ROOT / "deploy" / "local" / "preflight.py")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1

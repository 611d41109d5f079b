"""Installs tritonserver, its Python backend and onnxruntime into an environment of their own."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".triton"
"""Where everything is installed."""
BACKENDS = HOME / "backends"
"""The server's folder of backends."""

_VENV = HOME / "venv"
_LOCK = ROOT / "requirements" / "triton.lock"
_READY = HOME / "ready.json"
# Versions of Python for which the wheel has a stub and the lock has wheels.
_MINORS = ("3.11", "3.12")
_DESCRIBE = """
import ctypes.util, json, pathlib, sys, sysconfig
minor = "%d.%d" % sys.version_info[:2]
folder = sysconfig.get_config_var("LIBDIR")
beside = (pathlib.Path(folder) / f"libpython{minor}.so.1.0").exists()
shared = beside or ctypes.util.find_library(f"python{minor}") is not None
print(json.dumps({"minor": minor, "library_folder": folder, "shared": shared}))
"""


class InstallFailed(Exception):
    """The server cannot be installed; the text is one sentence for the person who wanted it."""


@dataclass(frozen=True)
class Installed:
    """What the server needs to run."""

    program: Path
    environment: dict[str, str]
    """Its variables. The stub finds its packages by the ``python3`` on PATH and by nothing else: it ignores
    PYTHONPATH and PYTHONHOME, and would take the machine's own NumPy before ours."""


def is_supported() -> bool:
    """Whether the wheel has a server for this machine."""
    return platform.system() == "Linux" and platform.machine() == "x86_64"


def is_installed() -> bool:
    """Whether what is installed is what the lock says."""
    return _READY.exists() and json.loads(_READY.read_text())["lock"] == _lock_hash()


def installed() -> Installed:
    """What ``install`` installed."""
    library_folder = json.loads(_READY.read_text())["library_folder"]
    environment = {
        "PATH": f"{_VENV / 'bin'}:{os.defpath}",
        "LD_LIBRARY_PATH": f"{_site() / 'nvidia_pytriton.libs'}:{library_folder}",
        "OMP_NUM_THREADS": "1",
    }
    return Installed(_server() / "bin" / "tritonserver", environment)


def install() -> None:
    """Install what the lock pins, unless it is there already."""
    if is_installed():
        return
    python, minor, library_folder = _python()
    print("Installing tritonserver (about 80 MB) ...")
    shutil.rmtree(HOME, ignore_errors=True)
    _run(python, "-m", "venv", "--without-pip", str(_VENV))
    pip = (
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(_VENV / "bin" / "python"),
        "--disable-pip-version-check",
    )
    _run(*pip, "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "-r", str(_LOCK))
    _lay_out_backend(minor)
    _READY.write_text(json.dumps({"lock": _lock_hash(), "library_folder": library_folder}))


def _lay_out_backend(minor: str) -> None:
    """The Python backend as the server wants it: library, utilities and the stub of our Python in one folder."""
    backend = BACKENDS / "python"
    backend.mkdir(parents=True)
    stub = _server() / "python_backend_stubs" / minor / "triton_python_backend_stub"
    for file in [*(_server() / "backends" / "python").glob("*triton_python*"), stub]:
        shutil.copy2(file, backend)
    for program in (backend / stub.name, _server() / "bin" / "tritonserver"):
        program.chmod(0o755)


def _python() -> tuple[str, str, str]:
    """An interpreter that the stub can embed: its path, its version, the folder of its shared library."""
    for python in (sys.executable, *filter(None, (shutil.which(f"python{minor}") for minor in _MINORS))):
        told = json.loads(_run(python, "-c", _DESCRIBE))
        if told["minor"] in _MINORS and told["shared"]:
            return python, told["minor"], told["library_folder"]
    raise InstallFailed(
        f"tritonserver needs Python {' or '.join(_MINORS)} with its shared library (libpython), and this machine has none."
    )


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - Python and pip, arguments of ours
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise InstallFailed(f"tritonserver cannot be installed: {last}")
    return done.stdout


def _site() -> Path:
    return next((_VENV / "lib").glob("python3.*/site-packages"))


def _server() -> Path:
    return _site() / "pytriton" / "tritonserver"


def _lock_hash() -> str:
    return hashlib.sha256(_LOCK.read_bytes()).hexdigest()

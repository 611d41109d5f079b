"""What the machine must have before anything is set up, told in one sentence each.

Runs under the system's own Python, which may be too old for the rest: the standard library alone, no new syntax.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PYTHON = (3, 11)
NODE = 20
SETUP_BYTES = 2_500_000_000  # environment and node modules
DATA_BYTES = 300_000_000  # a fresh database cluster with its write-ahead log, and room for avatars
ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    if sys.version_info[:2] < PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"Atelier needs Python {PYTHON[0]}.{PYTHON[1]} or newer, and this is {found}: set PYTHON=..."
        )
    check_node()
    check_compiler()
    if not (ROOT / ".venv" / ".ready").exists():
        check_disk(ROOT, SETUP_BYTES, "the environment")
    data_dir = os.environ.get("ATELIER_DATA_DIR", str(ROOT))  # noqa: TID251  settings classes are not installed yet
    check_disk(Path(data_dir).absolute(), DATA_BYTES, "the platform's data")


def check_node() -> None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        sys.exit(
            f"Atelier needs node {NODE} or newer with npm, to build the web page: install it and try again."
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    if int(version.lstrip("v").split(".")[0]) < NODE:
        sys.exit(f"Atelier needs node {NODE} or newer, and this is {version}.")


def check_compiler() -> None:
    if (ROOT / ".venv" / ".ready").exists() or any(map(shutil.which, ("c++", "g++", "clang++"))):
        return
    sys.exit(
        "Atelier needs a C++ compiler, for one package that comes as source: install g++ or clang and try again."
    )


def check_disk(folder: Path, needed: int, what: str) -> None:
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < needed:
        sys.exit(
            f"The disk that holds {folder} is full: {what} needs {needed // 10**6} MB and {free // 10**6} MB are free."
        )


if __name__ == "__main__":
    main()

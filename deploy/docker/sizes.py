"""How large each image is and what takes the room, counted in its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PACKAGES = "opt/venv"
_MODELS = "app/models"
_CODE = "app"


@dataclass(frozen=True)
class Size:
    """Bytes of the files of one image; files that are linked twice count once."""

    base: int
    """Debian, Python and the system libraries."""
    packages: int
    models: int
    code: int
    """The service, the libraries, the web page."""

    @property
    def total(self) -> int:
        """All of it, unpacked."""
        return self.base + self.packages + self.models + self.code


def of(root: Path) -> Size:
    """Weigh a mounted image."""
    packages, models = _bytes(root / _PACKAGES), _bytes(root / _MODELS)
    code = _bytes(root / _CODE) - models
    return Size(_bytes(root) - packages - models - code, packages, models, code)


def largest_packages(site_packages: Path, count: int) -> list[tuple[str, int]]:
    """The folders that take the most room, largest first."""
    folders = ((entry.name, _bytes(entry)) for entry in site_packages.iterdir() if entry.is_dir())
    return sorted(folders, key=lambda pair: -pair[1])[:count]


def _bytes(folder: Path) -> int:
    seen: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            status = Path(parent, name).lstat()
            seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values())

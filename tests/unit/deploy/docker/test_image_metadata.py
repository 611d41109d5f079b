"""An image's code knows its version, though nobody installed it."""

from __future__ import annotations

import tomllib
from importlib.metadata import distributions
from pathlib import Path

from deploy.docker import metadata, sizes
from deploy.docker.settings import ROOT


def test_the_version_is_found_beside_the_code(tmp_path: Path) -> None:
    metadata.write(ROOT / "pyproject.toml", tmp_path)
    (found,) = distributions(path=[str(tmp_path)])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (found.metadata["Name"], found.version) == ("atelier-platform", project["version"])
    assert found.metadata["License-Expression"] == "Apache-2.0"


def test_a_size_is_split_into_its_parts(tmp_path: Path) -> None:
    parts = {"usr/lib/base": 1000, "opt/venv/lib/package": 200, "app/models/one": 30, "app/services/code": 4}
    for path, count in parts.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(bytes(count))
    (tmp_path / "usr/lib/same").hardlink_to(tmp_path / "usr/lib/base")
    size = sizes.of(tmp_path)
    assert (size.base, size.packages, size.models, size.code, size.total) == (1000, 200, 30, 4, 1234)

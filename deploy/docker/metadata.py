"""Name and version of the platform for an image, where the code is copied and not installed.

`importlib.metadata` finds them there: for the API's description, the build's metric and the bill of materials.
Runs in the build with the standard library alone.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def write(pyproject: Path, folder: Path) -> Path:
    """Write the `.dist-info` that `pyproject` describes below `folder`, and give it."""
    project = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    fields = {
        "Metadata-Version": "2.4",
        "Name": project["name"],
        "Version": project["version"],
        "Summary": project["description"],
        "License-Expression": project["license"],
        "Requires-Python": project["requires-python"],
    }
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("".join(f"{key}: {value}\n" for key, value in fields.items()), "utf-8")
    return info


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))

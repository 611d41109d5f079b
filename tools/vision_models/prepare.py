"""Make the models that are not committed; those that are there cost one look each."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tools.tflite_onnx.model import read
from tools.vision_models.contracts import CONTRACTS
from tools.vision_models.wheel import members


def missing(models: Path) -> list[str]:
    """The models of which a file is not there or is not what its manifest says."""
    return [name for name in CONTRACTS if not _is_there(models / name, _manifest(models / name))]


def make(models: Path, names: list[str]) -> None:
    """Fetch the archive, convert and write.

    WheelUnavailable where the archive cannot be had. ValueError where a file came out otherwise than released.
    """
    manifests = {name: _manifest(models / name) for name in names}
    sources = {name: manifest["source"] for name, manifest in manifests.items()}
    found = members([(source["path"], source["sha256"]) for source in sources.values()])
    for name in names:
        _write(models / name, CONTRACTS[name](read(found[sources[name]["path"]])), manifests[name])


def _manifest(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return told


def _is_there(folder: Path, manifest: dict[str, Any]) -> bool:
    return all(
        (folder / name).is_file()
        and hashlib.sha256((folder / name).read_bytes()).hexdigest() == told["sha256"]
        for name, told in manifest["files"].items()
    )


def _write(folder: Path, files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    for name, content in files.items():
        made, released = hashlib.sha256(content).hexdigest(), manifest["files"][name]["sha256"]
        if made != released:
            raise ValueError(f"{folder.name}/{name} came out as {made}, and {released} was released")
    for name, content in files.items():
        unfinished = folder / f".{name}.part"
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)

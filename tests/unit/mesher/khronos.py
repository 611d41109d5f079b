"""Khronos' own validator of glTF files."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_PACKAGE = Path(__file__).parents[3] / "web" / "node_modules" / "gltf-validator"
_SCRIPT = Path(__file__).with_name("gltf_validator.mjs")


def findings(glb: bytes, folder: Path) -> list[dict[str, Any]]:
    """All that it says about a file, from errors to hints; `folder` is for the file."""
    node = shutil.which("node")
    if not _PACKAGE.is_dir() or node is None:
        pytest.fail("gltf-validator is not installed: run `make web`")
    path = folder / "avatar.glb"
    path.write_bytes(glb)
    done = subprocess.run([node, _SCRIPT, _PACKAGE, path], capture_output=True, text=True, check=True)
    messages: list[dict[str, Any]] = json.loads(done.stdout)["issues"]["messages"]
    return messages

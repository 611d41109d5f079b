"""Reading a GLB without the code that wrote it."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parents[2] / "web"
_VALIDATE = (
    "const v=require('gltf-validator');"
    "v.validateBytes(new Uint8Array(require('fs').readFileSync(process.argv[1])),{maxIssues:20})"
    ".then(r=>console.log(JSON.stringify(r)),e=>console.log(JSON.stringify({issues:{numErrors:1,messages:[String(e)]}})))"
)


def document(glb: bytes) -> dict[str, Any]:
    """The JSON of a GLB, after checking its framing (glTF 2.0, section 4)."""
    magic, version, length = struct.unpack_from("<4sII", glb)
    assert (magic, version, length) == (b"glTF", 2, len(glb))
    size, kind = struct.unpack_from("<I4s", glb, 12)
    assert kind == b"JSON"
    parsed: dict[str, Any] = json.loads(glb[20 : 20 + size])
    return parsed


def binary(glb: bytes) -> bytes:
    """The binary chunk."""
    size, _ = struct.unpack_from("<I4s", glb, 12)
    length, kind = struct.unpack_from("<I4s", glb, 20 + size)
    assert kind == b"BIN\0"
    return glb[28 + size : 28 + size + length]


def validated(file: Path) -> dict[str, Any]:
    """The report of Khronos' validator."""
    command = ["node", "-e", _VALIDATE, str(file)]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report

"""Reading a GLB without the code that wrote it."""

from __future__ import annotations

import json
import struct
from typing import Any


def document(glb: bytes) -> dict[str, Any]:
    """The JSON of a GLB, after checking its framing (glTF 2.0, section 4)."""
    magic, version, length = struct.unpack_from("<4sII", glb)
    assert (magic, version, length) == (b"glTF", 2, len(glb))
    size, kind = struct.unpack_from("<I4s", glb, 12)
    assert kind == b"JSON"
    parsed: dict[str, Any] = json.loads(glb[20 : 20 + size])
    return parsed

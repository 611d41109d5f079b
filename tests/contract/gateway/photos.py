"""Files that say that they are photos, small and large, and forms that hold them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

BOUNDARY = "tape"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
Part = tuple[str, bytes]


def png(width: int = 640, height: int = 640, tail: bytes = b"", *, colour: int = 2, depth: int = 8) -> bytes:
    """A PNG of one colour, as few bytes as it takes; `tail` follows its end."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    line = 1 + (width * channels * depth + 7) // 8
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(line)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    palette = chunk(b"PLTE", bytes(3)) if colour == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + chunk(b"IDAT", packed) + END + tail


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


END = chunk(b"IEND", b"")


def png_head(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and has no pixels."""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + END


def jpeg_head(width: int, height: int) -> bytes:
    """A JPEG of which all is there but its picture."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xda\0\2"


def webp_head(width: int, height: int) -> bytes:
    """The same as WebP."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas


def three(**over: bytes) -> dict[str, bytes]:
    """Three photos that a gateway takes; no two are alike."""
    return {slot: png(240 + index) for index, slot in enumerate(("front", "left", "right"))} | over


def form(parts: Iterable[Part] | dict[str, bytes], filename: str = "photo.png") -> bytes:
    """The body of a form. A part whose name is a slot's is a file."""
    pairs = parts.items() if isinstance(parts, dict) else parts
    return b"".join(part(name, value, filename) for name, value in pairs) + f"--{BOUNDARY}--\r\n".encode()


def part(name: str, value: bytes, filename: str = "photo.png", media_type: str = "image/png") -> bytes:
    """One part of that form."""
    file = f'; filename="{filename}"\r\nContent-Type: {media_type}' if name in SLOTS else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + value + b"\r\n"


SLOTS = ("front", "left", "right", "photo", "image", "picture")

"""Files to read: what cameras write, and what attackers do."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = (320, 240)
"""Width and height of the pictures here."""


def colours(width: int = SIZE[0], height: int = SIZE[1]) -> NDArray[np.uint8]:
    """A picture whose four corners differ and that is smooth between: red right, green down, blue upper left."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([x, y, 255 - (x + y) / 2], axis=-1).round().astype(np.uint8)


def saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def photo(kind: str, **how: Any) -> bytes:
    return saved(Image.fromarray(colours()), kind, **how)


def exif_block(orientation: int, *, big: bool = False) -> bytes:
    """TIFF with one entry."""
    order = ">" if big else "<"
    head = b"MM\x00*" if big else b"II*\x00"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return head + struct.pack(order + "IH", 8, 1) + entry + struct.pack(order + "I", 0)


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """The JPEG with more segments behind its start."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """The PNG with more chunks behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def png_bomb(side: int) -> bytes:
    """Grey, all black: 169 megapixels take 164 KB."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(side + 1)) for _ in range(side)) + packing.flush()
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


def webp_with_exif(orientation: int) -> bytes:
    return photo("WEBP", quality=95, exif=b"Exif\x00\x00" + exif_block(orientation))

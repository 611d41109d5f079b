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


SECRET = b"GPS 48.8584 N <script>steal()</script>"
"""Stands in every part of a file that says more than its picture."""


def telling(kind: str, picture: Image.Image, orientation: int = 1, **how: Any) -> bytes:
    """A photo as cameras and programs write them: place, maker, comments, a thumbnail, and more behind its end."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F] = orientation, SECRET.decode()
    tags.get_ifd(0x8825)[0x001D] = SECRET.decode()
    block = tags.tobytes()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    if kind == "PNG":
        texts = [
            png_chunk(b"tEXt", b"Comment\x00" + SECRET),
            png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
        ]
        plain = with_chunks(saved(picture, kind, exif=block, **how), *texts, png_chunk(b"prVt", SECRET))
    elif kind == "WEBP":
        plain = saved(picture, kind, exif=block, xmp=xmp, **how)
        plain = _riff(plain[12:] + b"mine" + len(SECRET).to_bytes(4, "little") + SECRET)
    else:
        segments = [
            jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp),
            jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00" + SECRET),
            jpeg_segment(0xE2, b"MPF\x00" + SECRET),
            jpeg_segment(0xFE, SECRET),
            jpeg_segment(0xE0, b"JFXX\x00\x10" + photo("JPEG", comment=SECRET)),
        ]
        plain = with_segments(saved(picture, kind, exif=block, **how), *segments)
    return plain + photo("JPEG", comment=SECRET) + SECRET


def _riff(chunks: bytes) -> bytes:
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks

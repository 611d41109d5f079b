"""A film as MP4: one track of AV1, everything that describes it before the first picture, so that it plays as it comes.

ISO/IEC 14496-12 and 14496-14, and "AV1 Codec ISO Media File Format Binding" of AOM.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from services.mesher.adapters.video.avif import Samples
from services.mesher.adapters.video.boxes import box, full_box

MEDIA_TYPE = "video/mp4"
_BRAND, _COMPATIBLE = b"isom", (b"isom", b"iso2", b"av01", b"mp41")
_TRACK = 1
_ENABLED_IN_MOVIE = 3
_SELF_CONTAINED = 1
_ONE = 0x0001_0000
"""1.0 in the numbers of 16.16 bits that boxes speak of speed, scale and size with."""
_UNCHANGED = struct.pack(">9I", _ONE, 0, 0, 0, _ONE, 0, 0, 0, 0x4000_0000)
"""The matrix that leaves a picture as it is."""
_UNDETERMINED = 0x55C4
"""The language `und`."""
_DPI_72 = 0x0048_0000
_DEPTH_24 = 24
_NO_PALETTE = 0xFFFF


def film(scenes: Sequence[Samples], frame_rate: int) -> bytes:
    """The file. Each scene begins with a picture that can be decoded alone, so that a player can jump there.

    All scenes have to be of one size and configuration.
    """
    pictures = [picture for scene in scenes for picture in scene.pictures]
    head = box("ftyp", _BRAND, struct.pack(">I", 0x200), *_COMPATIBLE)
    # What describes the pictures says where they lie, which follows from its own length: that is the same for any place.
    length = len(_movie(scenes, frame_rate, 0))
    begin = len(head) + length + 8
    return head + _movie(scenes, frame_rate, begin) + box("mdat", *pictures)


def _movie(scenes: Sequence[Samples], frame_rate: int, begin: int) -> bytes:
    """`moov`: times are counted in frames, so that every one of them is exact."""
    duration = sum(len(scene.pictures) for scene in scenes)
    width, height = scenes[0].width, scenes[0].height
    times = struct.pack(">IIII", 0, 0, frame_rate, duration)
    return box(
        "moov",
        full_box(
            "mvhd",
            times,
            struct.pack(">IH10x", _ONE, 0x100),
            _UNCHANGED,
            bytes(24),
            struct.pack(">I", _TRACK + 1),
        ),
        box(
            "trak",
            full_box(
                "tkhd",
                struct.pack(">IIIII8xHHHH", 0, 0, _TRACK, 0, duration, 0, 0, 0, 0),
                _UNCHANGED,
                struct.pack(">II", width << 16, height << 16),
                flags=_ENABLED_IN_MOVIE,
            ),
            box(
                "mdia",
                full_box("mdhd", times, struct.pack(">HH", _UNDETERMINED, 0)),
                full_box("hdlr", bytes(4), b"vide", bytes(12), b"film\0"),
                box(
                    "minf",
                    full_box("vmhd", bytes(8), flags=1),
                    box("dinf", _table("dref", [full_box("url ", flags=_SELF_CONTAINED)])),
                    _samples(scenes, begin),
                ),
            ),
        ),
    )


def _samples(scenes: Sequence[Samples], begin: int) -> bytes:
    """`stbl`: all pictures are one chunk, one frame long each."""
    sizes = [len(picture) for scene in scenes for picture in scene.pictures]
    alone, number = [], 1
    for scene in scenes:
        alone.append(number)
        number += len(scene.pictures)
    return box(
        "stbl",
        _table("stsd", [_entry(scenes[0])]),
        _table("stts", [struct.pack(">II", len(sizes), 1)]),
        _table("stsc", [struct.pack(">III", 1, len(sizes), 1)]),
        full_box("stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
        _table("stco", [struct.pack(">I", begin)]),
        _table("stss", [struct.pack(">I", each) for each in alone]),
    )


def _entry(scene: Samples) -> bytes:
    """`av01`: the size of the pictures, and what a decoder has to know."""
    return box(
        "av01",
        struct.pack(">6xH16x", 1),
        struct.pack(
            ">HHIIIH32xHH", scene.width, scene.height, _DPI_72, _DPI_72, 0, 1, _DEPTH_24, _NO_PALETTE
        ),
        box("av1C", scene.configuration),
        box("colr", scene.color),
        box("pasp", struct.pack(">II", 1, 1)),
    )


def _table(name: str, entries: Sequence[bytes]) -> bytes:
    return full_box(name, struct.pack(">I", len(entries)), *entries)

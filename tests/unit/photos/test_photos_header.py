from __future__ import annotations

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from photos import exif, header, jpeg, png
from photos.model import Header, PhotoFormat, PhotoRefused
from tests.unit.photos import photo_files as files
from tests.work import counted

KINDS = ("JPEG", "PNG", "WEBP")
WIDTH, HEIGHT = files.SIZE


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        header.read(data)
    return refused.value.code


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_says_format_and_size(kind: str) -> None:
    expected = Header(PhotoFormat(kind.lower()), WIDTH, HEIGHT, 3, 8)
    assert header.read(files.photo(kind)) == expected
    assert expected.format.media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("mode", "kind", "how", "channels", "depth"),
    [
        ("L", "JPEG", {}, 1, 8),
        ("CMYK", "JPEG", {}, 4, 8),
        ("RGB", "JPEG", {"progressive": True}, 3, 8),
        ("L", "PNG", {}, 1, 8),
        ("1", "PNG", {}, 1, 1),
        ("P", "PNG", {}, 1, 8),
        ("LA", "PNG", {}, 2, 8),
        ("RGBA", "PNG", {}, 4, 8),
        ("I;16", "PNG", {}, 1, 16),
        ("RGBA", "WEBP", {}, 4, 8),
        ("RGBA", "WEBP", {"lossless": True}, 4, 8),
        ("RGB", "WEBP", {"lossless": True}, 3, 8),
    ],
)
def test_channels_and_depth(mode: str, kind: str, how: dict[str, bool], channels: int, depth: int) -> None:
    colour = Image.fromarray(files.colours())
    if mode in ("RGBA", "LA"):
        colour.putalpha(Image.linear_gradient("L").resize(colour.size))
    picture = Image.new("I;16", files.SIZE) if mode == "I;16" else colour.convert(mode)
    found = header.read(files.saved(picture, kind, **how))
    assert (found.channels, found.depth, found.width, found.height) == (channels, depth, WIDTH, HEIGHT)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("big", [False, True])
def test_orientation_is_read_in_either_byte_order(orientation: int, big: bool) -> None:
    block = files.exif_block(orientation, big=big)
    photos = [
        files.with_segments(files.photo("JPEG"), files.jpeg_segment(0xE1, exif.PREFIX + block)),
        files.with_chunks(files.photo("PNG"), files.png_chunk(b"eXIf", block)),
        files.photo("WEBP", exif=block),
    ]
    for photo in photos:
        found = header.read(photo)
        assert found.orientation == orientation
        assert found.upright_size == ((HEIGHT, WIDTH) if orientation > 4 else (WIDTH, HEIGHT))


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\x00",
        files.exif_block(0),
        files.exif_block(9),
        b"XX" + files.exif_block(6)[2:],
        files.exif_block(6)[:19],
        files.exif_block(6).replace(struct.pack("<H", 3), struct.pack("<H", 4), 1),
        b"II*\x00\xff\xff\xff\xff",
    ],
)
def test_metadata_that_cannot_be_read_leaves_the_photo_as_it_lies(block: bytes) -> None:
    assert exif.orientation(block) == 1


@given(block=st.binary(max_size=400))
def test_no_block_of_metadata_is_an_error(block: bytes) -> None:
    assert 1 <= exif.orientation(b"II*\x00" + block) <= 8


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_known_as_one(kind: str) -> None:
    frames = [Image.new("RGB", files.SIZE, colour) for colour in ("red", "green")]
    assert header.read(files.saved(frames[0], kind, save_all=True, append_images=frames[1:])).animated
    assert not header.read(files.photo(kind)).animated


@pytest.mark.attack("A28")
@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(60),
        files.saved(Image.new("L", files.SIZE), "GIF"),
        files.saved(Image.new("L", files.SIZE), "BMP"),
        files.saved(Image.new("L", files.SIZE), "TIFF"),
        files.saved(Image.new("L", files.SIZE), "ICO"),
        files.saved(Image.new("L", files.SIZE), "PPM"),
        b"SIMPLE  =                    T" + bytes(100),
        b"8BPS\x00\x01" + bytes(100),
        b"\x00\x00\x00\x18ftypheic" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00",
        b"",
    ],
)
def test_other_formats_are_refused_whatever_they_are_called(data: bytes) -> None:
    assert refusal(data) == "unsupported_media"


def test_kinds_of_jpeg_that_no_camera_writes_are_refused() -> None:
    photo = files.photo("JPEG")
    frame = photo.index(b"\xff\xc0")
    assert refusal(photo[:frame] + b"\xff\xc9" + photo[frame + 2 :]) == "unsupported_media"
    twelve_bits = photo[: frame + 4] + b"\x0c" + photo[frame + 5 :]
    assert refusal(twelve_bits) == "unsupported_media"


@pytest.mark.parametrize("kind", KINDS)
def test_a_side_of_zero_is_no_picture(kind: str) -> None:
    photo = files.photo(kind)
    at = {"JPEG": photo.find(b"\xff\xc0") + 5, "PNG": 16, "WEBP": 26}[kind]
    assert refusal(photo[:at] + bytes(4) + photo[at + 4 :]) == "invalid_image"


@pytest.mark.parametrize("kind", KINDS)
def test_every_prefix_says_the_same_or_is_refused(kind: str) -> None:
    photo = files.photo(kind)
    whole = header.read(photo)
    answers: set[Header | str] = set()
    for length in range(min(len(photo), 700)):
        try:
            answers.add(header.read(photo[:length]))
        except PhotoRefused as refused:
            answers.add(refused.code)
    assert answers <= {whole, "invalid_image", "unsupported_media"}
    assert header.read(photo[:700]) == whole


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_bytes_that_were_changed_are_read_or_refused(data: st.DataObject, kind: str) -> None:
    photo = bytearray(files.photo(kind)[:700])
    for at, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(photo) - 1), st.integers(0, 255)), min_size=1, max_size=12)
    ):
        photo[at] = value
    try:
        found = header.read(bytes(photo))
    except PhotoRefused:
        return
    assert found.width > 0
    assert found.height > 0
    assert 1 <= found.orientation <= 8


@given(
    start=st.sampled_from([jpeg.MAGIC, png.MAGIC, b"RIFF\xff\xff\xff\xffWEBPVP8X"]),
    rest=st.binary(max_size=600),
)
@example(start=jpeg.MAGIC, rest=b"\xe0\x00\x00")
@example(start=jpeg.MAGIC, rest=b"\xff" * 600)
def test_whatever_follows_a_magic_is_read_or_refused(start: bytes, rest: bytes) -> None:
    try:
        header.read(start + rest)
    except PhotoRefused as refused:
        assert refused.code in {"invalid_image", "unsupported_media"}  # noqa: PT017 - either way is right


@pytest.mark.attack("A32")
@pytest.mark.parametrize(
    "flood",
    [
        b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_000_000,
        b"\xff\xd8" + b"\xff" * 4_000_000,
        png.MAGIC + files.photo("PNG")[8:33] + (bytes(4) + b"tEXt" + bytes(4)) * 300_000,
        b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\x00\x00\x00\x08\x00\x00\x00\x3f\x01\x00\xef\x00\x00"
        + bytes(4_000_000),
    ],
    ids=["jpeg-segments", "jpeg-fill", "png-chunks", "webp-chunks"],
)
def test_a_flood_of_parts_is_refused_with_little_work(flood: bytes) -> None:
    with counted() as work:
        assert refusal(flood) == "invalid_image"
    assert work.lines < 500_000
    assert work.most_bytes < 100_000


@pytest.mark.attack("A26")
def test_a_bomb_says_its_size_before_it_unpacks() -> None:
    bomb = files.png_bomb(13_000)
    assert len(bomb) < 200_000
    with counted() as work:
        found = header.read(bomb)
    assert (found.width, found.height) == (13_000, 13_000)
    assert work.most_bytes < 50_000

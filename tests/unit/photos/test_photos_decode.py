from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from photos import decode, encode, exif, jpeg, limits, strip
from photos.model import PhotoFormat, PhotoRefused
from tests.unit.photos import photo_files as files
from tests.work import counted

SECRET = b"<script>GPS 48.8584N</script>" * 3

TURNED: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright, 2).swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How a camera stores an upright picture under each orientation."""


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        decode.upright(data)
    return refused.value.code


def difference(found: NDArray[np.uint8], expected: NDArray[np.uint8]) -> float:
    """Mean absolute difference of 255."""
    assert found.shape == expected.shape
    assert found.dtype == np.uint8
    return float(np.abs(found.astype(int) - expected).mean())


@pytest.mark.parametrize(("kind", "how", "most"), [
    ("JPEG", {"quality": 95, "subsampling": 0}, 2.0),
    ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}, 2.0),
    ("PNG", {}, 0.0),
    ("WEBP", {"lossless": True}, 0.0),
    ("WEBP", {"quality": 95}, 3.0),
])  # fmt: skip
def test_a_photo_becomes_its_pixels(kind: str, how: dict[str, object], most: float) -> None:
    assert difference(decode.upright(files.photo(kind, **how)), files.colours()) <= most


@pytest.mark.attack("A31")
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_are_turned_upright(kind: str, orientation: int) -> None:
    block = files.exif_block(orientation)
    stored = Image.fromarray(np.ascontiguousarray(TURNED[orientation](files.colours())))
    hows: dict[str, dict[str, int]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    photo = files.saved(
        stored, kind, exif=exif.PREFIX + block if kind == "JPEG" else block, **hows.get(kind, {})
    )
    assert difference(decode.upright(photo), files.colours()) < 2.0


@pytest.mark.attack("A32")
def test_cmyk_becomes_rgb() -> None:
    cmyk = Image.fromarray(files.colours()).convert("CMYK")
    assert difference(decode.upright(files.saved(cmyk, "JPEG", quality=95)), files.colours()) < 3.0


@pytest.mark.attack("A32")
def test_sixteen_bits_become_eight() -> None:
    deep = np.linspace(0, 65535, 320 * 240).round().astype(np.uint16).reshape(240, 320)
    found = decode.upright(files.saved(Image.fromarray(deep), "PNG"))
    expected = np.repeat((deep / 257.0).round()[..., None], 3, axis=2)
    assert np.abs(found - expected).max() <= 1.0


@pytest.mark.attack("A32")
@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_grey_and_palettes_become_rgb(mode: str) -> None:
    few = Image.fromarray(files.colours()).convert(mode)
    assert difference(decode.upright(files.saved(few, "PNG")), np.asarray(few.convert("RGB"))) == 0.0


@pytest.mark.attack("A32")
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(kind: str) -> None:
    seen = Image.fromarray(files.colours())
    opacity = np.zeros((240, 320), np.uint8)
    opacity[:, 160:] = 255
    seen.putalpha(Image.fromarray(opacity))
    found = decode.upright(files.saved(seen, kind, lossless=True))
    assert (found[:, :160] == 255).all()
    assert difference(found[:, 160:], files.colours()[:, 160:]) == 0.0


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    picture = Image.new("P", files.SIZE, 1)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    found = decode.upright(files.saved(picture, "PNG", transparency=1))
    assert (found == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_first_picture_of_an_animation_counts(kind: str) -> None:
    first, second = Image.fromarray(files.colours()), Image.new("RGB", files.SIZE, "black")
    photo = files.saved(first, kind, save_all=True, append_images=[second], lossless=True)
    assert difference(decode.upright(photo), files.colours()) == 0.0


@pytest.mark.attack("A32")
def test_of_ten_thousand_frames_the_decoder_sees_one() -> None:
    frame = Image.new("RGB", files.SIZE, "red")
    one = files.saved(frame, "WEBP", save_all=True, append_images=[Image.new("RGB", files.SIZE, "blue")])
    last = one[one.rindex(b"ANMF") :]
    many = one + last * 10_000
    many = many[:4] + (len(many) - 8).to_bytes(4, "little") + many[8:]
    assert strip.bare(many, PhotoFormat.WEBP) == strip.bare(one, PhotoFormat.WEBP)
    assert decode.upright(many)[0, 0, 0] > 200


def wide_gamut() -> bytes:
    """A profile with the primaries of a screen that shows more than sRGB: its red swapped for its blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = profile[blue : blue + 4], profile[red : red + 4]
    return bytes(profile)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_managed(kind: str) -> None:
    plain = Image.new("RGB", files.SIZE, (200, 40, 40))
    found = decode.upright(files.saved(plain, kind, icc_profile=wide_gamut()))
    assert np.abs(found[0, 0].astype(int) - [40, 40, 200]).max() < 12


def test_a_profile_that_is_srgb_leaves_every_pixel() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert difference(decode.upright(files.photo("PNG", icc_profile=srgb)), files.colours()) == 0.0


@pytest.mark.attack("A32")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("profile", [b"nonsense" * 40, wide_gamut()[:200], wide_gamut() + bytes(8_000_000)])
def test_a_profile_that_cannot_be_read_is_passed_over(kind: str, profile: bytes) -> None:
    plain = files.photo(kind, icc_profile=profile, lossless=True)
    assert difference(decode.upright(plain), files.colours()) < 3.0


def test_a_profile_of_other_channels_is_passed_over() -> None:
    grey = Image.new("L", files.SIZE, 100)
    assert (decode.upright(files.saved(grey, "PNG", icc_profile=wide_gamut())) == 100).all()


@pytest.mark.attack("A32")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_refused(kind: str, share: float) -> None:
    photo = files.photo(kind)
    assert refusal(photo[: int(share * len(photo))]) == "invalid_image"


@pytest.mark.attack("A26")
@pytest.mark.parametrize(("kind", "at"), [("PNG", 16), ("WEBP", 26)])
def test_a_header_that_lies_about_its_size_is_refused(kind: str, at: int) -> None:
    photo = files.photo(kind)
    assert refusal(photo[:at] + b"\x01\x01\x01\x01" + photo[at + 4 :]) in {"invalid_image", "image_too_large"}


def test_a_second_frame_of_another_size_is_refused_before_it_is_decoded() -> None:
    photo = files.photo("JPEG")
    at = photo.index(b"\xff\xc0")
    frame = photo[at : at + 19]
    larger = frame[:5] + b"\x20\x00\x20\x00" + frame[9:]
    with pytest.raises(PhotoRefused) as refused:
        decode.upright(photo[: at + 19] + larger + photo[at + 19 :])
    assert refused.value.__notes__ == ["the decoder sees another size than the header"]


def test_an_extended_webp_may_not_hold_a_larger_picture_than_it_says() -> None:
    photo = files.webp_with_exif(1)
    at = photo.index(b"VP8X") + 12
    small = (299).to_bytes(3, "little") + (229).to_bytes(3, "little")
    assert refusal(photo[:at] + small + photo[at + 6 :]) == "invalid_image"


@pytest.mark.attack("A32")
def test_texts_of_a_png_are_never_unpacked() -> None:
    bomb = b"Comment\x00\x00" + zlib.compress(bytes(50_000_000))
    photo = files.with_chunks(files.photo("PNG"), *[files.png_chunk(b"zTXt", bomb)] * 20)
    with counted() as work:
        assert difference(decode.upright(photo), files.colours()) == 0.0
    assert work.most_bytes < 10 * len(photo)


@pytest.mark.attack("A32")
def test_more_scans_than_any_writer_makes_are_refused() -> None:
    photo = files.photo("JPEG", progressive=True)
    scan = photo[photo.rindex(b"\xff\xda") : -2]
    assert refusal(photo[:-2] + scan * 10_000 + photo[-2:]) == "invalid_image"
    assert jpeg.bare(photo)


@pytest.mark.attack("A30")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_follows_the_picture_is_passed_over(kind: str) -> None:
    assert difference(decode.upright(files.photo(kind) + SECRET * 50_000), files.colours()) < 6.0


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("again", [encode.jpeg, encode.webp])
def test_nothing_but_pixels_is_written_again(again: Callable[[NDArray[np.uint8]], bytes]) -> None:
    block = files.exif_block(1) + SECRET
    photo = files.with_segments(
        files.photo("JPEG", exif=exif.PREFIX + block, comment=SECRET, icc_profile=SECRET),
        files.jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + SECRET),
        files.jpeg_segment(0xED, b"Photoshop 3.0\x00" + SECRET),
    )
    written = again(decode.upright(photo + SECRET))
    assert photo.count(b"GPS") > 10
    assert b"GPS" not in written
    assert (jpeg.bare(written) == written) if again is encode.jpeg else (written[12:16] == b"VP8 ")
    assert difference(decode.upright(written), files.colours()) < 6.0


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_of_a_large_jpeg_no_more_is_decoded_than_is_needed(mode: str, orientation: int) -> None:
    across = np.linspace(0.0, 250.0, 1200)[None, :, None]
    picture = np.broadcast_to(across, (900, 1200, 3)).astype(np.uint8)
    tags = Image.Exif()
    tags[0x0112] = orientation
    photo = files.saved(Image.fromarray(picture).convert(mode), "JPEG", quality=95, exif=tags.tobytes())
    whole = decode.upright(photo)
    half = np.asarray(Image.fromarray(whole).reduce(2))
    assert difference(decode.upright(photo, enough=600), half) < 1.5
    np.testing.assert_array_equal(decode.upright(photo, enough=601), whole)


def test_other_formats_are_decoded_whole() -> None:
    assert decode.upright(files.photo("PNG"), enough=16).shape == decode.upright(files.photo("PNG")).shape


def test_a_small_picture_keeps_its_shape() -> None:
    tall = np.zeros((900, 300, 3), np.uint8)
    assert encode.shrunk(tall, 768).shape == (768, 256, 3)
    assert encode.shrunk(tall, 900) is tall


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@given(data=st.data())
@settings(max_examples=60)
def test_bytes_that_were_changed_are_decoded_or_refused(data: st.DataObject, kind: str) -> None:
    photo = bytearray(files.photo(kind))
    for at, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(photo) - 1), st.integers(0, 255)), min_size=1, max_size=20)
    ):
        photo[at] = value
    try:
        found = decode.upright(bytes(photo))
    except PhotoRefused:
        return
    assert found.ndim == 3
    assert max(found.shape[:2]) <= limits.LARGEST_SIDE

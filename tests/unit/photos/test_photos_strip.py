from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photos import decode, header, jpeg, limits, png, renew, strip, webp
from photos.model import PhotoFormat, PhotoRefused
from tests.unit.photos import photo_files as files
from tests.unit.photos.test_photos_decode import TURNED, difference, wide_gamut

KINDS = ["JPEG", "PNG", "WEBP"]
HOWS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
}


def telling(kind: str, orientation: int, **how: Any) -> bytes:
    stored = Image.fromarray(np.ascontiguousarray(TURNED[orientation](files.colours())))
    return files.telling(kind, stored, orientation, **HOWS[kind], **how)


def stripped(photo: bytes) -> bytes:
    return strip.stripped(photo, header.read(photo))


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stripped_shows_the_same_and_says_nothing_else(kind: str, orientation: int) -> None:
    profile = wide_gamut()
    photo = telling(kind, orientation, icc_profile=profile)
    assert photo.count(files.SECRET) > 4
    bare = stripped(photo)
    assert files.SECRET not in bare
    np.testing.assert_array_equal(decode.upright(bare), decode.upright(photo))
    assert header.read(bare) == header.read(photo)
    assert stripped(bare) == bare
    with Image.open(BytesIO(bare)) as others_see:
        assert others_see.getexif().get(0x0112, 1) == orientation
        assert others_see.info["icc_profile"] == profile


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_a_renewed_photo_is_its_upright_pixels_and_nothing_else(kind: str, orientation: int) -> None:
    written, found = renew.renewed(telling(kind, orientation))
    assert found.name == kind
    assert files.SECRET not in written
    assert strip.bare(written, found) == written
    assert header.read(written).orientation == 1
    assert difference(decode.upright(written), files.colours()) < 2.0


def test_a_renewed_photo_may_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (600, 900, 3)).astype(np.uint8)
    photo = files.saved(Image.fromarray(noise), "JPEG", quality=60)
    assert len(renew.renewed(photo)[0]) > 2 * len(photo)
    monkeypatch.setattr(limits, "LARGEST_FILE", len(photo))
    smaller, _ = renew.renewed(photo)
    assert len(smaller) <= len(photo)
    height, width = decode.upright(smaller).shape[:2]
    assert 224 < height < 600
    assert width == pytest.approx(1.5 * height, abs=1.0)


def test_what_is_no_photo_is_not_renewed() -> None:
    for data in (b"", b"GIF89a", files.photo("JPEG")[:2000]):
        with pytest.raises(PhotoRefused):
            renew.renewed(data)


@pytest.mark.attack("A31")
def test_all_scans_of_a_progressive_picture_stay_and_what_lies_between_them_goes() -> None:
    photo = files.photo("JPEG", progressive=True)
    scan = photo.index(b"\xff\xda", photo.index(b"\xff\xda") + 2)
    told = photo[:scan] + files.jpeg_segment(0xFE, files.SECRET) + photo[scan:]
    assert jpeg.bare(told) == jpeg.bare(photo)
    assert jpeg.bare(photo).count(b"\xff\xda") == photo.count(b"\xff\xda") > 5


@pytest.mark.attack("A31")
def test_of_an_animation_the_first_picture_stays() -> None:
    first, second = Image.fromarray(files.colours()), Image.new("RGB", files.SIZE, "black")
    photo = files.saved(first, "WEBP", save_all=True, append_images=[second] * 5, lossless=True)
    inside = photo.index(b"VP8L")
    unknown = b"mine" + len(files.SECRET).to_bytes(4, "little") + files.SECRET
    frame = photo.index(b"ANMF") + 4
    longer = int.from_bytes(photo[frame : frame + 4], "little") + len(unknown)
    told = photo[:frame] + longer.to_bytes(4, "little") + photo[frame + 4 : inside] + unknown + photo[inside:]
    told = told[:4] + (len(told) - 8).to_bytes(4, "little") + told[8:]
    bare = webp.bare(told)
    assert bare == webp.bare(photo)
    assert bare.count(b"ANMF") == 1
    assert difference(decode.upright(bare), files.colours()) == 0.0


@pytest.mark.attack("A32")
def test_a_profile_too_large_to_be_one_goes() -> None:
    large = telling("JPEG", 1, icc_profile=wide_gamut() + bytes(2_000_000))
    assert len(stripped(large)) < 100_000
    whole = wide_gamut() + bytes(200_000)
    assert jpeg.profile(stripped(telling("JPEG", 1, icc_profile=whole)), 1 << 20) == whole
    assert png.profile(stripped(telling("PNG", 1, icc_profile=whole)), 1 << 20) == whole


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=25)
def test_of_bytes_that_were_changed_the_same_is_seen(data: st.DataObject, kind: str) -> None:
    photo = bytearray(files.telling(kind, Image.fromarray(files.colours(224, 224))))
    places = st.tuples(st.integers(0, len(photo) - 1), st.integers(0, 255))
    for at, value in data.draw(st.lists(places, min_size=1, max_size=20)):
        photo[at] = value
    try:
        seen = decode.upright(bytes(photo))
    except PhotoRefused:
        return
    np.testing.assert_array_equal(decode.upright(stripped(bytes(photo))), seen)


def test_every_format_has_its_parts_and_its_encoder() -> None:
    for kind in PhotoFormat:
        photo = files.photo(kind.name)
        assert renew.renewed(photo)[1] is kind
        assert strip.bare(photo, kind)

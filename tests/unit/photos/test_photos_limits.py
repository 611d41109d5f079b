from __future__ import annotations

import pytest
from PIL import Image

from photos import limits
from photos.header import HEAD_BYTES
from photos.model import PhotoRefused
from tests.unit.photos import photo_files as files


def plain(width: int, height: int, kind: str = "JPEG") -> bytes:
    return files.saved(Image.new("L" if kind != "WEBP" else "RGB", (width, height)), kind)


def refusal(data: bytes, size: int | None = None) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as refused:
        limits.check(data[:HEAD_BYTES], len(data) if size is None else size)
    return refused.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("sides", [(224, 224), (4096, 4096), (224, 4096)])
def test_both_bounds_are_within(kind: str, sides: tuple[int, int]) -> None:
    photo = plain(*sides, kind=kind)
    found = limits.check(photo[:HEAD_BYTES], len(photo))
    assert (found.width, found.height) == sides


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("sides", "code"),
    [
        ((223, 300), "image_too_small"),
        ((300, 223), "image_too_small"),
        ((1, 1), "image_too_small"),
        ((4097, 300), "image_too_large"),
        ((300, 4097), "image_too_large"),
        ((4097, 100), "image_too_large"),
    ],
)
def test_one_pixel_beyond_is_refused(kind: str, sides: tuple[int, int], code: str) -> None:
    refused = refusal(plain(*sides, kind=kind))
    assert refused.code == code
    assert (refused.values["width"], refused.values["height"]) == sides


def test_the_size_of_the_file_counts_and_not_what_was_given_of_it() -> None:
    photo = plain(300, 300)
    assert limits.check(photo, limits.LARGEST_FILE).width == 300
    assert refusal(photo, limits.LARGEST_FILE + 1).code == "file_too_large"
    assert refusal(b"", 0).code == "file_empty"


def test_a_refusal_is_told_as_source_001_tells_it() -> None:
    assert refusal(plain(223, 300)).detail("front.jpg") == {
        "filename": "front.jpg",
        "valid": False,
        "error": "Image too small. Minimum size is 224x224 pixels.",
        "code": "image_too_small",
    }


def test_a_bomb_is_refused_from_its_header() -> None:
    assert refusal(files.png_bomb(13_000)).code == "image_too_large"

"""Pictures as files, and pictures of others that stand behind people."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from services.mesher.adapters.picture_files import PillowPictures
from services.mesher.domain.errors import InvalidPicture


def file(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, kind)
    return data.getvalue()


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def test_a_square_of_the_right_size_comes_as_it_is() -> None:
    pixels = noise(96, 96)
    assert (PillowPictures().filling(file(pixels), 96) == pixels).all()


@pytest.mark.parametrize(("height", "width"), [(100, 300), (300, 100)])
@pytest.mark.parametrize("side", [40, 100, 250])
def test_of_an_oblong_the_middle_fills_the_frame(height: int, width: int, side: int) -> None:
    along, third = 1 if width > height else 0, np.zeros((height, width, 3), np.uint8)
    for place, color in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255))):
        np.moveaxis(third, along, 0)[100 * place : 100 * place + 100] = color
    filled = PillowPictures().filling(file(third), side)
    assert filled.shape == (side, side, 3)
    # Nothing of the thirds beside it, but for what the filter takes from across the edge.
    assert (np.moveaxis(filled, along, 0)[8:-8] == (0, 255, 0)).all()


def test_the_upper_row_stays_above() -> None:
    pixels = np.zeros((200, 100, 3), np.uint8)
    pixels[:100] = 255
    filled = PillowPictures().filling(file(pixels), 50)
    assert (filled[:20].min(), filled[-20:].max()) == (255, 0)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", file(noise(8, 8))[:-30], file(np.zeros((4097, 8, 3), np.uint8))]
)
def test_what_is_no_picture_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidPicture):
        PillowPictures().filling(data, 64)

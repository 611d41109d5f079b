"""Backgrounds are read for real: whatever an upload held, its pixels alone are kept, upright."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from atelierkit.admission import Admission, Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.errors import Overloaded
from services.generator.adapters.background_reader import UploadedBackgrounds
from services.generator.adapters.files import BlobFiles
from services.generator.domain.custom_backgrounds import LONGEST_SIDE, ReadBackground
from services.generator.domain.errors import InvalidBackground
from services.generator.domain.model import StoredFile
from tests.unit.photos.photo_files import SECRET, photo, png_bomb, saved, telling


class Room:
    """A reader of backgrounds and a place to put uploads."""

    def __init__(self) -> None:
        self.blobs = MemoryBlobs()
        self.admission = Admission("photos", Limits(places=1, most_waiting=0))
        self.reader = UploadedBackgrounds(BlobFiles(self.blobs), self.admission)

    async def read(self, data: bytes) -> ReadBackground:
        ref = await self.blobs.put(data, prefix=f"uploads/{uuid4().hex}", media_type="image/jpeg")
        return await self.reader.read(StoredFile(ref.key, ref.sha256, ref.media_type, ref.size))


@pytest.fixture
def room() -> Room:
    return Room()


def sunset(width: int, height: int) -> Image.Image:
    """Bright above, dark below, red on the left."""
    down, across = np.mgrid[0:height, 0:width]
    red = np.where(across < width // 2, 220, 30)
    return Image.fromarray(
        np.stack([red, 255 - 200 * down // height, 90 + 0 * down], axis=2).astype(np.uint8)
    )


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_pixels_are_kept_and_nothing_else(room: Room, kind: str) -> None:
    data = telling(kind, sunset(640, 400))
    assert SECRET in data
    read = await room.read(data)
    assert (read.media_type, read.width, read.height) == ("image/webp", 640, 400)
    assert SECRET not in read.data
    picture = Image.open(BytesIO(read.data))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", (640, 400), {})
    seen, meant = (np.asarray(each.convert("RGB")).astype(int) for each in (picture, sunset(640, 400)))
    assert np.abs(seen - meant).mean() < 3


@pytest.mark.attack("A31")
async def test_it_stands_upright(room: Room) -> None:
    read = await room.read(telling("JPEG", sunset(400, 640).transpose(Image.Transpose.ROTATE_90), 6))
    assert (read.width, read.height) == (400, 640)
    pixels = np.asarray(Image.open(BytesIO(read.data)).convert("RGB")).astype(int)
    assert pixels[:50, :, 1].mean() > pixels[-50:, :, 1].mean() + 100
    assert pixels[:, :100, 0].mean() > pixels[:, -100:, 0].mean() + 100


@pytest.mark.parametrize(("size", "kept"), [((3000, 1500), (2048, 1024)), ((300, 4096), (150, 2048))])
async def test_it_is_no_larger_than_the_largest_picture(
    room: Room, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    read = await room.read(saved(sunset(*size), "JPEG"))
    assert (read.width, read.height) == kept == Image.open(BytesIO(read.data)).size
    assert max(kept) == LONGEST_SIDE


async def test_the_same_upload_gives_the_same_bytes(room: Room) -> None:
    data = photo("JPEG")
    assert await room.read(data) == await room.read(data)


@pytest.mark.attack("A26", "A32")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (png_bomb(20_000), "image_too_large"),
        (photo("JPEG")[:-400], "invalid_image"),
        (saved(sunset(100, 400), "PNG"), "image_too_small"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_media"),
    ],
    ids=["a bomb", "cut off", "too small", "SVG"],
)
async def test_what_makes_no_picture_is_refused(room: Room, data: bytes, code: str) -> None:
    with pytest.raises(InvalidBackground) as refused:
        await room.read(data)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("picture", code)]


async def test_so_many_read_at_once_and_no_more(room: Room) -> None:
    async with room.admission.place():
        with pytest.raises(Overloaded):
            await room.read(photo("PNG"))
    assert (await room.read(photo("PNG"))).width > 0

"""What the header of a photo says, and the refusal of one that cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PhotoFormat(StrEnum):
    """The formats that are taken."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        return f"image/{self.value}"


class PhotoRefused(ValueError):
    """A photo that is not taken: a code for machines, a sentence for people, and the numbers in it."""

    def __init__(self, code: str, message: str, **values: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.values: Mapping[str, int] = values

    @property
    def limit(self) -> str | None:
        """The bound that it breaks, where there is one."""
        bound = self.values.get("most", self.values.get("least"))
        return None if bound is None else str(bound)

    def detail(self, filename: str) -> dict[str, object]:
        """One entry of `details` as source 001 writes it, and the code beside it."""
        return {"filename": filename, "valid": False, "error": self.message, "code": self.code}


@dataclass(frozen=True, slots=True)
class Header:
    """What a photo says about itself."""

    format: PhotoFormat
    width: int
    """Pixels as stored, before the orientation is followed."""
    height: int
    """Pixels as stored, before the orientation is followed."""
    channels: int
    """Of the stored picture: 1 grey or palette, 2 with alpha, 3 colour, 4 colour with alpha, or CMYK."""
    depth: int
    """Bits a channel."""
    orientation: int = 1
    """EXIF's number, 1 to 8; 1 is upright."""
    animated: bool = False
    """Whether more than one picture may follow."""

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        turned = self.orientation >= 5
        return (self.height, self.width) if turned else (self.width, self.height)


def damaged(what: str) -> PhotoRefused:
    """The refusal of a file whose bytes do not make a picture; `what` stays with the exception's cause."""
    refused = PhotoRefused("invalid_image", "Image is damaged or cannot be read.")
    refused.add_note(what)
    return refused


def number(data: bytes, at: int, size: int, *, little: bool = False) -> int:
    """The unsigned number of `size` bytes at a place; PhotoRefused where the file ends before."""
    raw = data[at : at + size]
    if len(raw) < size:
        raise damaged("the file ends inside its header")
    return int.from_bytes(raw, "little" if little else "big")

"""Films: what a video consists of before it is a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from facemodel.arrays import RgbImage
from services.mesher.domain.drawing import PictureOptions

FEWEST_FRAMES = 2


@dataclass(frozen=True, eq=False, slots=True)
class VideoOptions:
    """Which video is wanted."""

    picture: PictureOptions
    """How each of its pictures is drawn."""
    seconds: int = 10
    frame_rate: int = 24
    """Pictures a second."""

    @property
    def count(self) -> int:
        """Pictures in all."""
        return self.seconds * self.frame_rate


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures that follow one another; they are made one at a time, as they are written."""

    frames: Iterator[RgbImage]
    """``count`` pictures of one size."""
    count: int
    """FEWEST_FRAMES or more."""
    frame_rate: int
    """Pictures a second."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.count / self.frame_rate


class FilmWriter(Protocol):
    """A file format of films; the same film gives the same bytes."""

    media_type: str

    def write(self, film: Film) -> bytes:
        """The whole file. What the frames raise on their way passes through."""
        ...

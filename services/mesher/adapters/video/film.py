"""The writer of films: scenes of AV1 by Pillow's encoder, put into one MP4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice

from PIL import Image

from facemodel.arrays import RgbImage
from services.mesher.adapters.video import mp4
from services.mesher.adapters.video.avif import Samples, samples
from services.mesher.domain.film import FEWEST_FRAMES, Film

_SCENE_S = 2.0
"""A player that jumps decodes at most so much in vain."""
_QUALITY = 70
_SPEED = 8
"""Of 0 to 10. 240 drawn frames of 512 x 512 take 5 s of CPU; at 6 a third of the bytes less, at three times the time."""


class Av1Films:
    """The `FilmWriter` of MP4. One thread encodes, so that bytes do not depend on the machine."""

    media_type = mp4.MEDIA_TYPE

    def write(self, film: Film) -> bytes:
        """The whole file. Raise ValueError where the frames are fewer than was said, or not of one size."""
        scenes = [_scene(islice(film.frames, length), length) for length in scene_lengths(film)]
        if len({(scene.width, scene.height, scene.configuration) for scene in scenes}) > 1:
            raise ValueError("the frames of a film have one size")
        return mp4.film(scenes, film.frame_rate)


def scene_lengths(film: Film) -> Sequence[int]:
    """Frames of each scene: as equal as can be, so that none is a single picture, which would be no animation."""
    if film.count < FEWEST_FRAMES:
        raise ValueError(f"a film has at least {FEWEST_FRAMES} frames")
    count = max(1, min(round(film.seconds / _SCENE_S), film.count // FEWEST_FRAMES))
    return [film.count * (index + 1) // count - film.count * index // count for index in range(count)]


def _scene(frames: Iterator[RgbImage], length: int) -> Samples:
    written = BytesIO()
    opening = next(frames, None)
    if opening is None:
        raise ValueError("the film has fewer frames than was said")
    Image.fromarray(opening).save(
        written,
        format="AVIF",
        save_all=True,
        append_images=[_Following(frames, opening)],
        # Their times are told in the film's own head.
        duration=1,
        codec="aom",
        quality=_QUALITY,
        speed=_SPEED,
        range="limited",
        max_threads=1,
    )
    scene = samples(written.getvalue())
    if len(scene.pictures) != length:
        raise ValueError("the film has fewer frames than was said")
    return scene


class _Following:
    """The frames after the opening one, as Pillow walks through a picture of many: one is in memory at a time."""

    mode = "RGB"

    def __init__(self, frames: Iterator[RgbImage], opening: RgbImage) -> None:
        self._frames = frames
        self._shape = opening.shape
        self._now = opening

    def seek(self, index: int) -> None:
        """Go to the next frame; nobody asks for another one. Raise EOFError after the last."""
        following = next(self._frames, None)
        if following is None:
            raise EOFError(index)
        if following.shape != self._shape:
            raise ValueError("the frames of a film have one size")
        self._now = following

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self._shape[1], self._shape[0]

    def tobytes(self, encoder: str, mode: str) -> bytes:
        """Its pixels, row by row."""
        return self._now.tobytes()

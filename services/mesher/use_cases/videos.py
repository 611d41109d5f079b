"""The verb of videos: film a person."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol

import numpy as np

from atelierkit.errors import Overloaded
from atelierkit.workshop import Workshop
from bodypose.skeleton import Pose, Support
from facemodel.arrays import RgbImage
from services.mesher.domain.drawing import PictureOptions, Sitter
from services.mesher.domain.film import Film, FilmWriter, VideoOptions
from services.mesher.domain.flow import moving
from services.mesher.domain.model import Scene, StoredBlob
from services.mesher.domain.ports import Files
from services.mesher.domain.stage import Stage
from services.mesher.domain.staging import staged
from services.mesher.domain.turntable import turntable
from services.mesher.domain.views import Camera
from services.mesher.use_cases.pictures import Easel, Scenery, Sittings

PREFIX = "videos"
_WHOLE = 100
_SMALL = 512
"""Pixels a side."""


class CallerGone(Exception):
    """Nobody waits for the film any more."""


class Shots(Protocol):
    """What a film shows, picture by picture."""

    async def stages(self, sitter: Sitter, poses: Sequence[Pose], options: VideoOptions) -> Iterator[Stage]:
        """As many stages as the film has pictures; each is made when it is asked for. Raise what BuildAvatar raises."""
        ...


class PersonShots:
    """A person: still while the camera goes round, or going from pose to pose before a camera that stands."""

    def __init__(self, sittings: Sittings, scenery: Scenery) -> None:
        self._sittings = sittings
        self._scenery = scenery

    async def stages(self, sitter: Sitter, poses: Sequence[Pose], options: VideoOptions) -> Iterator[Stage]:
        """As the port says."""
        picture = options.picture
        backdrop, lod = await self._scenery.behind(picture), detail(picture)

        def set_up(scene: Scene, support: Support, risen: float = 1.0) -> Stage:
            return staged(scene, picture.camera, picture.style, picture.size, backdrop, support, risen)

        if len(poses) > 1:
            holds, figure = await self._sittings.figure(sitter, picture.face_shapes, poses, lod)
            return moving(figure, holds, options.count, set_up, picture.camera)
        sitting = await self._sittings.sit(sitter, picture.face_shapes, poses[0] if poses else None, lod)
        return turntable(set_up(sitting.scene, sitting.support), picture.camera, options.count)


def detail(picture: PictureOptions) -> int:
    """Level of detail of a film's meshes: triangles smaller than a pixel cost most of a frame, and nobody sees them.

    Of 512 pixels the whole person takes 0.33 s of CPU at level 0, 0.25 s at 1 and 0.21 s at 2, and looks alike.
    """
    if picture.camera is Camera.PORTRAIT:
        return 0
    return 2 if picture.size <= _SMALL else 1


class RenderVideo:
    """A person to a film in the object store."""

    def __init__(
        self,
        shots: Shots,
        easel: Easel,
        films: FilmWriter,
        files: Files,
        screening: Workshop,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``screening`` has a thread for each film that is written at a time."""
        self._shots = shots
        self._easel = easel
        self._films = films
        self._files = files
        self._screening = screening
        self._pause = pause

    async def __call__(
        self, sitter: Sitter, poses: Sequence[Pose], options: VideoOptions
    ) -> AsyncGenerator[int | StoredBlob]:
        """How far it is, in percent, and the stored file at last. Raise what RenderPicture raises.

        When whoever iterates leaves, the drawing ends with the frame at hand.
        """
        stages = await self._shots.stages(sitter, poses, options)
        reel = _Reel(stages, options.count, self._drawn)
        film = Film(reel.frames(), options.count, options.frame_rate)
        writing = asyncio.create_task(self._screening.run(partial(self._films.write, film), "film"))
        writing.add_done_callback(reel.ended)
        try:
            while (percent := await reel.told.get()) is not None:
                yield percent
            data = await writing
        finally:
            reel.gone.set()
            await asyncio.gather(writing, return_exceptions=True)
        yield await self._files.put(data, prefix=PREFIX, media_type=self._films.media_type)

    async def _drawn(self, stage: Stage) -> RgbImage:
        """A frame. Pictures go before films: where too many wait for the easel, the film waits longer."""
        while True:
            try:
                pixels = await self._easel.draw(stage)
            except Overloaded as busy:
                await self._pause(busy.retry_after_s or 1.0)
            else:
                return np.ascontiguousarray(pixels[..., :3], np.uint8)


class _Reel:
    """Frames for the thread that writes a film: drawn at the easel, one ahead of the one that is being written."""

    def __init__(
        self, stages: Iterator[Stage], count: int, draw: Callable[[Stage], Awaitable[RgbImage]]
    ) -> None:
        self.told: asyncio.Queue[int | None] = asyncio.Queue()
        """How far it is, each percent once, and None at the end."""
        self.gone = threading.Event()
        """Set where nobody waits for the frames any more."""
        self._stages = stages
        self._count = count
        self._draw = draw
        self._loop = asyncio.get_running_loop()

    def frames(self) -> Iterator[RgbImage]:
        """The frames, in another thread than the event loop's. Raise CallerGone, and what drawing raises."""
        following, told = self._begun(), 0
        for number in range(self._count):
            if self.gone.is_set() or following is None:
                raise CallerGone
            frame = following.result()
            following = self._begun()
            if (percent := _WHOLE * number // self._count) > told:
                told = percent
                self._loop.call_soon_threadsafe(self.told.put_nowait, percent)
            yield frame

    def ended(self, _: object) -> None:
        """Nothing more is told."""
        self.told.put_nowait(None)

    def _begun(self) -> Future[RgbImage] | None:
        """The next frame, as it is being drawn; None after the last."""
        stage = next(self._stages, None)
        return None if stage is None else asyncio.run_coroutine_threadsafe(self._drawing(stage), self._loop)

    async def _drawing(self, stage: Stage) -> RgbImage:
        return await self._draw(stage)

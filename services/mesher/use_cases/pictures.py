"""The verbs of pictures: draw a person, draw a pose."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from atelierkit.workshop import Workshop
from bodypose.skeleton import Pose, Support
from services.mesher.domain import features
from services.mesher.domain.drawing import (
    Draughtsman,
    Drawn,
    PictureFiles,
    PictureFormat,
    PictureOptions,
    Sitter,
)
from services.mesher.domain.dresser import Dresser
from services.mesher.domain.expressions import Weights
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.model import Scene, StoredBlob
from services.mesher.domain.ports import Files
from services.mesher.domain.stage import Backdrop, Stage, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.surface import IntArray
from services.mesher.domain.variants import Variants
from services.mesher.domain.views import Camera
from services.mesher.use_cases.bodies import WornFaces

PREFIX = "pictures"
_POSE_PICTURE_QUALITY = 82

Timed = Callable[[Style], AbstractContextManager[None]]
"""Hears how long a picture takes to draw."""


class Easel:
    """Draws, one picture at a time: the draughtsman's context belongs to the one thread of its workshop."""

    def __init__(self, draughtsman: Draughtsman, drawings: Workshop, timed: Timed) -> None:
        self._draughtsman = draughtsman
        self._drawings = drawings
        self._timed = timed

    async def open(self) -> str:
        """Get ready; gives the name of what draws. Raise DrawingUnavailable."""
        return await self._drawings.run(self._draughtsman.open, "opening")

    async def draw(self, stage: Stage) -> IntArray:
        """(size, size, 4) uint8. Raise DrawingUnavailable, and Overloaded where it would take too long to begin."""

        def draw() -> IntArray:
            with self._timed(stage.style):
                return self._draughtsman.draw(stage)

        return await self._drawings.run(draw, f"picture {stage.style.value} {stage.size}")


class Sittings:
    """Dresses people to be drawn."""

    def __init__(self, dresser: Dresser, variants: Variants, faces: WornFaces, workshop: Workshop) -> None:
        self._dresser = dresser
        self._variants = variants
        self._faces = faces
        self._workshop = workshop

    async def dressed(self, sitter: Sitter, face_shapes: Weights) -> Scene:
        """The person in A pose, with that expression; at ease without. Raise what BuildAvatar raises."""
        face = await self._faces.get(sitter.worn)

        def dress() -> Scene:
            dressed = self._dresser.dress(sitter.order, sitter.appearance, sitter.garments, face())
            return self._variants.faced(dressed.scene, dressed.body, face_shapes or features.AT_EASE)

        return await self._workshop.run(dress, "sitting")


class RenderPicture:
    """A person to a picture in the object store."""

    def __init__(
        self, sittings: Sittings, easel: Easel, pictures: PictureFiles, files: Files, workshop: Workshop
    ) -> None:
        self._sittings = sittings
        self._easel = easel
        self._pictures = pictures
        self._files = files
        self._workshop = workshop

    async def __call__(self, sitter: Sitter, pose: Pose | None, options: PictureOptions) -> Drawn:
        """Raise what BuildAvatar raises, DrawingUnavailable; InvalidPicture for one that should stand behind."""
        backdrop = await self._backdrop(options)
        scene = await self._sittings.dressed(sitter, options.face_shapes)
        support = pose.support if pose else Support.FEET
        stage = await self._workshop.run(
            lambda: staged(scene, options.camera, options.style, options.size, backdrop, support), "stage"
        )
        pixels = await self._easel.draw(stage)
        data = await self._workshop.run(
            lambda: self._pictures.write(pixels, options.format, options.quality), "picture file"
        )
        file = await self._files.put(data, prefix=PREFIX, media_type=options.format.value)
        return Drawn(file)

    async def _backdrop(self, options: PictureOptions) -> Backdrop:
        if not options.scenery_key:
            return options.backdrop
        data = await self._files.get(options.scenery_key)
        pixels = await self._workshop.run(lambda: self._pictures.read(data), "scenery")
        return replace(options.backdrop, picture=pixels)


class RenderPosePicture:
    """A pose to a small picture of a middling body that holds it."""

    def __init__(
        self, mannequins: Mannequins, easel: Easel, pictures: PictureFiles, files: Files, workshop: Workshop
    ) -> None:
        self._mannequins = mannequins
        self._easel = easel
        self._pictures = pictures
        self._files = files
        self._workshop = workshop

    async def __call__(self, pose: Pose, body_type: str, size: int) -> StoredBlob:
        """Raise DrawingUnavailable."""

        def stage() -> Stage:
            scene = self._mannequins.get(body_type)
            return staged(scene, Camera.FULL_BODY, Style.REALISTIC, size, Backdrop(), pose.support)

        pixels = await self._easel.draw(await self._workshop.run(stage, "pose"))
        data = self._pictures.write(pixels, PictureFormat.WEBP, _POSE_PICTURE_QUALITY)
        return await self._files.put(data, prefix=PREFIX, media_type=PictureFormat.WEBP.value)

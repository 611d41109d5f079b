"""The verbs of pictures: draw a person, draw a pose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from atelierkit.errors import NotFound
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
    pose_key,
)
from services.mesher.domain.dresser import Dressed, Dresser
from services.mesher.domain.errors import SceneryGone
from services.mesher.domain.expressions import Weights
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.model import Scene, StoredBlob
from services.mesher.domain.ports import Files
from services.mesher.domain.posing import Figure, Holder, Poser
from services.mesher.domain.stage import Backdrop, Stage, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.surface import IntArray
from services.mesher.domain.variants import Variants
from services.mesher.domain.views import Camera
from services.mesher.use_cases.bodies import WornFaces

PREFIX = "pictures"
POSES_PREFIX = "poses"
"""Of pictures of poses, which are nobody's: each in a folder of all that it follows from."""
_EVER = datetime.max.replace(tzinfo=UTC)
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


@dataclass(frozen=True, eq=False, slots=True)
class Sitting:
    """Somebody who is ready to be drawn."""

    scene: Scene
    support: Support = Support.FEET
    clamped_bones: Sequence[str] = ()
    """Joints that were turned back to what a body can do."""


class Sittings:
    """Dresses people to be drawn, and poses them."""

    def __init__(
        self, dresser: Dresser, variants: Variants, poser: Poser, faces: WornFaces, workshop: Workshop
    ) -> None:
        self._dresser = dresser
        self._variants = variants
        self._poser = poser
        self._faces = faces
        self._workshop = workshop

    async def sit(self, sitter: Sitter, face_shapes: Weights, pose: Pose | None, lod: int = 0) -> Sitting:
        """The person in a pose, in A pose without one. Raise what `dressed` raises."""
        dressed = await self.dressed(sitter, face_shapes, lod)
        if pose is None:
            return Sitting(dressed.scene)
        return await self._workshop.run(lambda: posed(self._poser, dressed, pose), "posing")

    async def figure(
        self, sitter: Sitter, face_shapes: Weights, poses: Sequence[Pose], lod: int = 0
    ) -> tuple[Sequence[Pose], Figure]:
        """The person, ready to take poses, and those as its body holds them. Raise what `dressed` raises."""
        dressed = await self.dressed(sitter, face_shapes, lod)

        def hold() -> tuple[Sequence[Pose], Figure]:
            holder = self._poser.holder(dressed.body)
            held = [holder.hold(pose).pose for pose in poses]
            return held, self._poser.figure(dressed.scene, dressed.body)

        return await self._workshop.run(hold, "posing")

    async def dressed(self, sitter: Sitter, face_shapes: Weights, lod: int = 0) -> Dressed:
        """The person in A pose, with that expression, at a level of detail; at ease without. Raise what BuildAvatar raises."""
        face = await self._faces.get(sitter.worn)

        def dress() -> Dressed:
            dressed = self._dresser.dress(
                sitter.order, sitter.appearance, sitter.garments, face(), lod=lod, for_picture=True
            )
            scene = self._variants.faced(dressed.scene, dressed.body, face_shapes or features.AT_EASE)
            return replace(dressed, scene=scene)

        return await self._workshop.run(dress, "sitting")


def posed(poser: Poser, dressed: Dressed, pose: Pose) -> Sitting:
    """An avatar in a pose as its body holds it."""
    held = poser.hold(dressed.body, pose)
    scene = poser.figure(dressed.scene, dressed.body).at(held.pose)
    return Sitting(scene, pose.support, held.clamped_bones)


class Scenery:
    """What stands behind people."""

    def __init__(self, pictures: PictureFiles, files: Files, workshop: Workshop) -> None:
        self._pictures = pictures
        self._files = files
        self._workshop = workshop

    async def behind(self, options: PictureOptions) -> Backdrop:
        """As asked for. Raise InvalidPicture and SceneryGone."""
        if not options.scenery_key:
            return options.backdrop
        try:
            data = await self._files.get(options.scenery_key)
        except NotFound as gone:
            raise SceneryGone from gone
        pixels = await self._workshop.run(lambda: self._pictures.filling(data, options.size), "scenery")
        return replace(options.backdrop, picture=pixels)


class RenderPicture:
    """A person to a picture in the object store."""

    def __init__(
        self,
        sittings: Sittings,
        scenery: Scenery,
        easel: Easel,
        pictures: PictureFiles,
        files: Files,
        workshop: Workshop,
    ) -> None:
        self._sittings = sittings
        self._scenery = scenery
        self._easel = easel
        self._pictures = pictures
        self._files = files
        self._workshop = workshop

    async def __call__(self, sitter: Sitter, pose: Pose | None, options: PictureOptions) -> Drawn:
        """Raise what BuildAvatar raises, DrawingUnavailable; for what should stand behind, InvalidPicture and SceneryGone."""
        backdrop = await self._scenery.behind(options)
        sitting = await self._sittings.sit(sitter, options.face_shapes, pose)
        stage = await self._workshop.run(
            lambda: staged(
                sitting.scene, options.camera, options.style, options.size, backdrop, sitting.support
            ),
            "stage",
        )
        pixels = await self._easel.draw(stage)
        data = await self._workshop.run(
            lambda: self._pictures.write(pixels, options.format, options.quality), "picture file"
        )
        file = await self._files.put(data, prefix=PREFIX, media_type=options.format.value)
        return Drawn(file, sitting.clamped_bones)


class RenderPosePicture:
    """A pose to a small picture of a middling body that holds it.

    The workshop is theirs alone, and each has its one place from the first step to the last: whatever crowd asks for poses,
    one of their pictures is at work, and people's avatars and pictures wait for that one at most.
    """

    def __init__(
        self,
        mannequins: Mannequins,
        poser: Poser,
        easel: Easel,
        pictures: PictureFiles,
        files: Files,
        workshop: Workshop,
    ) -> None:
        self._mannequins = mannequins
        self._poser = poser
        self._easel = easel
        self._pictures = pictures
        self._files = files
        self._workshop = workshop
        self._figures: dict[str, tuple[Holder, Figure]] = {}

    async def __call__(self, pose: Pose, body_type: str, size: int) -> StoredBlob:
        """The picture of before, where it was drawn before. Raise DrawingUnavailable and Overloaded."""
        folder = f"{POSES_PREFIX}/{pose_key(pose, body_type, size)}"
        return await self._known(folder) or await self._drawn(folder, pose, body_type, size)

    async def _known(self, folder: str) -> StoredBlob | None:
        async for keys in self._files.written_before(_EVER, within=f"{folder}/"):
            for key in keys:
                with suppress(NotFound):
                    return await self._files.head(key)
        return None

    async def _drawn(self, folder: str, pose: Pose, body_type: str, size: int) -> StoredBlob:
        def stage() -> Stage:
            holder, figure = self._figure(body_type)
            scene = figure.at(holder.hold(pose).pose)
            return staged(scene, Camera.FULL_BODY, Style.REALISTIC, size, Backdrop(), pose.support)

        # The first on a body makes it, which takes as long as ten: whoever comes later is not told to wait for that again.
        kind = "pose" if body_type in self._figures else "body"
        async with self._workshop.place(kind) as hand:
            pixels = await self._easel.draw(await hand(stage))
            data = await hand(lambda: self._pictures.write(pixels, PictureFormat.WEBP, _POSE_PICTURE_QUALITY))
        return await self._files.put(data, prefix=folder, media_type=PictureFormat.WEBP.value)

    def _figure(self, body_type: str) -> tuple[Holder, Figure]:
        if body_type not in self._figures:
            mannequin = self._mannequins.get(body_type)
            holder = self._poser.holder(mannequin.body)
            self._figures[body_type] = holder, self._poser.figure(mannequin.scene, mannequin.body)
        return self._figures[body_type]

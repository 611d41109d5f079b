"""Pictures and videos of clay: texts about what they were drawn from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence

from atelierkit.blobs import Blobs
from services.generator.domain.model import Person, StoredFile, Wardrobe
from services.generator.domain.pictures import Drawn, PictureOptions, VideoOptions
from services.generator.domain.ports_pictures import Told


class ClayPainter:
    """The same arguments give the same bytes."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.pictures = 0
        self.videos = 0
        self.before_answer: Callable[[], Awaitable[None]] | None = None

    async def render_picture(
        self, person: Person, wardrobe: Wardrobe, pose: bytes | None, options: PictureOptions
    ) -> Drawn:
        self.pictures += 1
        if self.before_answer is not None:
            await self.before_answer()
        worn = [garment.hex() for garment in wardrobe.garments]
        about = [body_digest(person), repr(person.face), wardrobe.appearance.hex(), worn]
        drawn = json.dumps([*about, (pose or b"").hex(), repr(options)])
        ref = await self.blobs.put(drawn.encode(), prefix="pictures", media_type="image/png")
        clamped = ("LeftForeArm",) if pose and b"bent" in pose else ()
        return Drawn(StoredFile(ref.key, ref.sha256, ref.media_type, ref.size), clamped)

    async def render_video(
        self,
        person: Person,
        wardrobe: Wardrobe,
        poses: Sequence[bytes | None],
        options: VideoOptions,
        told: Told,
    ) -> StoredFile:
        self.videos += 1
        for percent in (20, 21, 60, 95):
            await told(percent)
            if self.before_answer is not None:
                await self.before_answer()
        drawn = json.dumps(
            [body_digest(person), repr(person.face), [(pose or b"").hex() for pose in poses], repr(options)]
        )
        ref = await self.blobs.put(drawn.encode(), prefix="videos", media_type="video/mp4")
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)


def body_digest(person: Person) -> str:
    """What of a mesh's bytes the body alone decides."""
    targets = [(target.name, target.value_mm) for target in person.targets]
    return hashlib.sha256(person.points + json.dumps(targets).encode()).hexdigest()

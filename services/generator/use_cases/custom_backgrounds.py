"""The life of a person's own background: read out of an upload that does not outlive the call, shown, listed, deleted, and
put behind whoever is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.custom_backgrounds import (
    MOST_BACKGROUNDS,
    CustomBackground,
    CustomBackgroundPage,
)
from services.generator.domain.errors import BackgroundNotFound, TooManyBackgrounds
from services.generator.domain.model import Position, StoredFile
from services.generator.domain.pictures import OwnBackground, PictureOptions, Scenery, VideoOptions
from services.generator.domain.ports import Clock, UnitsOfWork
from services.generator.domain.ports_backgrounds import BackgroundReader
from services.generator.use_cases.pages import paged
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.uploads import consumed, require_upload


@dataclass(frozen=True)
class CreateCustomBackground:
    """Keeps the pixels of an upload, which goes in any case."""

    reader: BackgroundReader
    shelf: Shelf
    clock: Clock
    most: int = MOST_BACKGROUNDS

    async def __call__(self, owner: str, name: str, picture: StoredFile) -> CustomBackground:
        """Raise NotAnUpload, InvalidBackground, TooManyBackgrounds and Unavailable; nothing is stored then."""
        require_upload(picture, "picture")
        async with consumed(self.shelf.store, picture), self.shelf.writing() as written:
            read = await self.reader.read(picture)
            file = await self.shelf.store.put_background(read.data, read.media_type)
            written.append(file)
            await failpoints.reach("backgrounds.stored")
            background = CustomBackground(uuid4(), owner, name, file, read.width, read.height, self.clock())
            await self._record(background)
            await failpoints.reach("backgrounds.recorded")
        return background

    @repeated
    async def _record(self, background: CustomBackground) -> None:
        async with self.shelf.units() as unit:
            if not await unit.custom_backgrounds.add(background, self.most):
                raise TooManyBackgrounds(self.most)
            await unit.files.note(needed=[background.file])
            await self.shelf.require([background.file])


@dataclass(frozen=True)
class GetCustomBackground:
    """Shows one background to its owner."""

    units: UnitsOfWork

    async def __call__(self, owner: str, id: UUID) -> CustomBackground:
        """Raise BackgroundNotFound."""
        async with self.units() as unit:
            background = await unit.custom_backgrounds.get(owner, id)
        if background is None:
            raise BackgroundNotFound("id")
        return background


@dataclass(frozen=True)
class ListCustomBackgrounds:
    """Shows a person's backgrounds, newest first."""

    units: UnitsOfWork

    async def __call__(self, owner: str, limit: int, after: Position | None) -> CustomBackgroundPage:
        """At most ``limit`` backgrounds, which come after the position."""
        async with self.units() as unit:
            found = await unit.custom_backgrounds.page(owner, limit=limit + 1, after=after)
        return CustomBackgroundPage(*paged(found, limit))


@dataclass(frozen=True)
class DeleteCustomBackground:
    """Deletes a background. What was drawn before it stays, with the avatars and generations that it was drawn of."""

    shelf: Shelf

    @repeated
    async def __call__(self, owner: str, id: UUID) -> None:
        """Raise BackgroundNotFound."""
        async with self.shelf.units() as unit:
            background = await unit.custom_backgrounds.remove(owner, id)
            if background is None:
                raise BackgroundNotFound("id")
            await unit.files.note(dropped=[background.file])
        await self.shelf.sweep()


@dataclass(frozen=True)
class HangScenery:
    """Puts a person's own picture in the place of its id, in what is asked for."""

    units: UnitsOfWork

    async def __call__(self, owner: str, options: PictureOptions) -> PictureOptions:
        """The same options where nothing of the person's own is to stand behind. Raise BackgroundNotFound."""
        asked = options.background
        if not isinstance(asked, OwnBackground):
            return options
        async with self.units() as unit:
            background = await unit.custom_backgrounds.get(owner, UUID(asked.id))
        if background is None:
            raise BackgroundNotFound
        return replace(options, background=Scenery(background.file))

    async def in_video(self, owner: str, options: VideoOptions) -> VideoOptions:
        """The same of a video. Raise BackgroundNotFound."""
        return replace(options, picture=await self(owner, options.picture))

"""The life of a link: made, listed, opened by whoever has it, revoked, and gone when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from atelierkit import failpoints
from atelierkit.repeat import repeated
from services.generator.domain.errors import GenerationNotFound, Outdated, ShareNotFound, TooManyShares
from services.generator.domain.model import Position
from services.generator.domain.ports import Clock, UnitsOfWork
from services.generator.domain.shares import (
    MOST_SHARES,
    Share,
    SharedPicture,
    ShareOrder,
    SharePage,
    digest,
    new_token,
)
from services.generator.use_cases.newest import on_newest
from services.generator.use_cases.pages import paged
from services.generator.use_cases.pictures import ExportPicture
from services.generator.use_cases.shelf import Shelf

_AT_ONCE = 100


@dataclass(frozen=True)
class CreateShare:
    """Makes a link to a picture, which is drawn first where it is an avatar's; its token is told this once."""

    export_picture: ExportPicture
    shelf: Shelf
    clock: Clock
    most: int = MOST_SHARES

    async def __call__(self, owner: str, order: ShareOrder) -> tuple[Share, str]:
        """Raise AvatarNotFound, PoseNotFound, BackgroundNotFound, GenerationNotFound, also for one without a picture yet,
        TooManyShares, the mesher's refusal of face shapes, and Unavailable."""
        return await on_newest(lambda: self._once(owner, order))

    async def _once(self, owner: str, order: ShareOrder) -> tuple[Share, str]:
        picture = await self._picture(owner, order)
        now, token = self.clock(), new_token()
        share = Share(
            id=uuid4(),
            owner=owner,
            picture=picture,
            title=order.title,
            created_at=now,
            expires_at=now + order.life,
            avatar_id=order.avatar_id,
            generation_id=order.generation_id,
        )
        await self._store(share, token)
        await failpoints.reach("shares.recorded")
        return share, token

    async def _picture(self, owner: str, order: ShareOrder) -> SharedPicture:
        if order.avatar_id is not None:
            drawn = await self.export_picture(owner, order.avatar_id, order.pose_id, order.options)
            return SharedPicture(drawn.file, order.options.size, order.options.size)
        async with self.shelf.units() as unit:
            found = await unit.generations.get(owner, order.generation_id) if order.generation_id else None
        if found is None or found.picture is None:
            raise GenerationNotFound
        side = found.sketch.quality.side
        return SharedPicture(found.picture, side, side)

    @repeated
    async def _store(self, share: Share, token: str) -> None:
        async with self.shelf.units() as unit:
            if not await unit.shares.add(share, digest(token), self.most):
                raise TooManyShares(self.most)
            # Adding holds the avatar as it is. What has left its album may show a face that it has no more.
            if share.avatar_id and not await unit.albums.holds(share.avatar_id, share.picture.file.key):
                raise Outdated
            await unit.files.note(needed=[share.picture.file])
            await self.shelf.require([share.picture.file])


@dataclass(frozen=True)
class OpenShare:
    """Shows what a link leads to, to anybody who has it."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, token: str) -> Share:
        """Raise ShareNotFound, which does not say why."""
        async with self.units() as unit:
            share = await unit.shares.opened(digest(token), self.clock())
        if share is None:
            raise ShareNotFound
        return share


@dataclass(frozen=True)
class ListShares:
    """Shows people their links that hold, newest first."""

    units: UnitsOfWork
    clock: Clock

    async def __call__(self, owner: str, limit: int, after: Position | None) -> SharePage:
        """At most ``limit`` links, which come after the position."""
        async with self.units() as unit:
            found = await unit.shares.page(owner, self.clock(), limit=limit + 1, after=after)
        return SharePage(*paged(found, limit))


@dataclass(frozen=True)
class DeleteShare:
    """Revokes a link; nobody sees anything by it from now on."""

    shelf: Shelf

    @repeated
    async def __call__(self, owner: str, id: UUID) -> None:
        """Raise ShareNotFound."""
        async with self.shelf.units() as unit:
            share = await unit.shares.remove(owner, id)
            if share is None:
                raise ShareNotFound
            await unit.files.note(dropped=[share.picture.file])
        await self.shelf.sweep()


@dataclass(frozen=True)
class ClearShares:
    """Deletes links whose time is over, with pictures that nothing else needs."""

    shelf: Shelf
    clock: Clock

    async def __call__(self) -> None:
        """Raise Unavailable when the database does not answer."""
        while await self._some():
            await self.shelf.sweep()

    async def _some(self) -> bool:
        async with self.shelf.units() as unit:
            pictures = await unit.shares.expired(self.clock(), _AT_ONCE)
            await unit.files.note(dropped=pictures)
        return bool(pictures)

"""Consent taken back: jobs stop, and every face of the person goes, wherever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.generator.domain import jobs
from services.generator.domain.jobs import Count, Failure, Job, State
from services.generator.domain.model import Avatar, Position
from services.generator.domain.ports import Clock, UnitsOfWork
from services.generator.domain.ports_faces import Withdrawals
from services.generator.domain.ports_jobs import Delegates
from services.generator.use_cases.changes import SetAvatarFace
from services.generator.use_cases.endings import store_end
from services.generator.use_cases.generation_jobs import delete
from services.generator.use_cases.shelf import Shelf

_AT_ONCE = 50
_FAILED = Count(failed=1)
_STOPPED = Failure("CONSENT_REQUIRED", "the consent was taken back")


@dataclass(frozen=True)
class ForgetFaces:
    """Deletes all that was made of photos of a person's face. May be done again, and has to be."""

    units: UnitsOfWork
    shelf: Shelf
    set_avatar_face: SetAvatarFace
    delegates: Delegates
    clock: Clock

    async def __call__(self, owner: str) -> None:
        """Jobs first: they would make more; avatars last: the mesher builds them anew. Raise Unavailable when a neighbour is
        away that is needed for it; what was done until then stays done, and nothing that was drawn of a face is left."""
        for state in (State.PENDING, State.PROCESSING):
            await self._stop(owner, state)
        while await self._some_faces(owner) or await self._some_generations(owner):
            pass
        async for avatar in self._faced(owner):
            await self._forget_drawn(avatar)
        await self.shelf.sweep_all()
        async for avatar in self._faced(owner):
            async with self.delegates.acting_for(owner):
                await self.set_avatar_face(owner, avatar.id, None)

    async def _stop(self, owner: str, state: State) -> None:
        after: Position | None = None
        while True:
            async with self.units() as unit:
                page = await unit.jobs.page(owner=owner, state=state, limit=_AT_ONCE, after=after)
                for found in page:
                    job = await unit.jobs.lock(found.id)
                    if job is not None and _is_open(job):
                        await store_end(unit, jobs.failed(job, _FAILED, _STOPPED, self.clock()))
            if len(page) < _AT_ONCE:
                return
            after = Position(page[-1].created_at, page[-1].id)

    async def _some_faces(self, owner: str) -> int:
        async with self.units() as unit:
            page = await unit.faces.page(owner, limit=_AT_ONCE, after=None)
            for found in page:
                face = await unit.faces.remove(found.id)
                await unit.files.note(dropped=face.files() if face else ())
        return len(page)

    async def _some_generations(self, owner: str) -> int:
        """Their pictures show the face, as long as they stay."""
        async with self.units() as unit:
            page = await unit.generations.page(owner, limit=_AT_ONCE)
            for found in page:
                job = await unit.jobs.lock(found.id)
                if job is not None:
                    await delete(unit, job, lambda job: jobs.failed(job, _FAILED, _STOPPED, self.clock()))
        return len(page)

    async def _forget_drawn(self, avatar: Avatar) -> None:
        """Empty its album, and close the links to it."""
        async with self.units() as unit:
            drawn = await unit.albums.clear(avatar.owner, avatar.id)
            await unit.files.note(dropped=[*drawn, *await unit.shares.clear(avatar.id)])

    async def _faced(self, owner: str) -> AsyncIterator[Avatar]:
        after: Position | None = None
        while True:
            async with self.units() as unit:
                page = await unit.avatars.page(owner, limit=_AT_ONCE, after=after)
            for avatar in page:
                if avatar.recipe.face is not None:
                    yield avatar
            if len(page) < _AT_ONCE:
                return
            after = Position(page[-1].created_at, page[-1].id)


def _is_open(job: Job) -> bool:
    return job.kind.has_photos and not job.state.ended


@dataclass(frozen=True)
class ForgetWithdrawn:
    """Does so for everybody who has taken the consent back."""

    withdrawals: Withdrawals
    forget_faces: ForgetFaces

    async def __call__(self) -> None:
        """Raise Unavailable when auth or another neighbour does not answer."""
        for owner in await self.withdrawals.waiting():
            await self.forget_faces(owner)
            await self.withdrawals.confirm(owner)

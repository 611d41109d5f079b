"""Links to pictures in memory: the twin of ``postgres_shares.py`` for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.generator.domain.errors import AvatarNotFound, GenerationNotFound
from services.generator.domain.generations import Generation
from services.generator.domain.jobs import Job
from services.generator.domain.model import Avatar, Position, StoredFile
from services.generator.domain.shares import Share


class MemoryShares:
    """Links by the digest of their token; those to what was deleted are not there."""

    def __init__(
        self,
        by_token: dict[str, Share],
        avatars: Mapping[UUID, Avatar],
        generations: Mapping[UUID, Generation],
        jobs: Mapping[UUID, Job],
    ) -> None:
        self.by_token = by_token
        self._avatars = avatars
        self._generations = generations
        self._jobs = jobs

    async def add(self, share: Share, token_sha256: str, most: int) -> bool:
        if not self._shown(share):
            raise AvatarNotFound if share.avatar_id else GenerationNotFound
        if len(self._holding(share.owner, share.created_at)) >= most:
            return False
        self.by_token[token_sha256] = share
        return True

    async def opened(self, token_sha256: str, now: datetime) -> Share | None:
        share = self.by_token.get(token_sha256)
        holds = share is not None and share.expires_at > now and self._shown(share)
        return share if holds else None

    async def page(self, owner: str, now: datetime, *, limit: int, after: Position | None) -> Sequence[Share]:
        older = [share for share in self._holding(owner, now) if after is None or _place(share) < after]
        return sorted(older, key=_place, reverse=True)[:limit]

    async def remove(self, owner: str, id: UUID) -> Share | None:
        found = next((share for share in self._there() if share.owner == owner and share.id == id), None)
        self._drop(lambda share: share is found)
        return found

    async def clear(self, avatar_id: UUID) -> Sequence[StoredFile]:
        return self._drop(lambda share: share.avatar_id == avatar_id)

    async def expired(self, now: datetime, limit: int) -> Sequence[StoredFile]:
        over = [share for share in self._there() if share.expires_at <= now][:limit]
        return self._drop(lambda share: share in over)

    def files(self) -> list[StoredFile]:
        """Every picture that a link shows."""
        return [share.picture.file for share in self._there()]

    def _there(self) -> list[Share]:
        return [share for share in self.by_token.values() if self._shown(share)]

    def _holding(self, owner: str, now: datetime) -> list[Share]:
        return [share for share in self._there() if share.owner == owner and share.expires_at > now]

    def _shown(self, share: Share) -> bool:
        """Whether the thing that it shows is there, and its owner's."""
        if share.avatar_id is not None:
            avatar = self._avatars.get(share.avatar_id)
            return avatar is not None and avatar.owner == share.owner
        id = share.generation_id
        job = self._jobs.get(id) if id is not None and id in self._generations else None
        return job is not None and job.owner == share.owner

    def _drop(self, which: Callable[[Share], bool]) -> list[StoredFile]:
        gone = {token: share for token, share in self.by_token.items() if which(share)}
        for token in gone:
            del self.by_token[token]
        return [share.picture.file for share in gone.values()]


def _place(share: Share) -> Position:
    return Position(share.created_at, share.id)

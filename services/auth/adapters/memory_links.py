"""The links of letters in memory."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.auth.domain.links import Link, Purpose


class MemoryLinks:
    """Links in a dictionary, by account and purpose."""

    def __init__(self, links: dict[tuple[UUID, Purpose], Link]) -> None:
        self._links = links

    async def put(self, link: Link) -> None:
        self._links[link.account_id, link.purpose] = link

    async def newest(self, account_id: UUID, purpose: Purpose) -> Link | None:
        return self._links.get((account_id, purpose))

    async def take(self, digest: bytes, purpose: Purpose, now: datetime) -> UUID | None:
        for place, link in self._links.items():
            if (link.digest, link.purpose) == (digest, purpose) and now < link.expires_at:
                del self._links[place]
                return link.account_id
        return None

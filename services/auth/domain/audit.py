"""The audit trail: who did what, in a chain of hashes that none can be taken out of or changed unseen.

Of an entry, two parts may have to go one day, with the person that they name: who asked, and what it was about. The
chain is therefore not hashed over these parts but over a commitment to each: SHA-256 over a random salt and the part.
While the salt is there, the part is proven like the rest. To forget a person, part and salt are deleted: what is left
says nothing, and the chain holds as before. A keyed pseudonym in the hash instead would name the same person for ever
to whoever has the key, and would leave address and agent to be kept or not to be proven at all.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

ACCOUNT = "account:"
_SALT_BYTES = 32


@dataclass(frozen=True)
class Who:
    """Who asked."""

    account_id: UUID | None
    """None where nobody was signed in. The pseudonym of one who was forgotten, None where even that is not known."""
    address: str
    agent: str
    """What the client called itself."""


@dataclass(frozen=True)
class Entry:
    """One request that was to change something, and how it ended."""

    id: UUID
    time: datetime
    who: Who
    operation: str
    """Method and route."""
    outcome: int
    """HTTP status."""
    request_id: str
    resource_id: str
    """What it was about or made, an account with ``ACCOUNT`` before its id; empty where that is nothing in particular."""

    @property
    def accounts(self) -> frozenset[UUID]:
        """The accounts that it names."""
        about = self.resource_id.removeprefix(ACCOUNT)
        named = {self.who.account_id, UUID(about) if about != self.resource_id else None}
        return frozenset(account for account in named if account is not None)


@dataclass(frozen=True)
class Commitment:
    """Stands for a part of an entry; ``salt`` is None once the part was forgotten."""

    digest: bytes
    salt: bytes | None

    @classmethod
    def to(cls, part: Sequence[str]) -> Commitment:
        """A commitment with a salt of its own."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_digest(salt, part), salt)

    def holds(self, part: Sequence[str]) -> bool:
        """Whether it was made for that part; of a forgotten one nobody can tell, and nothing is claimed."""
        return self.salt is None or _digest(self.salt, part) == self.digest

    def forgotten(self) -> Commitment:
        """The same without its salt."""
        return replace(self, salt=None)


@dataclass(frozen=True)
class Head:
    """Where a chain ends."""

    sequence: int
    hash: bytes


START = Head(0, bytes(32))
"""Where every chain begins."""


@dataclass(frozen=True)
class Tail:
    """What new entries come behind."""

    head: Head
    written: frozenset[UUID]
    """Entries of those to be written that are there already."""
    gone: frozenset[UUID]
    """Ids of those that are of no account, or of none any more."""


@dataclass(frozen=True)
class Chained:
    """An entry in its place."""

    sequence: int
    entry: Entry
    who: Commitment
    about: Commitment
    hash: bytes

    @classmethod
    def after(cls, head: Head, entry: Entry) -> Chained:
        """The entry at the end of the chain."""
        who, about = Commitment.to(_who(entry)), Commitment.to(_about(entry))
        sequence = head.sequence + 1
        return cls(sequence, entry, who, about, _hash(head.hash, sequence, entry, who, about))

    @property
    def head(self) -> Head:
        """The chain's end while this is its last entry."""
        return Head(self.sequence, self.hash)

    def fault_after(self, head: Head) -> str | None:
        """What is wrong with it behind that head; None where it holds."""
        if self.sequence != head.sequence + 1:
            return f"entries {head.sequence + 1} to {self.sequence - 1} are missing"
        if _hash(head.hash, self.sequence, self.entry, self.who, self.about) != self.hash:
            return "it, or one before it, was changed"
        if not self.who.holds(_who(self.entry)):
            return "account, address or agent was changed"
        return None if self.about.holds(_about(self.entry)) else "the resource was changed"

    def without_who(self, pseudonym: UUID | None) -> Chained:
        """Nobody can tell any more who asked; entries with one pseudonym were one person's."""
        entry = replace(self.entry, who=Who(pseudonym, "", ""))
        return replace(self, entry=entry, who=self.who.forgotten())

    def without_resource(self) -> Chained:
        """Nobody can tell any more what it was about."""
        return replace(self, entry=replace(self.entry, resource_id=""), about=self.about.forgotten())


def chain(head: Head, entries: Iterable[Entry], gone: frozenset[UUID] = frozenset()) -> list[Chained]:
    """The entries behind that head. Those of accounts that are ``gone`` are forgotten as they are written: a request
    may end after the deletion of the account that sent it, and the deletion itself does.
    """
    chained = []
    for entry in entries:
        link = Chained.after(head, entry)
        head = link.head
        if entry.who.account_id in gone:
            link = link.without_who(None)
        if entry.resource_id in {f"{ACCOUNT}{account}" for account in gone}:
            link = link.without_resource()
        chained.append(link)
    return chained


@dataclass(frozen=True)
class Filters:
    """Which entries are wanted; what is None stands for all."""

    account_id: UUID | None = None
    operation: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None

    def match(self, entry: Entry) -> bool:
        """Whether the entry is one of them."""
        return (
            self.account_id in (None, entry.who.account_id)
            and self.operation in (None, entry.operation)
            and (self.from_time is None or self.from_time <= entry.time)
            and (self.to_time is None or entry.time < self.to_time)
        )


class AuditTrail(Protocol):
    """The entries, in their order; none is ever changed but to forget a person, and none is deleted."""

    async def locked(self) -> None:
        """Nobody else writes or forgets until the unit of work ends."""
        ...

    async def tail(self, ids: frozenset[UUID], accounts: frozenset[UUID]) -> Tail:
        """All that whoever writes these entries, which name these accounts, has to know; to be called under the lock."""
        ...

    async def append(self, entries: Sequence[Chained]) -> None: ...

    async def forget(self, account_id: UUID, pseudonym: UUID) -> None:
        """Take the person out of every entry; to be called under the lock, before the account goes."""
        ...

    async def newest(self, filters: Filters, *, limit: int, before: int | None) -> Sequence[Chained]:
        """Entries that match, newest first, those before that place in the chain."""
        ...

    async def following(self, sequence: int, *, limit: int) -> Sequence[Chained]:
        """Entries behind that place, in the chain's order."""
        ...


def _who(entry: Entry) -> tuple[str, ...]:
    who = entry.who
    return (str(who.account_id or ""), who.address, who.agent)


def _about(entry: Entry) -> tuple[str, ...]:
    return (entry.resource_id,)


def _digest(salt: bytes, part: Sequence[str]) -> bytes:
    return hashlib.sha256(salt + json.dumps(part).encode()).digest()


def _hash(previous: bytes, sequence: int, entry: Entry, who: Commitment, about: Commitment) -> bytes:
    """SHA-256 over the canonical form: a JSON array in ASCII, whose strings cannot run into each other."""
    canonical = json.dumps(
        [
            previous.hex(),
            sequence,
            str(entry.id),
            entry.time.astimezone(UTC).isoformat(timespec="microseconds"),
            who.digest.hex(),
            entry.operation,
            entry.outcome,
            entry.request_id,
            about.digest.hex(),
        ],
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).digest()

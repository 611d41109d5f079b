"""Which columns hold sealed bytes, and how all of them are sealed anew with another key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from services.auth.adapters.sealing import AesGcmSeals
from services.auth.adapters.tables.accounts import accounts, signing_keys
from services.auth.adapters.tables.consents import consents
from services.auth.adapters.tables.letters import letters
from services.auth.adapters.tables.requests import kept_requests
from services.auth.adapters.tables.webhooks import webhooks
from services.auth.domain.sealing import Place

_AT_ONCE = 500
"""Rows of one transaction: what is locked for its milliseconds, and what an interruption repeats at most."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of bytes that ``Seals`` made; ``row`` of their place is the text of the table's key."""

    column: sa.Column[Any]
    key: sa.Column[Any]

    def place(self, row: Any) -> Place:
        """Where the bytes of that row lie."""
        return Place(self.column.table.name, self.column.name, str(row))


DISPLAY_NAMES = SealedColumn(accounts.c.sealed_display_name, accounts.c.id)
SIGNING_KEYS = SealedColumn(signing_keys.c.sealed_jwk, signing_keys.c.kid)
CONSENTS = SealedColumn(consents.c.sealed_origin, consents.c.id)
LETTERS = SealedColumn(letters.c.sealed_content, letters.c.id)
WEBHOOK_SECRETS = SealedColumn(webhooks.c.sealed_secret, webhooks.c.id)
OLD_WEBHOOK_SECRETS = SealedColumn(webhooks.c.sealed_old_secret, webhooks.c.id)

FINGERPRINTS = SealedColumn(kept_requests.c.fingerprint, kept_requests.c.id)
ANSWERS = SealedColumn(kept_requests.c.answer, kept_requests.c.id)

ALL: tuple[SealedColumn, ...] = (
    DISPLAY_NAMES,
    SIGNING_KEYS,
    CONSENTS,
    LETTERS,
    WEBHOOK_SECRETS,
    OLD_WEBHOOK_SECRETS,
    FINGERPRINTS,
    ANSWERS,
)
"""Every sealed column of the schema: what is not in here is lost with the next key that goes."""


async def reseal(
    engine: AsyncEngine, seals: AesGcmSeals, sealed: SealedColumn, at_once: int = _AT_ONCE
) -> int:
    """Seal every row of the column with the first key of the ring; gives how many were not.

    Rows that are sealed with it already are passed over, so that a second run goes on where the first one ended.
    Raise Unsealable at a row that no key opens.
    """
    done, last = 0, None
    while True:
        async with sql.UnitOfWork(engine) as unit:
            rows = (await unit.session.execute(_others(sealed, seals.header, last, at_once))).all()
            for key, old in rows:
                place = sealed.place(key)
                fresh = seals.seal(seals.open(old, place), place)
                write = sa.update(sealed.column.table).where(sealed.key == key)
                await unit.session.execute(write.values({sealed.column: fresh}))
        if not rows:
            return done
        done, last = done + len(rows), rows[-1][0]


def _others(
    sealed: SealedColumn, header: bytes, after: Any | None, most: int
) -> sa.Select[tuple[Any, bytes]]:
    """The next rows that another key has sealed, in the order of the table's key, locked."""
    begins = sa.func.substring(sealed.column, 1, len(header))
    found = sa.select(sealed.key, sealed.column).where(sealed.column.is_not(None), begins != header)
    if after is not None:
        found = found.where(sealed.key > after)
    return found.order_by(sealed.key).limit(most).with_for_update()

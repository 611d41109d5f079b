"""The ledger of consents in PostgreSQL: table ``consents``, whose origins are sealed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.sealed_columns import CONSENTS
from services.auth.adapters.tables.consents import consents
from services.auth.domain.consents import Consent, Origin, Purpose
from services.auth.domain.sealing import Seals


class PostgresConsents:
    """Entries, which a trigger keeps as they were written."""

    def __init__(self, session: AsyncSession, seals: Seals) -> None:
        self._session = session
        self._seals = seals

    async def append(self, consent: Consent) -> None:
        origin = json.dumps(asdict(consent.origin)).encode()
        await self._session.execute(
            sa.insert(consents).values(
                id=consent.id,
                account_id=consent.account_id,
                purpose=consent.purpose,
                policy_version=consent.policy_version,
                given=consent.given,
                created_at=consent.created_at,
                sealed_origin=self._seals.seal(origin, CONSENTS.place(consent.id)),
            )
        )

    async def standing(self, account_id: UUID, purpose: Purpose) -> Consent | None:
        found = await self._newest(consents.c.account_id == account_id, consents.c.purpose == purpose, most=1)
        return found[0] if found else None

    async def page(self, account_id: UUID, *, limit: int, after: UUID | None) -> Sequence[Consent]:
        own = consents.c.account_id == account_id
        if after is None:
            return await self._newest(own, most=limit)
        last = sa.select(consents.c.position).where(own, consents.c.id == after).scalar_subquery()
        return await self._newest(own, consents.c.position < last, most=limit)

    async def _newest(self, *conditions: sa.ColumnElement[bool], most: int) -> list[Consent]:
        found = sa.select(consents).where(*conditions).order_by(consents.c.position.desc()).limit(most)
        return [self._consent(row) for row in (await self._session.execute(found)).mappings()]

    def _consent(self, row: RowMapping) -> Consent:
        opened = self._seals.open(row[consents.c.sealed_origin], CONSENTS.place(row[consents.c.id]))
        return Consent(
            id=row[consents.c.id],
            account_id=row[consents.c.account_id],
            purpose=Purpose(row[consents.c.purpose]),
            policy_version=row[consents.c.policy_version],
            given=row[consents.c.given],
            created_at=row[consents.c.created_at],
            origin=Origin(**json.loads(opened)),
        )

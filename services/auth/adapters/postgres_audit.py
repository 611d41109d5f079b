"""The audit trail in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.tables.accounts import accounts as accounts_table
from services.auth.adapters.tables.requests import audit_entries
from services.auth.domain.audit import (
    ACCOUNT,
    START,
    Chained,
    Commitment,
    Entry,
    Filters,
    Head,
    Tail,
    Who,
)

_UUIDS = ARRAY(sa.Uuid)
_LAST = sa.select(audit_entries).order_by(audit_entries.c.sequence.desc()).limit(1).subquery()
_TAIL = sa.select(
    sa.select(_LAST.c.sequence).scalar_subquery().label("sequence"),
    sa.select(_LAST.c.hash).scalar_subquery().label("hash"),
    sa.func.array(
        sa.select(audit_entries.c.id)
        .where(audit_entries.c.id == sa.any_(sa.bindparam("ids", type_=_UUIDS)))
        .scalar_subquery(),
        type_=_UUIDS,
    ).label("written"),
    sa.func.array(
        sa.select(accounts_table.c.id)
        .where(accounts_table.c.id == sa.any_(sa.bindparam("accounts", type_=_UUIDS)))
        .scalar_subquery(),
        type_=_UUIDS,
    ).label("known"),
)


class PostgresAuditTrail:
    """Table ``audit_entries``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self) -> None:
        # An advisory lock, because the row that the next one follows is never changed.
        await self._session.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("atelier.auth.audit", 0)))
        )

    async def tail(self, ids: frozenset[UUID], accounts: frozenset[UUID]) -> Tail:
        # One statement behind the lock, for each one costs more than what it reads.
        row = (await self._session.execute(_TAIL, {"ids": list(ids), "accounts": list(accounts)})).one()
        head = START if row.sequence is None else Head(row.sequence, row.hash)
        return Tail(head, frozenset(row.written), accounts - frozenset(row.known))

    async def append(self, entries: Sequence[Chained]) -> None:
        if entries:
            await self._session.execute(sa.insert(audit_entries), [_columns(one) for one in entries])

    async def forget(self, account_id: UUID, pseudonym: UUID) -> None:
        await self._session.execute(
            sa.update(audit_entries)
            .where(audit_entries.c.account_id == account_id)
            .values(account_id=pseudonym, address="", agent="", who_salt=None)
        )
        await self._session.execute(
            sa.update(audit_entries)
            # The constant is in the statement, so that the partial index serves it.
            .where(
                audit_entries.c.resource_id == f"{ACCOUNT}{account_id}",
                sa.text(f"resource_id LIKE '{ACCOUNT}%'"),
            )
            .values(resource_id="", about_salt=None)
        )

    async def newest(self, filters: Filters, *, limit: int, before: int | None) -> Sequence[Chained]:
        conditions = [*_conditions(filters)]
        if before is not None:
            conditions.append(audit_entries.c.sequence < before)
        found = sa.select(audit_entries).where(*conditions).order_by(audit_entries.c.sequence.desc())
        return await self._chained(found.limit(limit))

    async def following(self, sequence: int, *, limit: int) -> Sequence[Chained]:
        found = sa.select(audit_entries).where(audit_entries.c.sequence > sequence)
        return await self._chained(found.order_by(audit_entries.c.sequence).limit(limit))

    async def _chained(self, statement: sa.Select[Any]) -> list[Chained]:
        return [_chained(row) for row in (await self._session.execute(statement)).mappings()]


def _conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.account_id is not None:
        yield audit_entries.c.account_id == filters.account_id
    if filters.operation is not None:
        yield audit_entries.c.operation == filters.operation
    if filters.from_time is not None:
        yield audit_entries.c.time >= filters.from_time
    if filters.to_time is not None:
        yield audit_entries.c.time < filters.to_time


def _columns(chained: Chained) -> dict[str, Any]:
    entry = vars(chained.entry).copy()
    who: Who = entry.pop("who")
    return {
        **entry,
        **vars(who),
        "sequence": chained.sequence,
        "who": chained.who.digest,
        "who_salt": chained.who.salt,
        "about": chained.about.digest,
        "about_salt": chained.about.salt,
        "hash": chained.hash,
    }


def _chained(row: RowMapping) -> Chained:
    entry = Entry(
        id=row["id"],
        time=row["time"],
        who=Who(row["account_id"], row["address"], row["agent"]),
        operation=row["operation"],
        outcome=row["outcome"],
        request_id=row["request_id"],
        resource_id=row["resource_id"],
    )
    who = Commitment(row["who"], row["who_salt"])
    about = Commitment(row["about"], row["about_salt"])
    return Chained(row["sequence"], entry, who, about, row["hash"])
